//! Who is next: the instants at which contacts may change by themselves, in memory, rebuilt from the store at start.
//!
//! ```text
//! later    hour 7: (7:10, 3) (7:55, 9) (7:10, 1)    hour 9: ...      in any order, the least of each known
//! now      hour 6: (6:40, 8) (6:41, 2) ...                           in order, the next at its end
//! ```
//! An instant is put into its span of time and not looked at again until that span is needed in order: when the least of it has moved on. Whoever gets
//! another instant leaves the old one where it is: it is passed over when it comes, and a span is cleared of such once they are more than half of
//! it. To clear a span looks at what is in it after as many have left it as are half of that, so an instant costs the same however many there are.

use crate::store::ContactId;
use rustc_hash::FxHashMap;
use std::collections::{BTreeMap, BTreeSet};

/// Milliseconds of a span, as a power of two: about an hour. Of a million who are due within a month, some thousand are in one.
const SPAN_BITS: u32 = 22;
/// Contacts whose instants lie together.
const PAGE: usize = 4_096;
/// How many instants are looked at for who is next, whether they count or not.
const LOOK_MAX: usize = 4_096;

/// Contacts by their next instant, then by number: of each the one instant that they carry themselves.
#[derive(Debug, Default)]
pub(super) struct DueQueue {
    instants: Instants,
    /// What lies in spans behind that of `now`, with some that does not count any more.
    later: BTreeMap<i64, Span>,
    /// The span that is in order, where one is.
    open: Option<i64>,
    /// What lies in it, the first at the end. The last of them counts.
    now: Vec<Entry>,
    /// How often somebody has left `now`: at least as many as do not count in it any more.
    left_now: usize,
    /// What was put into it since. All of that counts.
    added: BTreeSet<Entry>,
    /// How many entries were looked at to clear spans: what a test counts.
    #[cfg(test)]
    looks: usize,
}

type Entry = (i64, ContactId);

#[derive(Debug)]
struct Span {
    entries: Vec<Entry>,
    /// The least of them, whether it counts or not.
    least: Entry,
    /// The least is at the end, and so on.
    is_in_order: bool,
    /// How often somebody has left it: at least as many as do not count any more.
    left: usize,
}

/// Whether so many who have left are worth a look at all of a span.
fn is_worn(left: usize, entries: usize) -> bool {
    2 * left > entries
}

/// The instant of each contact by number. Pages, so that a number out of all order costs one of them.
#[derive(Debug, Default)]
struct Instants(FxHashMap<u64, Box<[i64; PAGE]>>);

const NONE: i64 = i64::MAX;

impl Instants {
    fn place(contact: ContactId) -> (u64, usize) {
        let number = contact.number();
        (number / PAGE as u64, (number % PAGE as u64) as usize)
    }

    fn of(&self, contact: ContactId) -> Option<i64> {
        let (page, place) = Self::place(contact);
        self.0.get(&page)?.get(place).copied().filter(|at| *at != NONE)
    }

    /// Sets one; what it was.
    fn set(&mut self, contact: ContactId, at: Option<i64>) -> Option<i64> {
        let (page, place) = Self::place(contact);
        let own = self.0.entry(page).or_insert_with(|| Box::new([NONE; PAGE])).get_mut(place)?;
        Some(std::mem::replace(own, at.unwrap_or(NONE))).filter(|at| *at != NONE)
    }

    /// Whether an entry is the one that counts.
    fn has(&self, (at, contact): Entry) -> bool {
        self.of(contact) == Some(at)
    }
}

fn span_of(at: i64) -> i64 {
    at >> SPAN_BITS
}

impl DueQueue {
    /// From everybody's next instant.
    pub(super) fn new(entries: impl IntoIterator<Item = Entry>) -> DueQueue {
        let mut queue = DueQueue::default();
        entries.into_iter().for_each(|(at, contact)| queue.move_to(contact, None, Some(at)));
        queue
    }

    pub(super) fn first(&self) -> Option<Entry> {
        match self.open {
            Some(_) => self.first_of_open(),
            None => self.later.first_key_value().map(|(_, span)| span.least),
        }
    }

