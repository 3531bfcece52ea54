//! `contact`: the fields of people.

use super::{Block, Field};
use crate::source::Span;

/// `contact { industry one of "saas", "fintech"; employees number? }`
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Contact {
    pub fields: Vec<Field>,
    /// The first line, for labels.
    pub head: Span,
    pub span: Span,
    /// A line in it could not be read, so no field is reported as unknown.
    pub broken: bool,
}

impl Block for Contact {
    fn lose_a_line(&mut self) {
        self.broken = true;
    }
}
