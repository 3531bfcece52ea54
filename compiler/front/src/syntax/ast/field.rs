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
