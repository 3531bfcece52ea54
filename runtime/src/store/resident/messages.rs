//! Which messages have arrived (E3), a day at a time: a stream asks about today and, now and then, about a day of before.
//!
//! A day is read from the tables when it is first asked about. Days that were not asked about for longest are forgotten, once the tables know
//! whatever arrived of them.

use crate::store::{MessageId, MessageKey};
use rustc_hash::{FxHashMap, FxHashSet};

/// How many messages are known in memory at most, beside those that the tables do not know yet.
const MESSAGES_MAX: usize = 2_000_000;

#[derive(Debug, Default)]
pub(super) struct Messages {
    days: FxHashMap<i32, Day>,
    /// How often somebody has asked.
    turn: u64,
}

#[derive(Debug, Default)]
struct Day {
    known: FxHashSet<MessageId>,
    /// Whether they are all.
    is_whole: bool,
    /// There are more than are kept in memory.
    is_large: bool,
    /// The newest record of the log among them: the tables know of them once they know of it.
    newest: u64,
    used: u64,
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

impl Messages {
    pub(super) fn knows(&mut self, message: &MessageKey) -> Knows {
        self.turn += 1;
        let turn = self.turn;
        let Some(day) = self.days.get_mut(&message.day) else { return Knows::Day };
        day.used = turn;
        match (day.known.contains(&message.id), day.is_whole, day.is_large) {
            (true, ..) => Knows::Yes,
            (false, true, _) => Knows::No,
            (false, false, true) => Knows::Message,
            (false, false, false) => Knows::Day,
        }
    }

    /// A message has arrived, by a record of the log.
    pub(super) fn arrive(&mut self, message: MessageKey, record: u64) {
        let day = self.days.entry(message.day).or_default();
        day.known.insert(message.id);
        day.newest = day.newest.max(record);
    }

    /// What the tables know of a day; none where that is more than [`Messages::most`]. They know everything up to a record of the log by now.
    pub(super) fn learn(&mut self, day: i32, known: Option<Vec<MessageId>>, up_to: u64) {
        let learnt = self.days.entry(day).or_default();
        (learnt.is_whole, learnt.is_large, learnt.used) = (known.is_some(), known.is_none(), self.turn);
        learnt.known.extend(known.into_iter().flatten());
        self.forget(day, up_to);
    }

    /// How many messages of a day are learnt at most.
    pub(super) const fn most() -> usize {
        MESSAGES_MAX / 2
    }

    /// Forgets the days that were not asked about for longest, but one, until the rest is few enough.
    fn forget(&mut self, but: i32, up_to: u64) {
        let mut count: usize = self.days.values().map(|day| day.known.len()).sum();
        while count > MESSAGES_MAX {
            let may_go = self.days.iter().filter(|(day, known)| **day != but && known.newest <= up_to);
            let Some(oldest) = may_go.min_by_key(|(_, known)| known.used).map(|(day, _)| *day) else { return };
            count -= self.days.remove(&oldest).map_or(0, |day| day.known.len());
        }
    }

    /// Bytes of memory that they take.
    pub(super) fn memory(&self) -> usize {
        self.days.values().map(|day| day.known.capacity() / 7 * 8 * (size_of::<MessageId>() + 1)).sum()
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
        messages.learn(1, Some(vec![message(1, 2).id]), 0);
        assert_eq!([1, 2, 3].map(|number| messages.knows(&message(1, number))), [Knows::Yes, Knows::Yes, Knows::No]);
        messages.learn(2, None, 0);
        messages.arrive(message(2, 5), 8);
        assert_eq!([5, 6].map(|number| messages.knows(&message(2, number))), [Knows::Yes, Knows::Message]);
    }

    /// Only what the tables know, the day first that was not asked about for longest.
    #[test]
    fn days_are_forgotten_that_nobody_asks_about() {
        let mut messages = Messages::default();
        let day = |day: i32| (0..900_000).map(|number| message(day, number).id).collect::<Vec<_>>();
        messages.learn(1, Some(day(1)), 0);
        messages.learn(2, Some(day(2)), 0);
        messages.arrive(message(2, 1_000_000), 5);
        assert_eq!(messages.knows(&message(1, 0)), Knows::Yes);
        messages.learn(3, Some(day(3)), 4);
        assert_eq!(messages.knows(&message(1, 0)), Knows::Day);
        assert_eq!(messages.knows(&message(2, 0)), Knows::Yes, "one of them has just arrived");
        messages.learn(4, Some(day(4)), 5);
        assert_eq!([2, 3, 4].map(|day| messages.knows(&message(day, 0))), [Knows::Yes, Knows::Day, Knows::Yes]);
    }
}
