//! `wait D`, `wait until P up to D` and `wait until P up to D, otherwise { … }`.

use super::{Duration, Predicate, Step, StepNode};
use crate::source::Span;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Wait {
    For(Duration),
    Until {
        until: Box<Predicate>,
        /// The deadline; without one the wait could last for ever, which the checker refuses.
        up_to: Option<Duration>,
        /// What comes when the deadline has passed, with its place: from `otherwise` to the closing brace.
        otherwise: Option<(Vec<Step>, Span)>,
    },
}

impl StepNode for Wait {
    fn blocks(&self) -> Vec<&[Step]> {
        match self {
            Self::Until { otherwise: Some((steps, _)), .. } => vec![steps],
            Self::For(_) | Self::Until { .. } => Vec::new(),
        }
    }
}
