//! The outbox rows that wait for their instant: a window of the next ones, since there may be any number of them.
//!
//! ```text
//! due  1  3  3  4  7 | 9  9 12 ...      up to the bar the window knows every row; behind it the store does, and is asked
//! ```
//! Nothing depends on how much the window holds: what comes next is always the first of all that wait.

use crate::store::{BEFORE_ALL, DuePlace};
use std::collections::BTreeSet;

/// How many rows that wait for their instant are kept in memory, unless [`Limits`](super::Limits) say otherwise.
pub(crate) const OUTBOX_WINDOW_ROWS: usize = 4_096;

/// Behind every row that waits.
const BEHIND_ALL: DuePlace = (i64::MAX, u64::MAX);

/// The next rows, by (due, number).
#[derive(Debug)]
pub(super) struct Queue {
    /// How many rows stay, at least one.
    size: usize,
    places: BTreeSet<DuePlace>,
    /// Up to here, itself included, every row is in the window; of those behind, some may be.
    known_to: DuePlace,
}

impl Queue {
    /// Nothing is known yet of what the store has.
    pub(super) fn new(size: usize) -> Queue {
        Queue { size: size.max(1), places: BTreeSet::new(), known_to: BEFORE_ALL }
    }

    pub(super) fn insert(&mut self, place: DuePlace) {
        self.places.insert(place);
    }

    pub(super) fn remove(&mut self, place: DuePlace) {
        self.places.remove(&place);
    }

    pub(super) fn contains(&self, place: DuePlace) -> bool {
        self.places.contains(&place)
    }

    /// The next of all; none where the store has to be asked, too.
    pub(super) fn first(&self) -> Option<DuePlace> {
        self.places.first().copied().filter(|place| *place <= self.known_to)
    }

    /// The next ones that are known.
    pub(super) fn known(&self) -> impl Iterator<Item = DuePlace> + '_ {
        self.places.range(..=self.known_to).copied()
    }

    /// From where on the store has to be asked before anybody knows which row comes next, and for how many.
    pub(super) fn asks(&self) -> Option<(DuePlace, usize)> {
        let is_low = self.known_to < BEHIND_ALL && self.first().is_none();
        is_low.then_some((self.known_to, self.size))
    }

    /// Every row up to this one is in the window; without one there are no others.
    pub(super) fn know_to(&mut self, place: Option<DuePlace>) {
        self.known_to = place.unwrap_or(BEHIND_ALL);
    }

    /// Forgets what does not fit. Only rows that the store has as they are.
    pub(super) fn trim(&mut self) -> BTreeSet<DuePlace> {
        let is_full = self.places.len() > self.size;
        let last = self.places.range(..=self.known_to).nth(self.size - 1).filter(|_| is_full);
        self.known_to = last.copied().unwrap_or(self.known_to);
        let mut beyond = self.places.split_off(&self.known_to);
        // The last that is known stays.
        if beyond.remove(&self.known_to) {
            self.places.insert(self.known_to);
        }
        beyond
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_next_is_known_or_asked_for() {
        let mut queue = Queue::new(2);
        assert_eq!((queue.first(), queue.asks()), (None, Some((BEFORE_ALL, 2))));
        [(5, 1), (3, 2)].into_iter().for_each(|place| queue.insert(place));
        assert_eq!(queue.first(), None, "the store may have an earlier one");
        queue.know_to(Some((4, 9)));
        assert_eq!((queue.first(), queue.asks()), (Some((3, 2)), None));
        queue.remove((3, 2));
        assert_eq!((queue.first(), queue.asks()), (None, Some(((4, 9), 2))), "there may be one before the other");
        queue.know_to(None);
        assert_eq!((queue.first(), queue.asks()), (Some((5, 1)), None));
        queue.remove((5, 1));
        assert_eq!((queue.first(), queue.asks()), (None, None), "there is none at all");
    }

    #[test]
    fn what_does_not_fit_is_asked_for_again() {
        let mut queue = Queue::new(2);
        queue.know_to(None);
        for place in [(1, 1), (2, 2), (2, 3), (9, 4)] {
            queue.insert(place);
        }
        assert_eq!(queue.trim(), BTreeSet::from([(2, 3), (9, 4)]));
        queue.insert((9, 5));
        queue.insert((0, 6));
        assert_eq!(queue.known().collect::<Vec<_>>(), [(0, 6), (1, 1), (2, 2)]);
        assert_eq!(queue.trim(), BTreeSet::from([(2, 2), (9, 5)]));
        [(0, 6), (1, 1)].into_iter().for_each(|place| queue.remove(place));
        assert_eq!(queue.asks(), Some(((1, 1), 2)));
    }
}
