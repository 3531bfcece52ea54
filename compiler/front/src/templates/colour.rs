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

/// A longer value is no colour that people write.
const MAX_BYTES: usize = 120;

/// A colour; none for what is no value of one.
pub(super) fn paint(value: &str) -> Option<Paint> {
    let value = value.trim();
    if value.is_empty() {
        return None;
    }
    let read = Some(value).filter(|value| value.len() <= MAX_BYTES).and_then(|value| csscolorparser::parse(value).ok());
    Some(match read.map(|colour| colour.to_rgba8()) {
        Some([.., 0]) => Paint::Clear,
        Some([red, green, blue, 255]) => Paint::Plain(Colour(red, green, blue)),
        _ => Paint::Unknown,
    })
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
