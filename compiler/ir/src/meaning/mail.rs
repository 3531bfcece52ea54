//! Emails by name and kind, and texts that are filled in for one contact.

use crate::id::FieldId;
use serde::{Deserialize, Serialize};

/// An email, as the steps know it. What it says is beside the meaning ([`EmailContent`](crate::debug::EmailContent)).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Email {
    /// As declared; what reports and stores call it.
    pub name: String,
    /// Whether it needs consent.
    pub kind: EmailKind,
    /// What it is about: the field that keeps what people have said of that topic ([`TopicState`](super::consent::TopicState)).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<FieldId>,
    /// It asks people to confirm that they want mail (`policy { confirm by .. }`): it goes to those who have still to do so, and to nobody else.
    #[serde(default, skip_serializing_if = "super::is_no")]
    pub confirms: bool,
}

/// What the law asks before a mail may leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum EmailKind {
    /// Needs consent (E7).
    Marketing,
    /// Goes out without consent, and is listed in reports.
    Transactional,
}

/// A text with fields in it: `Your guide, {first_name or "there"}`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextTemplate {
    /// Written one behind the other, with nothing between.
    pub pieces: Vec<Piece>,
}

/// What is left of a value at the least: a sign that something was cut.
const MIN_VALUE_BYTES: usize = '…'.len_utf8();

impl TextTemplate {
    /// The room it takes however its fields' values are cut: what [`limits`](crate::limits) count.
    pub fn least_bytes(&self) -> usize {
        let lengths = self.pieces.iter().map(|piece| match piece {
            Piece::Text(text) => text.len(),
            Piece::Field { fallback, .. } => fallback.as_ref().map_or(0, String::len).max(MIN_VALUE_BYTES),
        });
        lengths.sum()
    }

    /// Gives its fields other numbers.
    pub fn renumber(&mut self, number: &mut dyn FnMut(FieldId) -> FieldId) {
        for piece in &mut self.pieces {
            if let Piece::Field { field, .. } = piece {
                *field = number(*field);
            }
        }
    }

    /// The fields in it, in order.
    pub fn fields(&self) -> impl Iterator<Item = FieldId> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Text(_) => None,
            Piece::Field { field, .. } => Some(*field),
        })
    }
}

/// A part of a text with fields.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Piece {
    /// These letters as they stand.
    Text(String),
    /// A field's value, or the fallback where it is missing. An optional one has a fallback, or a condition around the text that asks
    /// whether it is known.
    Field {
        /// The field whose value is written.
        field: FieldId,
        /// What is written where the value is missing.
        fallback: Option<String>,
    },
}
