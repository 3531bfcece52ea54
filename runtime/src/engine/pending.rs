//! What a contact's frame has pending, as short lists: segments that may change by themselves, entries that are owed, starts and
//! turns to come.
//!
//! The frame alone is kept; these are read from it when a contact is loaded, and follow what is written to it. So nobody walks over all
//! segments and workflows of the program to find the one whose instant has come.

use super::plan::Plan;
use flow_ir::FOREVER;

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
    /// Of [`Plan::agains`]: when a trigger came that begins the next journey.
    Again(usize),
    /// Of [`Plan::dated`]: when a date lets them in.
    Date(usize),
    /// Of [`Plan::lapsing`]: when they go to the backup of a team.
    Lapse(usize),
}

/// The lists of one contact, of places in those of the plan.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Pending {
    /// When segments may change by themselves.
    pub(super) segments: Instants,
    owed: Places,
    /// Entries that are judged at the end of their instant.
    unjudged: Places,
    /// Starts that are to come.
    starts: Places,
    /// Turns that are to come.
    turns: Places,
    /// Triggers that came during a journey.
    agains: Places,
    /// Dates that are to come.
    dates: Places,
    /// Handoffs that go on to the backup where nobody answers.
    lapses: Places,
}

impl Pending {
    /// Everything that a frame has pending.
    pub(super) fn read(plan: &Plan, frame: &[u8]) -> Pending {
        let mut pending = Pending::default();
        pending.read_over(plan, frame);
        pending
    }

    /// The same, over what is there.
    pub(super) fn read_over(&mut self, plan: &Plan, frame: &[u8]) {
        let Pending { segments, owed, unjudged, starts, turns, agains, dates, lapses } = self;
        [owed, unjudged, starts, turns, agains, dates, lapses].into_iter().for_each(Places::clear);
        let next_change =
            |segment: &super::segment::WatchedSegment| plan.program.frame.read(frame, segment.next_change);
        segments.begin(plan.segments.iter().map(next_change));
        for (slot, kept) in &plan.kept {
            self.keep(*kept, plan.program.frame.read(frame, *slot));
        }
    }

    /// Whether it is what a frame has pending.
    pub(super) fn is_as_in(&self, plan: &Plan, frame: &[u8]) -> bool {
        let mut segments = plan.segments.iter().enumerate();
        let of_segments = segments.all(|(place, segment)| {
            let at = plan.program.frame.read(frame, segment.next_change);
            self.segments.of(place) == (at < FOREVER).then_some(at)
        });
        let mut kept = plan.kept.iter();
        of_segments
            && kept.all(|(slot, kept)| self.is_kept(*kept) == is_in(*kept, plan.program.frame.read(frame, *slot)))
    }

    fn is_kept(&self, kept: Kept) -> bool {
        match kept {
            Kept::Owed(place) => self.owed.contains(place),
            Kept::Unjudged(place) => self.unjudged.contains(place),
            Kept::Start(place) => self.starts.contains(place),
            Kept::Turn(place) => self.turns.contains(place),
            Kept::Again(place) => self.agains.contains(place),
            Kept::Date(place) => self.dates.contains(place),
            Kept::Lapse(place) => self.lapses.contains(place),
        }
    }

    /// Follows what is written to a slot.
    pub(super) fn keep(&mut self, kept: Kept, value: i64) {
        let (places, place) = match kept {
            Kept::Owed(place) => (&mut self.owed, place),
            Kept::Unjudged(place) => (&mut self.unjudged, place),
            Kept::Start(place) => (&mut self.starts, place),
            Kept::Turn(place) => (&mut self.turns, place),
            Kept::Again(place) => (&mut self.agains, place),
            Kept::Date(place) => (&mut self.dates, place),
            Kept::Lapse(place) => (&mut self.lapses, place),
        };
        places.set(place, is_in(kept, value));
    }

    /// The entries that are owed, and those that are judged at the end of their instant.
    pub(super) fn entries(&self) -> impl Iterator<Item = usize> + '_ {
        // Each once, in their order.
        let (mut owed, mut unjudged) = (self.owed.iter().peekable(), self.unjudged.iter().peekable());
        std::iter::from_fn(move || match (owed.peek(), unjudged.peek()) {
            (Some(one), Some(other)) if one == other => {
                unjudged.next();
                owed.next()
            }
            (Some(one), Some(other)) if one > other => unjudged.next(),
            (Some(_), _) => owed.next(),
            (None, _) => unjudged.next(),
        })
    }

    /// The entries that are owed.
    pub(super) fn owed(&self) -> impl Iterator<Item = usize> + '_ {
        self.owed.iter()
    }

    /// The starts that are to come, whenever that is.
    pub(super) fn starts(&self) -> impl Iterator<Item = usize> + '_ {
        self.starts.iter()
    }

    /// The turns that are to come, whenever that is.
    pub(super) fn turns(&self) -> impl Iterator<Item = usize> + '_ {
        self.turns.iter()
    }

    /// The triggers that came during a journey.
    pub(super) fn agains(&self) -> impl Iterator<Item = usize> + '_ {
        self.agains.iter()
    }

    /// The dates that are to come, whenever that is.
    pub(super) fn dates(&self) -> impl Iterator<Item = usize> + '_ {
        self.dates.iter()
    }

    /// The handoffs that go on to the backup, whenever that is.
    pub(super) fn lapses(&self) -> impl Iterator<Item = usize> + '_ {
        self.lapses.iter()
    }
}

