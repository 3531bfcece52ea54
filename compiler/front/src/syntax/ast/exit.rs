//! `exit` and `exit as converted`.

use super::StepNode;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExitStep {
    pub converted: bool,
}

impl StepNode for ExitStep {}
