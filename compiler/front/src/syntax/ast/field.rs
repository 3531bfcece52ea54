//! The fields of contacts and the properties of events.

use super::{Literal, Name};
use crate::source::Span;

/// A field of a contact or a property of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Field {
    pub name: Name,
    pub ty: FieldType,
    pub optional: bool,
    pub default: Option<Literal>,
    pub span: Span,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum FieldType {
    Named(Name),
    OneOf(Vec<Literal>, Span),
}

impl Field {
    /// Whether it says the same as another one, wherever the two stand.
    pub(crate) fn is_like(&self, other: &Field) -> bool {
        let (one, another) = (self.default.as_ref().map(Literal::said), other.default.as_ref().map(Literal::said));
        self.ty.said() == other.ty.said() && self.optional == other.optional && one == another
    }
}

impl FieldType {
    /// Its words: a name, or the choices in their order.
    fn said(&self) -> Vec<String> {
        match self {
            Self::Named(name) => vec![name.text.clone()],
            Self::OneOf(choices, _) => {
                std::iter::once("one of".to_owned()).chain(choices.iter().map(Literal::said)).collect()
            }
        }
    }
}
