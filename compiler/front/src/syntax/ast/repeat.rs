//! `repeat up to N times every D until P { … }`.

use super::{Duration, Literal, Predicate, Step, StepNode};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Repeat {
    pub times: Literal,
    pub every: Duration,
    /// What lets nobody begin another round.
    pub until: Option<Predicate>,
    pub steps: Vec<Step>,
}

impl StepNode for Repeat {
    fn blocks(&self) -> Vec<&[Step]> {
        vec![&self.steps]
    }

    fn rounds(&self) -> usize {
        match &self.times {
            Literal::Number(times, _) => times.parse().unwrap_or(1).max(1),
            _ => 1,
        }
    }
}