    /// Some of the next ones up to an instant, in their order where their span is in order, each perhaps more than once: to be read beforehand.
    pub(super) fn until(&self, until: i64) -> impl Iterator<Item = ContactId> + '_ {
        let now = self.now.iter().rev().take_while(move |entry| entry.0 <= until);
        let added = self.added.range(..=(until, ContactId(u64::MAX)));
        let later = self.later.range(..=span_of(until)).flat_map(|(_, span)| span.entries.iter().rev());
        let looked_at = now.chain(added).chain(later).take(LOOK_MAX);
        let counts = move |entry: &&Entry| entry.0 <= until && self.instants.has(**entry);
        looked_at.filter(counts).map(|(_, contact)| *contact)
    }

    pub(super) fn move_to(&mut self, contact: ContactId, from: Option<i64>, to: Option<i64>) {
        if from == to {
            return;
        }
        let before = self.instants.set(contact, to);
        before.into_iter().for_each(|at| self.leave((at, contact)));
        to.into_iter().for_each(|at| self.put((at, contact)));
        self.come_to_first();
    }

    /// An entry does not count any more.
    fn leave(&mut self, entry: Entry) {
        let of = span_of(entry.0);
        if self.open == Some(of) {
            if !self.added.remove(&entry) {
                self.left_now += 1;
                if is_worn(self.left_now, self.now.len()) {
                    self.clear_now();
                }
            }
            return;
        }
        let Some(span) = self.later.get_mut(&of) else { return };
        span.left += 1;
        if is_worn(span.left, span.entries.len()) {
            self.clear_span(of);
        }
    }

    fn put(&mut self, entry: Entry) {
        let of = span_of(entry.0);
        if self.open == Some(of) {
            self.added.insert(entry);
            return;
        }
        if self.open.is_some_and(|open| of < open) {
            self.close();
        }
        let span = self.later.entry(of).or_insert_with(|| Span {
            entries: Vec::new(),
            least: entry,
            is_in_order: true,
            left: 0,
        });
        // Each behind the one before it is what many are put in for.
        span.is_in_order &= span.entries.last().is_none_or(|last| *last > entry);
        span.least = span.least.min(entry);
        span.entries.push(entry);
    }

    /// Puts the span that is in order back: another comes before it.
    fn close(&mut self) {
        let (Some(open), Some(least)) = (self.open.take(), self.first_of_open()) else { return };
        let is_in_order = self.added.is_empty();
        let mut entries = std::mem::take(&mut self.now);
        entries.extend(std::mem::take(&mut self.added));
        let left = std::mem::take(&mut self.left_now);
        self.later.insert(open, Span { entries, least, is_in_order, left });
    }

    fn first_of_open(&self) -> Option<Entry> {
        self.now.last().copied().into_iter().chain(self.added.first().copied()).min()
    }

    /// Sees to it that the first counts.
    fn come_to_first(&mut self) {
        loop {
            while self.now.last().is_some_and(|last| !self.instants.has(*last)) {
                self.now.pop();
                self.left_now = self.left_now.saturating_sub(1);
            }
            if !self.now.is_empty() || !self.added.is_empty() {
                return;
            }
            (self.open, self.left_now) = (None, 0);
            let is_first_right = |(_, span): (&i64, &Span)| self.instants.has(span.least);
            if self.later.first_key_value().is_none_or(is_first_right) {
                return;
            }
            self.open_next();
        }
    }

    /// Puts the next span into order.
    fn open_next(&mut self) {
        let Some((of, mut span)) = self.later.pop_first() else { return };
        if !span.is_in_order {
            self.clear(&mut span);
        }
        (self.open, self.now, self.left_now) = (Some(of), span.entries, span.left);
    }

    /// Takes what does not count any more out of the span that is in order.
    fn clear_now(&mut self) {
        self.note_looks(self.now.len());
        self.now.retain(|entry| self.instants.has(*entry));
        self.left_now = 0;
    }

    /// The same of a later one.
    fn clear_span(&mut self, of: i64) {
        let Some(mut span) = self.later.remove(&of) else { return };
        self.clear(&mut span);
        if !span.entries.is_empty() {
            self.later.insert(of, span);
        }
    }

    /// Leaves what counts, in order.
    fn clear(&mut self, span: &mut Span) {
        self.note_looks(span.entries.len());
        span.entries.retain(|entry| self.instants.has(*entry));
        if !span.is_in_order {
            span.entries.sort_unstable_by(|one, next| next.cmp(one));
            // Who came back to an instant stands in it twice.
            span.entries.dedup();
        }
        span.entries.shrink_to_fit();
        span.least = span.entries.last().copied().unwrap_or(span.least);
        (span.is_in_order, span.left) = (true, 0);
    }

    #[cfg(test)]
    fn note_looks(&mut self, looks: usize) {
        self.looks += looks;
    }

    #[cfg(not(test))]
    fn note_looks(&mut self, _looks: usize) {}
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Slot;
    use proptest::prelude::*;

    fn id(number: u64) -> ContactId {
        ContactId::new(Slot::FIRST, number)
    }

    fn entries(queue: &DueQueue) -> usize {
        queue.now.len() + queue.added.len() + queue.later.values().map(|span| span.entries.len()).sum::<usize>()
    }

    /// Many who are due at one instant, others a day later: the first goes, so that the instant is in order, and then most of them, or others come
    /// to it and go again.
    #[test]
    fn whoever_leaves_a_crowd_costs_the_same_in_a_large_one() {
        let looks_of = |count: u64, returns: bool| {
            let (soon, far) = (0, 1_000_i64 << SPAN_BITS);
            let crowd = (1..=count).map(|number| (soon, id(number)));
            let mut queue = DueQueue::new(crowd.chain((count + 1..=count + count / 3).map(|number| (far, id(number)))));
            queue.move_to(id(1), Some(soon), None);
            for number in 2..=count * 4 / 5 {
                queue.move_to(id(number), Some(soon), Some(far));
                if returns {
                    queue.move_to(id(number), Some(far), Some(soon));
                }
            }
            assert!(entries(&queue) as u64 <= 2 * (count + count / 3), "{}", entries(&queue));
            queue.looks as f64 / count as f64
        };
        for returns in [false, true] {
            let (small, large) = (looks_of(2_000, returns), looks_of(64_000, returns));
            assert!(large <= 1.2 * small + 0.1 && large < 8.0, "{small} then {large} looks for each");
        }
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
                prop_assert!(queue.open.is_none_or(|open| queue.later.keys().all(|later| *later > open)));
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
            assert!(entries(&queue) <= 2 * 1_000, "{}", entries(&queue));
        }
        assert_eq!(queue.until(i64::MAX).collect::<BTreeSet<_>>().len(), 1_000);
    }

    /// One who is due in an hour, and a hundred thousand who are not for two months: nobody is looked at for them, and none is kept in a tree.
    #[test]
    fn those_who_are_far_cost_nothing() {
        let far = |number: u64| ((1_000_i64 << SPAN_BITS) + number as i64 % 7, id(number));
        let mut queue = DueQueue::new((1..=100_000).map(far));
        assert_eq!((queue.added.len(), queue.open), (0, None));
        for turn in 0..100_i64 {
            let soon = turn << SPAN_BITS;
            queue.move_to(id(200_000), None, Some(soon));
            assert_eq!(queue.first(), Some((soon, id(200_000))));
            queue.move_to(id(200_000), Some(soon), None);
            assert_eq!((queue.first(), queue.until(soon).count()), (Some((1_000 << SPAN_BITS, id(7))), 0));
        }
        // The first of them moves: from then on they are in order, and whoever comes before them puts them back as they are.
        queue.move_to(id(7), Some(far(7).0), None);
        assert_eq!((queue.first(), queue.open), (Some((1_000 << SPAN_BITS, id(14))), Some(1_000)));
        queue.move_to(id(7), None, Some(0));
        assert!(
            queue.open.is_none() && queue.later.values().all(|span| span.is_in_order),
            "nothing is put into order again"
        );
        assert_eq!(queue.first(), Some((0, id(7))));
    }
}
