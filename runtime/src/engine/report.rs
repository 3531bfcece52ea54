//! The totals that reports and tests read.

use super::error::EngineError;
use crate::store::{DecisionCode, DecisionCount, PositionCount, Records};
use crate::time::Instant;

/// Everything a store counts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Sorted by name; [`counter`](super::counter) has the names.
    pub counters: Vec<(String, i64)>,
    /// Sorted, as [`Records::decision_counts`] gives them.
    pub decisions: Vec<DecisionCount>,
    /// Live journeys alone; sorted, as [`Records::position_counts`] gives them.
    pub positions: Vec<PositionCount>,
}

/// The first instant and the last of all runs of a store; none before one has begun.
pub fn period(records: &mut dyn Records) -> Result<Option<(Instant, Instant)>, EngineError> {
    let slots = records.slots()?;
    let first = slots.iter().map(|slot| slot.first_day).filter(|first| *first > i64::MIN).min();
    let last = slots.iter().map(|slot| slot.clock).max();
    Ok(first.zip(last).map(|(first, last)| (Instant(first), Instant(last))))
}

impl Report {
    /// Reads all of them. It may look at every journey, so it is for people.
    pub fn read(records: &mut dyn Records) -> Result<Report, EngineError> {
        Ok(Report {
            counters: records.counters()?,
            decisions: records.decision_counts()?,
            positions: records.position_counts()?,
        })
    }

    /// A total by its name; 0 where nothing was counted.
    pub fn counter(&self, name: &str) -> i64 {
        self.counters.iter().find(|(found, _)| found == name).map_or(0, |(_, total)| *total)
    }

    /// How often something was decided, for one workflow or for all.
    pub fn decided(&self, workflow: Option<u32>, code: DecisionCode) -> u64 {
        let all = self.decisions.iter().filter(|count| count.code == code);
        all.filter(|count| workflow.is_none() || count.workflow == workflow).map(|count| count.count).sum()
    }
}
