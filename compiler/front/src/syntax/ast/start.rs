//! `start WORKFLOW with PROPERTY = VALUE`

use super::{Literal, Name, StepNode};
use crate::source::Span;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StartStep {
    pub workflow: Name,
    /// What its steps read as `trigger.PROPERTY`.
    pub given: Vec<Given>,
}

/// A value that a started workflow is given: `product = trigger.product or "none"`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Given {
    pub property: Name,
    pub value: Literal,
    pub fallback: Option<Literal>,
    pub span: Span,
}

impl StepNode for StartStep {}
