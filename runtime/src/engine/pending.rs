//! What a contact's frame has pending, as short lists: segments that may change by themselves, entries that are owed, starts and
//! turns to come.
//!
//! The frame alone is kept; these are read from it when a contact is loaded, and follow what is written to it. So nobody walks over all
//! segments and workflows of the program to find the one whose instant has come.

use super::plan::Plan;
use flow_ir::FOREVER;
use std::collections::{BTreeMap, BTreeSet};

/// What a slot has pending, by the place in a list of the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kept {
    /// Of [`Plan::becoming`]: whether somebody who was refused for a while comes in when that ends.
    Owed(usize),
    /// Of [`Plan::becoming`]: whether it is judged at the end of the instant at hand.
    Unjudged(usize),
    /// Of [`Plan::starts`]: when another workflow lets them in.
    Start(usize),
    /// Of [`Plan::turns`]: when their turn comes.
    Turn(usize),
}

/// The lists of one contact, of places in those of the plan.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Pending {
    /// When segments may change by themselves.
    pub(super) segments: Instants,
    owed: BTreeSet<usize>,
    /// Entries that are judged at the end of their instant.
    unjudged: BTreeSet<usize>,
    /// Starts that are to come.
    starts: BTreeSet<usize>,
    /// Turns that are to come.
    turns: BTreeSet<usize>,
}

impl Pending {
    /// Everything that a frame has pending.
    pub(super) fn read(plan: &Plan, frame: &[u8]) -> Pending {
        let mut pending = Pending::default();
        for (place, segment) in plan.segments.iter().enumerate() {
            pending.segments.set(place, plan.program.frame.read(frame, segment.next_change));
        }
        for (slot, kept) in &plan.kept {
            pending.keep(*kept, plan.program.frame.read(frame, *slot));
        }
        pending
    }

    /// Follows what is written to a slot.
    pub(super) fn keep(&mut self, kept: Kept, value: i64) {
        let (places, place, is_in) = match kept {
            Kept::Owed(place) => (&mut self.owed, place, value != 0),
            Kept::Unjudged(place) => (&mut self.unjudged, place, value != 0),
            Kept::Start(place) => (&mut self.starts, place, value < FOREVER),
            Kept::Turn(place) => (&mut self.turns, place, value < FOREVER),
        };
        if is_in {
            places.insert(place);
        } else {
            places.remove(&place);
        }
    }

    /// The entries that are owed, and those that are judged at the end of their instant.
    pub(super) fn entries(&self) -> impl Iterator<Item = usize> + '_ {
        self.owed.union(&self.unjudged).copied()
    }

    /// The entries that are owed.
    pub(super) fn owed(&self) -> impl Iterator<Item = usize> + '_ {
        self.owed.iter().copied()
    }

    /// The starts that are to come, whenever that is.
    pub(super) fn starts(&self) -> impl Iterator<Item = usize> + '_ {
        self.starts.iter().copied()
    }

    /// The turns that are to come, whenever that is.
    pub(super) fn turns(&self) -> impl Iterator<Item = usize> + '_ {
        self.turns.iter().copied()
    }
}

/// When each of a list may change by itself; none where it never does.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Instants {
    of: BTreeMap<usize, i64>,
    /// The same, the earliest first.
    in_time: BTreeSet<(i64, usize)>,
}

impl Instants {
    pub(super) fn set(&mut self, place: usize, at: i64) {
        let before = if at < FOREVER { self.of.insert(place, at) } else { self.of.remove(&place) };
        if let Some(before) = before {
            self.in_time.remove(&(before, place));
        }
        if at < FOREVER {
            self.in_time.insert((at, place));
        }
    }

    /// Those whose instant has come.
    pub(super) fn due(&self, now: i64) -> impl Iterator<Item = usize> + '_ {
        self.in_time.range(..=(now, usize::MAX)).map(|(_, place)| *place)
    }

    /// The earliest later instant.
    pub(super) fn next(&self, now: i64) -> i64 {
        self.in_time.range((now.saturating_add(1), 0)..).next().map_or(FOREVER, |(at, _)| *at)
    }
}
