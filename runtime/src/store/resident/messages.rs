//! Which messages have arrived (E3), a day at a time: a stream asks about today and, now and then, about a day of before.
//!
//! A day is read from the tables when it is first asked about. Days that were not asked about for longest are forgotten, once the tables know
//! whatever arrived of them.

use crate::store::{MessageId, MessageKey};
use rustc_hash::{FxHashMap, FxHashSet};

/// How many messages of whole days are known in memory at most.
const MESSAGES_MAX: usize = 2_000_000;
/// A day with more than so many is not kept whole.
const DAY_MAX: usize = MESSAGES_MAX / 2;
/// Of such a day, so many at least that the tables may not know yet.
const NEW_MAX: usize = 200_000;

#[derive(Debug, Default)]
pub(super) struct Messages {
    days: FxHashMap<i32, Day>,
    /// How often somebody has asked.
    turn: u64,
    /// Up to which record of the log the tables know every message.
    up_to: u64,
}

#[derive(Debug, Default)]
struct Day {
    known: Arrived,
    /// Of a large day, those before, until the tables know them all.
    before: Arrived,
    stands: Stands,
    used: u64,
}

/// Messages, and the newest record of the log among them.
#[derive(Debug, Default)]
struct Arrived {
    ids: FxHashSet<MessageId>,
    newest: u64,
}

/// How much is known of a day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Stands {
    /// What has arrived since the store was opened.
    #[default]
    InPart,
    /// All.
    Whole,
    /// Nothing but what the tables may not know yet: there are too many.
    Large,
}

/// Whether a message has arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Knows {
    /// It has.
    Yes,
    /// It has not.
    No,
    /// The tables have to be asked about its day.
    Day,
    /// The tables have to be asked about it: its day is too large.
    Message,
}

impl Day {
    fn count(&self) -> usize {
        self.known.ids.len() + self.before.ids.len()
    }

    /// The newest record of the log among them: the tables know of them once they know of it.
    fn newest(&self) -> u64 {
        self.known.newest.max(self.before.newest)
    }

    /// Keeps of a large day what the tables may not know.
    fn shorten(&mut self, up_to: u64) {
        if self.known.ids.len() > DAY_MAX {
            self.stands = Stands::Large;
        }
        if self.stands == Stands::Large && self.known.ids.len() >= NEW_MAX && self.before.newest <= up_to {
            self.before = std::mem::take(&mut self.known);
        }
        if self.stands == Stands::Large && self.before.newest <= up_to {
            self.before = Arrived::default();
        }
    }
}

impl Messages {
    /// The tables know every message up to a record of the log by now.
    pub(super) fn kept(&mut self, up_to: u64) {
        self.up_to = up_to;
    }

    pub(super) fn knows(&mut self, message: &MessageKey) -> Knows {
        self.turn += 1;
        let turn = self.turn;
        let Some(day) = self.days.get_mut(&message.day) else { return Knows::Day };
        day.used = turn;
        if day.known.ids.contains(&message.id) || day.before.ids.contains(&message.id) {
            return Knows::Yes;
        }
        match day.stands {
            Stands::Whole => Knows::No,
            Stands::Large => Knows::Message,
            Stands::InPart => Knows::Day,
        }
    }

    /// A message has arrived, by a record of the log.
    pub(super) fn arrive(&mut self, message: MessageKey, record: u64) {
        let day = self.days.entry(message.day).or_default();
        day.known.ids.insert(message.id);
        day.known.newest = day.known.newest.max(record);
        day.shorten(self.up_to);
    }

    /// What the tables know of a day; none where that is more than [`Messages::most`].
    pub(super) fn learn(&mut self, day: i32, known: Option<Vec<MessageId>>) {
        let learnt = self.days.entry(day).or_default();
        learnt.stands = if known.is_some() { Stands::Whole } else { Stands::Large };
        learnt.used = self.turn;
        learnt.known.ids.extend(known.into_iter().flatten());
        learnt.shorten(self.up_to);
        self.forget(day);
    }

