//! Who is next: the instants at which contacts may change by themselves, in memory, rebuilt from the store at start.
//!
//! ```text
//! later    hour 7: (7:10, 3) (7:55, 9) (7:10, 1)    hour 9: ...      in any order
//! now      hour 6: (6:40, 8) (6:41, 2) ...                           in order, the next at its end
//! ```
//! An instant is put into its span of time and not looked at again until that comes, when those of the span are put into order together. Whoever
//! gets another instant meanwhile leaves the old one where it is: it is passed over when it comes, and all such are taken away before they are as
//! many as those that count. So an instant costs the same however many there are.

use crate::store::ContactId;
use std::collections::{BTreeMap, BTreeSet};

/// Milliseconds of a span, as a power of two: about an hour. Of a million who are due within a month, some thousand are in one.
const SPAN_BITS: u32 = 22;
/// As many instants that do not count any more are left where they are, whatever the number of those that do.
const STALE_MIN: usize = 1_024;

/// Contacts by their next instant, then by number. A contact stands in it once, with the instant it carries itself.
#[derive(Debug, Default)]
pub(super) struct DueQueue {
    /// The instant of each contact, by their number in the slot; [`NONE`] where there is none.
    instants: Vec<i64>,
    /// The instants that lie in spans behind that of `now`, and some that do not count any more.
    later: BTreeMap<i64, Vec<Entry>>,
    /// Those of the span that has come, the first at the end. The last of them counts.
    now: Vec<Entry>,
    /// Those that were put into that span, or one before it, since it has come. All of them count.
    added: BTreeSet<Entry>,
    /// The span of `now`.
    span: i64,
    /// How many contacts have an instant, and how many entries there are.
    count: usize,
    entries: usize,
}

type Entry = (i64, ContactId);

const NONE: i64 = i64::MAX;

fn span_of(at: i64) -> i64 {
    at >> SPAN_BITS
}

impl DueQueue {
    /// From everybody's next instant.
    pub(super) fn new(entries: impl IntoIterator<Item = Entry>) -> DueQueue {
        let mut queue = DueQueue { span: i64::MIN, ..DueQueue::default() };
        entries.into_iter().for_each(|(at, contact)| queue.move_to(contact, None, Some(at)));
        queue.come_to_next();
        queue
    }

    pub(super) fn first(&self) -> Option<Entry> {
        let (now, added) = (self.now.last().copied(), self.added.first().copied());
        now.into_iter().chain(added).min()
    }

