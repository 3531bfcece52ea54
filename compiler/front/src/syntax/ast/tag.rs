//! `tag vip`, `untag vip`

use super::{Name, StepNode};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TagStep {
    /// Whether it is given or taken.
    pub given: bool,
    pub tag: Name,
}

impl StepNode for TagStep {}
