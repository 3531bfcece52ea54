//! `if / else if / else`.

use super::{Predicate, Step, StepNode};
use crate::source::Span;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Branch {
    /// `if` and each `else if`.
    pub arms: Vec<Arm>,
    /// With its place, from `else` to the closing brace.
    pub otherwise: Option<(Vec<Step>, Span)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Arm {
    pub when: Predicate,
    pub steps: Vec<Step>,
    /// From the condition to the closing brace.
    pub span: Span,
}

impl StepNode for Branch {
    fn blocks(&self) -> Vec<&[Step]> {
        let arms = self.arms.iter().map(|arm| arm.steps.as_slice());
        arms.chain(self.otherwise.as_ref().map(|(steps, _)| steps.as_slice())).collect()
    }
}
