//! `choose by FIELD { VALUE { … } otherwise { … } }`.

use super::{Relation, Step, StepNode, Sum};
use crate::source::Span;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Choose {
    /// What people go their ways by.
    pub by: Sum,
    /// As they stand.
    pub ways: Vec<Way>,
    /// Before the brace that closes it.
    pub close: Span,
    /// A way of it could not be read.
    pub broken: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Way {
    /// What is asked of the field, and where that stands; none of `otherwise`.
    pub when: Option<(Relation, Span)>,
    pub steps: Vec<Step>,
    /// From the value or `otherwise` to the closing brace.
    pub span: Span,
}

impl StepNode for Choose {
    fn blocks(&self) -> Vec<&[Step]> {
        self.ways.iter().map(|way| way.steps.as_slice()).collect()
    }
}
