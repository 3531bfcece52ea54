//! `start WORKFLOW`

use super::{Name, StepNode};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StartStep {
    pub workflow: Name,
}

impl StepNode for StartStep {}
