//! Texts with fields in them: subjects, previews, and what a team is told.
//!
//! What an author writes has limits, and the checker knows them. A value has none that it could know: where a text grows too long for
//! its place, its values are cut and the words around them stay, since a cut name is better than no mail.

use flow_front::shown::is_obeyed;
use flow_ir::limits::MAX_TEXT_BYTES;
use flow_ir::{FieldId, Piece, TextTemplate};

use super::{ContactValues, present};

/// Of a note or a task with its values in it.
const MAX_NOTE_BYTES: usize = 4 * MAX_TEXT_BYTES;

/// A note or task for a colleague. Where the checker was wrong about a value, a note with a gap still helps more than none.
pub(crate) fn render_text(text: &TextTemplate, values: &dyn ContactValues) -> String {
    let parts = text.pieces.iter().map(|piece| match filled(piece, values) {
        Ok(Part::Value(value)) => Part::Value(one_line(&value)),
        Ok(fixed) => fixed,
        Err(_) => Part::Fixed(String::new()),
    });
    Filled { parts: parts.collect() }.within(|text| text.len() <= MAX_NOTE_BYTES)
}

/// A value on one line, without signs that turn the direction of what follows: whoever reads it among other lines takes it for no other.
pub(crate) fn one_line(value: &str) -> String {
    let words = value.split_whitespace().map(|word| word.replace(is_obeyed, ""));
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// The text, or the field that is missing and has no fallback.
pub(super) fn fill(text: &TextTemplate, values: &dyn ContactValues) -> Result<Filled, FieldId> {
    Ok(Filled { parts: text.pieces.iter().map(|piece| filled(piece, values)).collect::<Result<_, _>>()? })
}

/// A text that still tells its values from its words.
#[derive(Debug)]
pub(super) struct Filled {
    parts: Vec<Part>,
}

#[derive(Debug)]
enum Part {
    Fixed(String),
    Value(String),
}

impl Filled {
    /// With every value as long as the place allows. Where even the words alone are too long, they stand there whole: whoever takes
    /// the text says so.
    pub(super) fn within(&self, fits: impl Fn(&str) -> bool) -> String {
        longest(self.longest_value(), |most| self.cut(most), |text| fits(text))
    }

    fn longest_value(&self) -> usize {
        let lengths = self.parts.iter().map(|part| match part {
            Part::Fixed(_) => 0,
            Part::Value(value) => value.chars().count(),
        });
        lengths.max().unwrap_or_default()
    }

    fn cut(&self, most: usize) -> String {
        let parts = self.parts.iter().map(|part| match part {
            Part::Fixed(text) => text.clone(),
            Part::Value(value) => cut(value, most),
        });
        parts.collect()
    }
}

/// What comes out with values of the greatest length that fits, from none to `whole`: looked for by halves, so that it costs few tries.
pub(super) fn longest<T>(whole: usize, made: impl Fn(usize) -> T, fits: impl Fn(&T) -> bool) -> T {
    let first = made(whole);
    if fits(&first) {
        return first;
    }
    let (mut good, mut bad) = (0, whole);
    while bad.saturating_sub(good) > 1 {
        let middle = good + (bad - good) / 2;
        if fits(&made(middle)) {
            good = middle;
        } else {
            bad = middle;
        }
    }
    made(good)
}

/// At most so many characters of a value, and a sign where some are missing.
pub(super) fn cut(value: &str, most: usize) -> String {
    match value.char_indices().nth(most) {
        None => value.to_owned(),
        Some((end, _)) => format!("{}…", value.get(..end).unwrap_or_default().trim_end()),
    }
}

fn filled(piece: &Piece, values: &dyn ContactValues) -> Result<Part, FieldId> {
    match piece {
        Piece::Text(text) => Ok(Part::Fixed(text.clone())),
        Piece::Field { field, fallback } => match present(values.value(*field)) {
            Some(value) => Ok(Part::Value(value)),
            None => fallback.clone().map(Part::Fixed).ok_or(*field),
        },
    }
}
