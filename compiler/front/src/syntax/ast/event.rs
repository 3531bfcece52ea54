//! `event`: what people do, with its properties.

use super::{Block, Field, Name};
use crate::source::Span;

/// `event downloaded { asset text }`
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Event {
    pub name: Name,
    pub properties: Vec<Field>,
    /// The first line, for labels.
    pub head: Span,
    pub span: Span,
    /// A line in it could not be read, so no property is reported as unknown.
    pub broken: bool,
}

impl Block for Event {
    fn lose_a_line(&mut self) {
        self.broken = true;
    }
}
