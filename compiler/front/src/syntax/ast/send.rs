//! `send EMAIL` and `send EMAIL again`.

use super::{Name, StepNode};
use crate::source::Span;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SendStep {
    pub email: Name,
    /// `again`, where it stands: who has got it gets it once more.
    pub again: Option<Span>,
}

impl StepNode for SendStep {
    fn message(&self) -> Option<&Name> {
        Some(&self.email)
    }
}
