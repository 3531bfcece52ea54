//! `suppress because "…"`

use super::{StepNode, Text};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SuppressStep {
    pub because: Text,
}

impl StepNode for SuppressStep {}
