//! `advance stage to S`.

use super::{Blocks, Name};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdvanceStep {
    pub stage: Name,
}

impl Blocks for AdvanceStep {}