    /// The next ones up to an instant, in their order as far as their span has come, each perhaps more than once.
    pub(super) fn until(&self, until: i64) -> impl Iterator<Item = ContactId> + '_ {
        let now = self.now.iter().rev().chain(&self.added);
        let later = self.later.range(..=span_of(until)).flat_map(|(_, entries)| entries);
        now.chain(later).filter(move |entry| entry.0 <= until && self.counts(**entry)).map(|(_, contact)| *contact)
    }

    pub(super) fn move_to(&mut self, contact: ContactId, from: Option<i64>, to: Option<i64>) {
        if from == to {
            return;
        }
        let Ok(number) = usize::try_from(contact.number()) else { return };
        if number >= self.instants.len() {
            self.instants.resize(number + 1, NONE);
        }
        let before = self.instants.get(number).copied().unwrap_or(NONE);
        self.instants.get_mut(number).into_iter().for_each(|own| *own = to.unwrap_or(NONE));
        self.count = self.count + usize::from(to.is_some()) - usize::from(before != NONE);
        if before != NONE && self.added.remove(&(before, contact)) {
            self.entries -= 1;
        }
        to.into_iter().for_each(|at| self.put((at, contact)));
        self.pass_over();
        if self.entries > 2 * self.count + STALE_MIN {
            self.sweep();
        }
    }

    fn put(&mut self, entry: Entry) {
        let span = span_of(entry.0);
        let is_new = match span <= self.span {
            true => self.added.insert(entry),
            false => {
                self.later.entry(span).or_default().push(entry);
                true
            }
        };
        self.entries += usize::from(is_new);
    }

    fn counts(&self, (at, contact): Entry) -> bool {
        let own = usize::try_from(contact.number()).ok().and_then(|number| self.instants.get(number));
        own == Some(&at)
    }

    /// Comes to the next that counts.
    fn pass_over(&mut self) {
        while self.now.last().is_some_and(|last| !self.counts(*last)) {
            self.now.pop();
            self.entries -= 1;
        }
        if self.now.is_empty() && self.added.is_empty() {
            self.come_to_next();
        }
    }

    /// Puts the next span into order, as long as there is one that counts.
    fn come_to_next(&mut self) {
        while self.now.is_empty()
            && self.added.is_empty()
            && let Some((span, mut entries)) = self.later.pop_first()
        {
            self.span = span;
            let before = entries.len();
            entries.retain(|entry| self.counts(*entry));
            entries.sort_unstable_by(|one, next| next.cmp(one));
            // Who came back to an instant stands in it twice.
            entries.dedup();
            self.entries -= before - entries.len();
            self.now = entries;
        }
    }

    /// Takes away what does not count any more.
    fn sweep(&mut self) {
        let instants = &self.instants;
        let counts = |(at, contact): &Entry| {
            usize::try_from(contact.number()).ok().and_then(|number| instants.get(number)) == Some(at)
        };
        self.now.retain(counts);
        self.later.retain(|_, entries| {
            entries.retain(counts);
            entries.sort_unstable();
            entries.dedup();
            !entries.is_empty()
        });
        let later: usize = self.later.values().map(Vec::len).sum();
        self.entries = self.now.len() + self.added.len() + later;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Slot;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn id(number: u64) -> ContactId {
        ContactId::new(Slot::FIRST, number)
    }

    proptest! {
        /// Beside a set of all instants, wherever they lie and whoever takes theirs back.
        #[test]
        fn the_first_is_that_of_all(
            begun in proptest::collection::vec((1_u64..30, -3_i64..12), 0..30),
            moves in proptest::collection::vec((1_u64..30, proptest::option::of((-3_i64..12, 0_i64..3)), any::<bool>()), 0..200),
        ) {
            let at = |span: i64, within: i64| (span << SPAN_BITS) + within;
            let mut own: BTreeMap<u64, i64> = begun.iter().map(|(number, span)| (*number, at(*span, 0))).collect();
            let mut queue = DueQueue::new(own.iter().map(|(number, at)| (*at, id(*number))));
            for (number, to, of_first) in moves {
                // Most often whoever is first moves.
                let number = queue.first().filter(|_| of_first).map_or(number, |(_, contact)| contact.number());
                let to = to.map(|(span, within)| at(span, within));
                queue.move_to(id(number), own.get(&number).copied(), to);
                match to {
                    Some(to) => own.insert(number, to),
                    None => own.remove(&number),
                };
                let all: BTreeSet<Entry> = own.iter().map(|(number, at)| (*at, id(*number))).collect();
                prop_assert_eq!(queue.first(), all.first().copied());
                let until = at(5, 1);
                let due: BTreeSet<ContactId> = queue.until(until).collect();
                prop_assert_eq!(due, all.iter().filter(|(at, _)| *at <= until).map(|(_, contact)| *contact).collect::<BTreeSet<_>>());
            }
        }
    }

    /// Whoever always gets another instant leaves no more behind than there are people.
    #[test]
    fn what_does_not_count_any_more_goes() {
        let mut queue = DueQueue::new((1..=1_000).map(|number| (0, id(number))));
        let mut own = vec![0; 1_001];
        for turn in 1..200_i64 {
            for number in 1..=1_000_u64 {
                let to = (turn * 7_919 + number as i64) << SPAN_BITS;
                queue.move_to(id(number), Some(own[number as usize]), Some(to));
                own[number as usize] = to;
            }
            assert!(queue.entries <= 2 * 1_000 + STALE_MIN + 1, "{}", queue.entries);
        }
        assert_eq!(queue.until(i64::MAX).collect::<BTreeSet<_>>().len(), 1_000);
    }
}
