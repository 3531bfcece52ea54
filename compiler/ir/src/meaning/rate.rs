//! `rate 200 an hour`: how many people come into a workflow in a time. Whoever comes beyond it waits for their turn.
//!
//! Whoever waits keeps in their own frame when their turn comes and what it has to be judged by then; how many came when is kept by the
//! store, once for each workflow.

use super::role::TurnSlot;
use crate::id::SlotId;
use crate::limits::MAX_RATE;
use crate::units::{DAY_MS, HOUR_MS};
use serde::{Deserialize, Serialize};
use std::fmt;

/// So many people in any such time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Rate {
    /// At least one.
    pub people: u32,
    /// Elapsed, wherever it begins.
    pub per: RatePer,
}

/// The time of a rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum RatePer {
    /// Sixty minutes.
    Hour,
    /// Twenty-four hours, on every day of the year.
    Day,
}

impl RatePer {
    /// How long it is.
    pub fn ms(self) -> i64 {
        match self {
            Self::Hour => HOUR_MS,
            Self::Day => DAY_MS,
        }
    }
}

impl Rate {
    /// Whether somebody comes in, and no more than may be said.
    pub fn is_sensible(&self) -> bool {
        (1..=MAX_RATE).contains(&self.people)
    }

    /// A number that stands for this rate and no other, from 2 on: what a decision record keeps of who waits by it.
    pub fn number(&self) -> u32 {
        self.people.saturating_mul(2) | u32::from(self.per == RatePer::Day)
    }
}

/// As it is written: `200 an hour`.
impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let per = match self.per {
            RatePer::Hour => "an hour",
            RatePer::Day => "a day",
        };
        write!(f, "{} {per}", self.people)
    }
}

/// Where the contact's frame keeps who waits for their turn in a workflow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Turn {
    /// By the clock of the workflow's places, or [`FOREVER`](crate::FOREVER) for whoever does not wait.
    pub at: SlotId,
    /// Which of the entry's patterns matched, a bit each; of an entry that becomes true the lowest. None of a `start`, at which the workflow's own
    /// entry is not asked; of both, the highest bit says that it was started as well.
    pub triggers: SlotId,
    /// When the event occurred that lets them in; of other entries, when they came.
    pub triggered_at: SlotId,
    /// What has been counted since they came: a count since entry, by its slot in the journey that is to begin, and its slot in the frame.
    pub counts: Vec<(SlotId, SlotId)>,
    /// The rate, and those that earlier versions had: by each of them people were told to wait.
    pub rates: Vec<Rate>,
}

impl Turn {
    /// All of its slots of the frame, each with what it keeps.
    pub fn each(&self) -> impl Iterator<Item = (SlotId, TurnSlot)> + '_ {
        let one =
            [(self.at, TurnSlot::At), (self.triggers, TurnSlot::Triggers), (self.triggered_at, TurnSlot::TriggeredAt)];
        one.into_iter().chain(self.counts.iter().map(|(count, slot)| (*slot, TurnSlot::Count(*count))))
    }

    /// The same without what they keep.
    pub fn slots(&self) -> impl Iterator<Item = SlotId> + '_ {
        self.each().map(|(slot, _)| slot)
    }
}
