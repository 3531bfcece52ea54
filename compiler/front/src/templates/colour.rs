//! Colours as a style names them, as far as it takes to see that text has the colour of what is behind it.

/// Red, green and blue, up to 255.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Colour(u8, u8, u8);

/// How far two colours may be apart, in each of the three, before anybody can tell one from the other.
const NEAR: u8 = 10;

impl Colour {
    pub(super) const BLACK: Self = Self(0, 0, 0);
    pub(super) const WHITE: Self = Self(255, 255, 255);
    /// What links have until a style says otherwise.
    pub(super) const LINK: Self = Self(0, 0, 238);

    pub(super) fn is_like(self, other: Self) -> bool {
        [(self.0, other.0), (self.1, other.1), (self.2, other.2)]
            .iter()
            .all(|(one, other)| one.abs_diff(*other) <= NEAR)
    }
}

/// What a place is painted with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Paint {
    Plain(Colour),
    /// Nothing: what is behind shows through.
    Clear,
    /// A picture, a gradient, a name that is not known here.
    Unknown,
}

/// The names that people write.
const NAMED: [(&str, Colour); 16] = [
    ("black", Colour::BLACK),
    ("white", Colour::WHITE),
    ("red", Colour(255, 0, 0)),
    ("green", Colour(0, 128, 0)),
    ("lime", Colour(0, 255, 0)),
    ("blue", Colour(0, 0, 255)),
    ("yellow", Colour(255, 255, 0)),
    ("gray", Colour(128, 128, 128)),
    ("grey", Colour(128, 128, 128)),
    ("silver", Colour(192, 192, 192)),
    ("navy", Colour(0, 0, 128)),
    ("snow", Colour(255, 250, 250)),
    ("ivory", Colour(255, 255, 240)),
    ("ghostwhite", Colour(248, 248, 255)),
    ("whitesmoke", Colour(245, 245, 245)),
    ("orange", Colour(255, 165, 0)),
];

/// A colour; none for what is no value of one.
pub(super) fn paint(value: &str) -> Option<Paint> {
    let value = value.trim().to_ascii_lowercase();
    if value == "transparent" {
        return Some(Paint::Clear);
    }
    if let Some((_, colour)) = NAMED.iter().find(|(name, _)| *name == value) {
        return Some(Paint::Plain(*colour));
    }
    // `bgcolor` takes it without its sign.
    let digits = value.strip_prefix('#').or_else(|| Some(value.as_str()).filter(|value| value.len() == 6));
    if let Some(paint) = digits.and_then(of_digits) {
        return Some(paint);
    }
    if let Some(inner) = value.strip_prefix("rgb") {
        return Some(of_numbers(inner.trim_start_matches('a').trim()).unwrap_or(Paint::Unknown));
    }
    (!value.is_empty()).then_some(Paint::Unknown)
}

/// What a `background` paints: the colour in it, if there is nothing else.
pub(super) fn ground(value: &str) -> Option<Paint> {
    if value.contains("url(") || value.contains("gradient") {
        return Some(Paint::Unknown);
    }
    if matches!(value, "none" | "inherit" | "initial" | "unset" | "") {
        return None;
    }
    match paint(value)? {
        // `#fff none repeat`: the colour is one of several words.
        Paint::Unknown => {
            let known = value.split_whitespace().filter_map(paint).find(|paint| *paint != Paint::Unknown);
            Some(known.unwrap_or(Paint::Unknown))
        }
        paint => Some(paint),
    }
}

/// `fff`, `ffff`, `ffffff`, `ffffff00`
fn of_digits(digits: &str) -> Option<Paint> {
    let values: Vec<u8> =
        digits.chars().map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok())).collect::<Option<_>>()?;
    let parts: Vec<u8> = match values.len() {
        3 | 4 => values.iter().map(|value| value * 17).collect(),
        6 | 8 => values
            .chunks(2)
            .map(|pair| pair.iter().fold(0_u8, |sum, digit| sum.wrapping_mul(16).wrapping_add(*digit)))
            .collect(),
        _ => return None,
    };
    match parts.as_slice() {
        [_, _, _, 0] => Some(Paint::Clear),
        [red, green, blue] | [red, green, blue, 255] => Some(Paint::Plain(Colour(*red, *green, *blue))),
        _ => Some(Paint::Unknown),
    }
}

/// `(10, 10, 10)`, `(0 0 0 / 0)`, `(0,0,0,0)`
fn of_numbers(inner: &str) -> Option<Paint> {
    let inner = inner.strip_prefix('(')?.strip_suffix(')')?;
    let numbers = inner.split(|c: char| c.is_whitespace() || matches!(c, ',' | '/')).filter(|part| !part.is_empty());
    let numbers: Vec<f64> = numbers
        .map(|part| match part.strip_suffix('%') {
            Some(percent) => percent.parse::<f64>().map(|percent| percent * 2.55),
            None => part.parse::<f64>(),
        })
        .collect::<Result<_, _>>()
        .ok()?;
    let byte = |number: f64| number.round().clamp(0.0, 255.0) as u8;
    match numbers.as_slice() {
        [_, _, _, alpha] if *alpha == 0.0 => Some(Paint::Clear),
        [red, green, blue] => Some(Paint::Plain(Colour(byte(*red), byte(*green), byte(*blue)))),
        [red, green, blue, alpha] if *alpha == 1.0 || *alpha == 255.0 => {
            Some(Paint::Plain(Colour(byte(*red), byte(*green), byte(*blue))))
        }
        _ => Some(Paint::Unknown),
    }
}
