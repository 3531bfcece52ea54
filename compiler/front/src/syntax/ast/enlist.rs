//! `add to list partners`, `remove from list partners`

use super::{Name, StepNode};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct EnlistStep {
    /// Whether somebody is put on it or taken off.
    pub added: bool,
    pub list: Name,
}

impl StepNode for EnlistStep {}
