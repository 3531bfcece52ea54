//! Gives a field another text. Texts lie beside the frame, so this is no op of a body.

use super::{Described, Reference};
use crate::{FieldId, Piece, Program};
use serde::{Deserialize, Serialize};

/// `set FIELD = "…"`, and `set FIELD = OTHER or "…"`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetText {
    /// Of any characters: what is known of addresses, zones and countries comes from elsewhere.
    pub field: FieldId,
    /// What it is from then on. Whoever has no value to take keeps what they have.
    pub value: Piece,
}

impl Described for SetText {
    fn references(&self) -> Vec<Reference> {
        let read = match &self.value {
            Piece::Field { field, .. } => Some(Reference::Field(*field)),
            Piece::Text(_) => None,
        };
        [Reference::Written(self.field)].into_iter().chain(read).collect()
    }

    fn renumber(&mut self, number: &mut dyn FnMut(Reference) -> Reference) {
        number(Reference::Written(self.field)).set_field(&mut self.field);
        if let Piece::Field { field, .. } = &mut self.value {
            number(Reference::Field(*field)).set_field(field);
        }
    }

    fn words(&self, program: &Program) -> String {
        let name = |field: FieldId| program.fields.get(field).map_or("?", |field| field.name.as_str());
        let value = match &self.value {
            Piece::Text(text) => format!("{text:?}"),
            Piece::Field { field, fallback: None } => name(*field).to_owned(),
            Piece::Field { field, fallback: Some(fallback) } => format!("{} or {fallback:?}", name(*field)),
        };
        format!("set {} = {value}", name(self.field))
    }

    fn writes(&self) -> Option<FieldId> {
        Some(self.field)
    }

    fn values(&self) -> Vec<&str> {
        match &self.value {
            Piece::Text(text) => vec![text],
            Piece::Field { fallback, .. } => fallback.iter().map(String::as_str).collect(),
        }
    }

    fn random(_: &mut crate::generate::Choices) -> Self {
        Self { field: FieldId(0), value: Piece::Text("Acme".to_owned()) }
    }
}
