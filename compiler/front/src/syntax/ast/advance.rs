//! `advance stage to S`.

use super::{Name, StepNode};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AdvanceStep {
    pub stage: Name,
}

impl StepNode for AdvanceStep {}
