//! `contact`, `event`, `stages` and `segment`: what is known of people.

use super::{Literal, Name, Predicate};
use crate::source::Span;

/// `contact { industry one of "saas", "fintech"; employees number? }`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    pub fields: Vec<Field>,
    /// The first line, for labels.
    pub head: Span,
    pub span: Span,
    /// A line in it could not be read, so no field is reported as unknown.
    pub broken: bool,
}

/// `event downloaded { asset text }`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    pub name: Name,
    pub properties: Vec<Field>,
    /// The first line, for labels.
    pub head: Span,
    pub span: Span,
    /// A line in it could not be read, so no property is reported as unknown.
    pub broken: bool,
}

/// A field of a contact or a property of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    pub name: Name,
    pub ty: FieldType,
    pub optional: bool,
    pub default: Option<Literal>,
    pub span: Span,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldType {
    Named(Name),
    OneOf(Vec<Literal>, Span),
}

/// `stages subscriber < lead < mql`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stages {
    pub names: Vec<Name>,
    pub span: Span,
}

/// `segment high_intent = visited(page is "/pricing") at least 3 times in 7 days`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    pub name: Name,
    pub predicate: Predicate,
    pub span: Span,
}
