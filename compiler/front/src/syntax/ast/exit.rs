//! `exit` and `exit as converted`.

use super::Blocks;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExitStep {
    pub converted: bool,
}

impl Blocks for ExitStep {}