/// Whether a slot of this value has something pending.
fn is_in(kept: Kept, value: i64) -> bool {
    match kept {
        Kept::Owed(_) | Kept::Unjudged(_) => value != 0,
        Kept::Start(_) | Kept::Turn(_) | Kept::Again(_) | Kept::Date(_) | Kept::Lapse(_) => value < FOREVER,
    }
}

/// A few places of a list, ascending: lists, as they are read with each contact and hold next to nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Places(Vec<usize>);

impl Places {
    fn clear(&mut self) {
        self.0.clear();
    }

    fn set(&mut self, place: usize, is_in: bool) {
        match (self.0.binary_search(&place), is_in) {
            (Err(at), true) => self.0.insert(at, place),
            (Ok(at), false) => drop(self.0.remove(at)),
            _ => {}
        }
    }

    fn contains(&self, place: usize) -> bool {
        self.0.binary_search(&place).is_ok()
    }

    fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.0.iter().copied()
    }
}

/// When each of a list may change by itself; none where it never does.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Instants {
    /// By place.
    of: Vec<(usize, i64)>,
    /// The same, the earliest first.
    in_time: Vec<(i64, usize)>,
}

impl Instants {
    /// From the instants of a whole list.
    pub(super) fn begin(&mut self, instants: impl Iterator<Item = i64>) {
        self.of.clear();
        self.in_time.clear();
        self.of.extend(instants.enumerate().filter(|(_, at)| *at < FOREVER));
        self.in_time.extend(self.of.iter().map(|(place, at)| (*at, *place)));
        self.in_time.sort_unstable();
    }

    fn of(&self, place: usize) -> Option<i64> {
        let found = self.of.binary_search_by_key(&place, |(place, _)| *place).ok()?;
        self.of.get(found).map(|(_, at)| *at)
    }

    pub(super) fn set(&mut self, place: usize, at: i64) {
        let found = self.of.binary_search_by_key(&place, |(place, _)| *place);
        if let Some((_, before)) = found.ok().and_then(|found| self.of.get(found)).copied()
            && let Ok(found) = self.in_time.binary_search(&(before, place))
        {
            self.in_time.remove(found);
        }
        match (found, at < FOREVER) {
            (Ok(found), true) => self.of.get_mut(found).into_iter().for_each(|own| own.1 = at),
            (Ok(found), false) => drop(self.of.remove(found)),
            (Err(found), true) => self.of.insert(found, (place, at)),
            (Err(_), false) => {}
        }
        if at < FOREVER {
            let found = self.in_time.partition_point(|own| *own < (at, place));
            self.in_time.insert(found, (at, place));
        }
    }

    /// Those whose instant has come.
    pub(super) fn due(&self, now: i64) -> impl Iterator<Item = usize> + '_ {
        self.in_time.iter().take_while(move |(at, _)| *at <= now).map(|(_, place)| *place)
    }

    /// The earliest later instant.
    pub(super) fn next(&self, now: i64) -> i64 {
        let found = self.in_time.partition_point(|(at, _)| *at <= now);
        self.in_time.get(found).map_or(FOREVER, |(at, _)| *at)
    }
}

/// The instants of entries that time can change, once all of them have been asked.
#[derive(Debug, Clone, Default)]
pub(super) struct Asked {
    is_known: bool,
    instants: Instants,
}

impl Asked {
    /// They must be asked again.
    pub(super) fn forget(&mut self) {
        self.is_known = false;
    }

    pub(super) fn known(&self) -> Option<&Instants> {
        self.is_known.then_some(&self.instants)
    }

    pub(super) fn known_mut(&mut self) -> Option<&mut Instants> {
        self.is_known.then_some(&mut self.instants)
    }

    /// From now on they are known: nothing ever changes, until it is said.
    pub(super) fn learn(&mut self) -> &mut Instants {
        self.is_known = true;
        self.instants.begin(std::iter::empty());
        &mut self.instants
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    proptest! {
        #[test]
        fn instants_are_those_that_were_set_last(
            first in proptest::collection::vec(prop_oneof![0_i64..9, Just(FOREVER)], 0..6),
            sets in proptest::collection::vec((0_usize..8, prop_oneof![0_i64..9, Just(FOREVER)]), 0..20),
        ) {
            let mut known: BTreeMap<usize, i64> = first.iter().copied().enumerate().collect();
            let mut instants = Instants::default();
            instants.begin(first.into_iter());
            for (place, at) in sets {
                known.insert(place, at);
                instants.set(place, at);
                let mut in_time: Vec<(i64, usize)> = known.iter().filter(|(_, at)| **at < FOREVER).map(|(place, at)| (*at, *place)).collect();
                in_time.sort_unstable();
                let due = in_time.iter().filter(|(at, _)| *at <= 4).map(|(_, place)| *place);
                prop_assert!(instants.due(4).eq(due));
                let next = in_time.iter().map(|(at, _)| *at).find(|at| *at > 4);
                prop_assert_eq!(instants.next(4), next.unwrap_or(FOREVER));
                let mut again = Instants::default();
                again.begin((0..8).map(|place| known.get(&place).copied().unwrap_or(FOREVER)));
                prop_assert_eq!(&again, &instants);
            }
        }
    }
}
