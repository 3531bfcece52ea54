//! `wait D` and `wait until P up to D`.

use super::{Duration, Predicate};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitStep {
    pub duration: Duration,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitUntil {
    pub until: Predicate,
    /// The deadline; without one the wait could last for ever, which the checker refuses.
    pub up_to: Option<Duration>,
}
