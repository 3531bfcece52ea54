//! `wait D` and `wait until P up to D`.

use super::{Duration, Predicate, StepNode};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Wait {
    For(Duration),
    Until {
        until: Predicate,
        /// The deadline; without one the wait could last for ever, which the checker refuses.
        up_to: Option<Duration>,
    },
}

impl StepNode for Wait {}
