//! `send EMAIL`.

use super::{Name, StepNode};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SendStep {
    pub email: Name,
}

impl StepNode for SendStep {
    fn message(&self) -> Option<&Name> {
        Some(&self.email)
    }
}
