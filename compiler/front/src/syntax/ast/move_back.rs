//! `move stage back to S because "…"`.

use super::{Name, StepNode, Text};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MoveBackStep {
    pub stage: Name,
    pub because: Text,
}

impl StepNode for MoveBackStep {}
