//! `exit` and `exit as converted`.

use super::StepNode;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ExitStep {
    pub converted: bool,
}

impl StepNode for ExitStep {}
