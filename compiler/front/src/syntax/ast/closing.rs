//! `on goal { … }` and `on exit { … }`: what is done for somebody at the moment at which their journey ends so.

use super::Step;
use crate::source::Span;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Closing {
    pub steps: Vec<Step>,
    /// What stands before its brace.
    pub head: Span,
}
