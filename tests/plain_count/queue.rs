//! When people are next to be looked at without an event.

use std::collections::BTreeSet;

use crate::calendar::Ms;

/// One instant a person, in the order of time and then of people.
#[derive(Default)]
pub(crate) struct Queue {
    by_time: BTreeSet<(Ms, usize)>,
    by_person: Vec<Option<Ms>>,
}

impl Queue {
    pub(crate) fn first(&self) -> Option<(Ms, usize)> {
        self.by_time.first().copied()
    }

    pub(crate) fn of(&self, person: usize) -> Option<Ms> {
        self.by_person.get(person).copied().flatten()
    }

    /// In the place of the instant at which they were to be looked at before.
    pub(crate) fn put(&mut self, person: usize, at: Option<Ms>) {
        if self.by_person.len() <= person {
            self.by_person.resize(person + 1, None);
        }
        if let Some(before) = std::mem::replace(&mut self.by_person[person], at) {
            self.by_time.remove(&(before, person));
        }
        self.by_time.extend(at.map(|at| (at, person)));
    }
}
