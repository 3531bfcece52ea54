//! `if / else if / else`.

use super::{Predicate, Step};
use crate::source::Span;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Branch {
    /// `if` and each `else if`.
    pub arms: Vec<Arm>,
    pub otherwise: Option<(Vec<Step>, Span)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arm {
    pub when: Predicate,
    pub steps: Vec<Step>,
    /// From the condition to the closing brace.
    pub span: Span,
}
