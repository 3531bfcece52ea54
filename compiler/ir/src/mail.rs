//! What a send puts into a mail: checked texts and templates, ready to be filled in for one contact.

use super::id::{FieldId, PredicateId};
use serde::{Deserialize, Serialize};

/// An email with its template already compiled to HTML, tokens still in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Email {
    pub name: String,
    pub kind: EmailKind,
    /// `Name <address>`; the project's sender where none is given.
    pub from: Option<String>,
    /// The first whose condition holds; the last has none.
    pub subjects: Vec<Subject>,
    pub preview: Option<TextTemplate>,
    /// HTML with the tokens of `compiler/front/src/templates`.
    pub html: String,
    pub links: Vec<Link>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum EmailKind {
    /// Needs consent (E7).
    Marketing,
    /// Goes out without consent, and is listed in reports.
    Transactional,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    pub when: Option<PredicateId>,
    pub text: TextTemplate,
}

/// A link by the name that `clicked .. link` uses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    pub alias: String,
    pub url: String,
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
