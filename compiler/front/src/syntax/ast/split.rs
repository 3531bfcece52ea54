//! `split NAME { 50% a { … } 50% b { … } }`.

use super::{Name, Step, StepNode};
use crate::source::Span;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Split {
    /// A name, or a text in quotes.
    pub name: Name,
    /// As they stand.
    pub shares: Vec<Share>,
    /// A share of it could not be read, or belongs to what is not run yet.
    pub broken: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Share {
    /// The per cents as written, and where.
    pub weight: Name,
    pub name: Option<Name>,
    pub steps: Vec<Step>,
    /// From the per cents to the closing brace.
    pub span: Span,
}

impl StepNode for Split {
    fn blocks(&self) -> Vec<&[Step]> {
        self.shares.iter().map(|share| share.steps.as_slice()).collect()
    }
}
