//! Emails by name and kind, and texts that are filled in for one contact.

use crate::id::FieldId;
use serde::{Deserialize, Serialize};

/// An email, as the steps know it. What it says is beside the meaning ([`EmailContent`](crate::debug::EmailContent)).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Email {
    pub name: String,
    pub kind: EmailKind,
}

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
    pub pieces: Vec<Piece>,
}

impl TextTemplate {
    /// The fields in it, in order.
    pub fn fields(&self) -> impl Iterator<Item = FieldId> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Text(_) => None,
            Piece::Field { field, .. } => Some(*field),
        })
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Piece {
    Text(String),
    /// A field's value, or the fallback where it is missing. The checker lets no optional field through without one.
    Field {
        field: FieldId,
        fallback: Option<String>,
    },
}
