//! `stop WORKFLOW or GROUP`

use super::{Name, StepNode};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StopStep {
    /// A workflow or a group of them.
    pub what: Name,
}

impl StepNode for StopStep {}