    /// How many messages of a day are learnt at most.
    pub(super) const fn most() -> usize {
        DAY_MAX
    }

    /// Forgets the days that were not asked about for longest, but one, until the rest is few enough.
    fn forget(&mut self, but: i32) {
        let mut count: usize = self.days.values().map(Day::count).sum();
        while count > MESSAGES_MAX {
            let may_go = self.days.iter().filter(|(day, known)| **day != but && known.newest() <= self.up_to);
            let Some(oldest) = may_go.min_by_key(|(_, known)| known.used).map(|(day, _)| *day) else { return };
            count -= self.days.remove(&oldest).map_or(0, |day| day.count());
        }
    }

    /// Bytes of memory that they take.
    pub(super) fn memory(&self) -> usize {
        let bytes = |some: &Arrived| some.ids.capacity() / 7 * 8 * (size_of::<MessageId>() + 1);
        self.days.values().map(|day| bytes(&day.known) + bytes(&day.before)).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(day: i32, number: u32) -> MessageKey {
        let mut id = [0; 16];
        id.iter_mut().zip(number.to_le_bytes()).for_each(|(place, byte)| *place = byte);
        MessageKey { day, id: MessageId(id) }
    }

    #[test]
    fn a_day_is_asked_about_once() {
        let mut messages = Messages::default();
        messages.arrive(message(1, 1), 7);
        assert_eq!(messages.knows(&message(1, 1)), Knows::Yes);
        assert_eq!(messages.knows(&message(1, 2)), Knows::Day, "of what arrived before nothing is known");
        messages.learn(1, Some(vec![message(1, 2).id]));
        assert_eq!([1, 2, 3].map(|number| messages.knows(&message(1, number))), [Knows::Yes, Knows::Yes, Knows::No]);
        messages.learn(2, None);
        messages.arrive(message(2, 5), 8);
        assert_eq!([5, 6].map(|number| messages.knows(&message(2, number))), [Knows::Yes, Knows::Message]);
    }

    /// Only what the tables know, the day first that was not asked about for longest.
    #[test]
    fn days_are_forgotten_that_nobody_asks_about() {
        let mut messages = Messages::default();
        let day = |day: i32| (0..900_000).map(|number| message(day, number).id).collect::<Vec<_>>();
        messages.learn(1, Some(day(1)));
        messages.learn(2, Some(day(2)));
        messages.arrive(message(2, 1_000_000), 5);
        assert_eq!(messages.knows(&message(1, 0)), Knows::Yes);
        messages.kept(4);
        messages.learn(3, Some(day(3)));
        assert_eq!(messages.knows(&message(1, 0)), Knows::Day);
        assert_eq!(messages.knows(&message(2, 0)), Knows::Yes, "one of them has just arrived");
        messages.kept(5);
        messages.learn(4, Some(day(4)));
        assert_eq!([2, 3, 4].map(|day| messages.knows(&message(day, 0))), [Knows::Yes, Knows::Day, Knows::Yes]);
    }

    /// What arrives of one day is bounded by what the tables know, and nothing is taken for new that they do not know yet.
    #[test]
    fn a_large_day_is_known_as_far_as_the_tables_do_not_know_it() {
        let mut messages = Messages::default();
        messages.learn(1, Some(Vec::new()));
        let number = |record: u64| message(1, u32::try_from(record).unwrap_or_default());
        for record in 1..=3_000_000 {
            if record % 100_000 == 0 {
                messages.kept(record - 300_000.min(record));
            }
            messages.arrive(number(record), record);
            assert!(record % 250_000 != 0 || messages.days[&1].count() <= DAY_MAX + 2 * NEW_MAX, "{record}");
        }
        assert!(messages.days[&1].count() < 4 * NEW_MAX, "{}", messages.days[&1].count());
        let unknown = |record| {
            messages.days[&1].known.ids.contains(&number(record).id)
                || messages.days[&1].before.ids.contains(&number(record).id)
        };
        assert!((2_700_001..=3_000_000).all(unknown));
        assert_eq!(messages.knows(&number(5)), Knows::Message);
    }
}
