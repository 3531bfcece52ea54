//! Which messages have arrived (E3), as far as the tables need not be asked: a stream asks about today and, now and then, about a day of before.
//!
//! A message is a hash, so the messages of a day lie in sixteen parts of much the same size, by their first four bits.
//!
//! ```text
//! a part   nothing yet -> ids -> prints      whole: what stands in neither has not arrived
//! recent   what the tables may not know yet, in the order of arrival; what they know goes over to its part
//! ```
//! Of a part with many messages only prints of 32 bits are kept. Whatever is not among them has not arrived; what is may be another message, so the table
//! says. Prints are made with a secret of this process, so nobody can choose messages that agree.
//!
//! A part is read from the tables once they were asked about it so often that to read it takes no longer than to ask did. So a day is never waited for,
//! and a part that comes and goes costs at most about twice what asking about each message would. Where everything comes to more than
//! [`Limits::bytes`], the parts that were not asked about for longest are forgotten, those of the same day too, and the tables are asked again.

use crate::store::{MessageId, MessageKey};
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::VecDeque;
use std::hash::{BuildHasher as _, RandomState};

/// How many messages are read in the time in which the tables answer about one.
const READ_FOR_ONE: usize = 64;
/// Of those that the tables may not know yet, so many at most go over with one that arrives, if they do.
const GO_OVER: usize = 2;

#[derive(Debug, Default)]
pub(super) struct Messages {
    parts: FxHashMap<PartKey, Part>,
    /// Bytes of memory that the parts take.
    bytes: usize,
    recent: FxHashSet<MessageKey>,
    /// The same as they arrived, each with its record of the log.
    arrived: VecDeque<(u64, MessageKey)>,
    /// What the tables have answered lately, until it arrives.
    answered: FxHashMap<MessageKey, bool>,
    /// How often somebody has asked.
    turn: u64,
    /// Up to which record of the log the tables know every message.
    up_to: u64,
    secret: RandomState,
    limits: Limits,
}

/// How much is known at most.
#[derive(Debug, Clone, Copy)]
struct Limits {
    /// Bytes of memory for all parts: prints of some sixty million messages.
    bytes: usize,
    /// A part with more messages is known by their prints: a day of a million.
    ids: usize,
    /// Answers that are kept in mind.
    answered: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { bytes: 512 << 20, ids: 65_536, answered: 1 << 16 }
    }
}

/// A part of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct PartKey {
    day: i32,
    /// The four bits with which the messages in it begin.
    first: u8,
}

impl PartKey {
    fn of(message: &MessageKey) -> PartKey {
        let MessageId([first, ..]) = message.id;
        PartKey { day: message.day, first: first >> 4 }
    }
}

#[derive(Debug)]
struct Part {
    held: Held,
    /// When somebody has asked about it last.
    used: u64,
}

/// Of what the tables know.
#[derive(Debug)]
enum Held {
    /// Nothing; so often were they asked.
    Nothing {
        asked: usize,
    },
    Ids(FxHashSet<MessageId>),
    Prints(FxHashSet<u32>),
}

/// Whether a message has arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Knows {
    /// It has.
    Yes,
    /// It has not.
    No,
    /// The tables have to be asked.
    Ask,
}

impl Held {
    fn bytes(&self) -> usize {
        // A byte beside each place, of which an eighth is empty.
        let of = |capacity: usize, each: usize| capacity * 8 / 7 * (each + 1);
        let own = match self {
            Held::Nothing { .. } => 0,
            Held::Ids(ids) => of(ids.capacity(), size_of::<MessageId>()),
            Held::Prints(prints) => of(prints.capacity(), size_of::<u32>()),
        };
        own + of(1, size_of::<(PartKey, Part)>())
    }

    fn put(&mut self, id: MessageId, limits: Limits, print: impl Fn(MessageId) -> u32) {
        match self {
            Held::Nothing { .. } => {}
            Held::Ids(ids) => {
                ids.insert(id);
                if ids.len() > limits.ids {
                    *self = Held::Prints(ids.iter().map(|id| print(*id)).collect());
                }
            }
            Held::Prints(prints) => drop(prints.insert(print(id))),
        }
    }
}

fn print(secret: &RandomState, id: MessageId) -> u32 {
    (secret.hash_one(id) >> u32::BITS) as u32
}

impl Messages {
    /// The tables know every message up to a record of the log by now.
    pub(super) fn kept(&mut self, up_to: u64) {
        self.up_to = up_to;
    }

    pub(super) fn knows(&mut self, message: &MessageKey) -> Knows {
        self.turn += 1;
        let part = self.parts.get_mut(&PartKey::of(message));
        let (is_there, is_whole) = match part {
            Some(part) => {
                part.used = self.turn;
                match &part.held {
                    Held::Nothing { .. } => (false, false),
                    Held::Ids(ids) => (ids.contains(&message.id), true),
                    // One that agrees may be another's.
                    Held::Prints(prints) => (false, !prints.contains(&print(&self.secret, message.id))),
                }
            }
            None => (false, false),
        };
        if is_there || self.recent.contains(message) {
            return Knows::Yes;
        }
        match self.answered.get(message) {
            _ if is_whole => Knows::No,
            Some(true) => Knows::Yes,
            Some(false) => Knows::No,
            None => Knows::Ask,
        }
    }

    /// The tables are asked about a message. Gives of how many messages at most its part is to be read first, where that is worth it.
    pub(super) fn ask(&mut self, message: &MessageKey) -> Option<usize> {
        let Messages { parts, bytes, turn, .. } = self;
        let part = parts.entry(PartKey::of(message)).or_insert_with(|| {
            let held = Held::Nothing { asked: 0 };
            *bytes += held.bytes();
            Part { held, used: *turn }
        });
        let Held::Nothing { asked } = &mut part.held else { return None };
        *asked += 1;
        let at_most = asked.is_power_of_two().then_some(*asked * READ_FOR_ONE);
        self.forget();
        at_most
    }

    /// Everything that the tables know of the part of a message.
    pub(super) fn learn(&mut self, message: &MessageKey, known: Vec<MessageId>) {
        let print = |id| print(&self.secret, id);
        let held = match known.len() > self.limits.ids {
            true => Held::Prints(known.into_iter().map(print).collect()),
            false => Held::Ids(known.into_iter().collect()),
        };
        self.bytes += held.bytes();
        let before = self.parts.insert(PartKey::of(message), Part { held, used: self.turn });
        self.bytes -= before.map_or(0, |before| before.held.bytes());
        self.forget();
    }

    /// What the tables have answered about one.
    pub(super) fn answer(&mut self, message: MessageKey, has_arrived: bool) {
        if self.answered.len() >= self.limits.answered {
            self.answered.clear();
        }
        self.answered.insert(message, has_arrived);
    }

    /// A message has arrived, by a record of the log.
    pub(super) fn arrive(&mut self, message: MessageKey, record: u64) {
        self.answered.remove(&message);
        if self.recent.insert(message) {
            self.arrived.push_back((record, message));
        }
        let up_to = self.up_to;
        for _ in 0..GO_OVER {
            let Some((_, message)) = self.arrived.pop_front_if(|(record, _)| *record <= up_to) else { break };
            self.go_over(message);
        }
    }

    /// The tables know a message, and it stands with the others of its part from now on, if those are known.
    fn go_over(&mut self, message: MessageKey) {
        self.recent.remove(&message);
        let Some(part) = self.parts.get_mut(&PartKey::of(&message)) else { return };
        self.bytes -= part.held.bytes();
        part.held.put(message.id, self.limits, |id| print(&self.secret, id));
        self.bytes += part.held.bytes();
        self.forget();
    }

    /// Forgets an eighth, where there is too much: what was not asked about for longest.
    fn forget(&mut self) {
        let Limits { bytes: most, .. } = self.limits;
        if self.bytes <= most {
            return;
        }
        let mut parts: Vec<(u64, PartKey)> = self.parts.iter().map(|(key, part)| (part.used, *key)).collect();
        parts.sort_unstable();
        for (_, key) in parts {
            if self.bytes <= most - most / 8 {
                return;
            }
            self.bytes -= self.parts.remove(&key).map_or(0, |part| part.held.bytes());
        }
    }

    /// Bytes of memory that they take.
    pub(super) fn memory(&self) -> usize {
        let of_sets = self.recent.capacity() * 8 / 7 * (size_of::<MessageKey>() + 1)
            + self.answered.capacity() * 8 / 7 * (size_of::<(MessageKey, bool)>() + 1);
        self.bytes + of_sets + self.arrived.capacity() * size_of::<(u64, MessageKey)>()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    /// A message of a day; those that follow one another lie in parts that do.
    fn message(day: i32, number: u32) -> MessageKey {
        let mut id = [0; 16];
        id.iter_mut().zip(number.to_le_bytes()).for_each(|(place, byte)| *place = byte);
        MessageKey { day, id: MessageId(id) }
    }

    /// Messages, and the tables that are asked about them.
    #[derive(Default)]
    struct World {
        messages: Messages,
        tables: BTreeSet<MessageKey>,
        /// What the log has and the tables do not.
        behind: Vec<(u64, MessageKey)>,
        record: u64,
        /// How often the tables were asked about one message, and how many were read.
        asked: usize,
        read: usize,
    }

    impl World {
        fn with(bytes: usize, ids: usize) -> World {
            let limits = Limits { bytes, ids, answered: 16 };
            World { messages: Messages { limits, ..Messages::default() }, ..World::default() }
        }

        /// As the store does it.
        fn knows(&mut self, message: MessageKey) -> bool {
            if self.messages.knows(&message) == Knows::Ask
                && let Some(at_most) = self.messages.ask(&message)
            {
                let border = |rest: u8| {
                    let mut id = [rest; 16];
                    id[0] = message.id.0[0] & 0xf0 | rest & 0x0f;
                    MessageKey { id: MessageId(id), ..message }
                };
                let part = self.tables.range(border(0)..=border(u8::MAX)).take(at_most + 1);
                let part: Vec<MessageId> = part.map(|known| known.id).collect();
                self.read += part.len();
                if part.len() <= at_most {
                    self.messages.learn(&message, part);
                }
            }
            if self.messages.knows(&message) == Knows::Ask {
                self.asked += 1;
                self.messages.answer(message, self.tables.contains(&message));
            }
            self.messages.knows(&message) == Knows::Yes
        }

        fn arrive(&mut self, message: MessageKey) {
            self.record += 1;
            self.messages.arrive(message, self.record);
            self.behind.push((self.record, message));
        }

        /// The tables come to know what has arrived, but the last few.
        fn follow(&mut self, but: usize) {
            let behind = self.behind.split_off(self.behind.len().saturating_sub(but));
            let known = std::mem::replace(&mut self.behind, behind);
            self.tables.extend(known.iter().map(|(_, message)| *message));
            known.last().into_iter().for_each(|(record, _)| self.messages.kept(*record));
        }

        /// The store is closed and opened.
        fn reopen(&mut self) {
            let limits = self.messages.limits;
            self.messages = Messages { limits, ..Messages::default() };
            self.behind.iter().for_each(|(record, message)| self.messages.arrive(*message, *record));
        }
    }

    /// However many there are: the tables answer about next to none of them, on the day itself and behind a start in the midst of it.
    #[test]
    fn messages_of_a_large_day_are_not_looked_up_one_by_one() {
        // A tenth of what makes a day a large one.
        let mut world = World::with(Limits::default().bytes, Limits::default().ids / 10);
        let live = |world: &mut World, numbers: std::ops::Range<u32>| {
            for number in numbers {
                assert!(!world.knows(message(7, number)), "{number}");
                world.arrive(message(7, number));
                if number % 1_000 == 0 {
                    world.follow(2_000);
                }
            }
            std::mem::take(&mut world.asked)
        };
        // Where one agrees with another, of four billion.
        assert!(live(&mut world, 0..150_000) < 20);
        assert!(world.messages.parts.values().all(|part| matches!(part.held, Held::Prints(_))));
        world.reopen();
        let asked = live(&mut world, 150_000..180_000);
        assert!(asked <= 2 * 180_000 / READ_FOR_ONE, "{asked}");
        assert!(world.read <= 2 * READ_FOR_ONE * asked + 256 * READ_FOR_ONE, "{} for {asked}", world.read);
        assert!(live(&mut world, 180_000..190_000) < 20, "all of it is known again");
        // What has arrived is never new, though it takes a look.
        assert!((0..190_000).step_by(97).all(|number| world.knows(message(7, number))));
        assert!(world.asked <= 190_000 / 97 + 20);
    }

    /// A day of usual size is known whole, duplicates too.
    #[test]
    fn a_part_of_a_usual_day_is_read_once() {
        let mut world = World::default();
        (0..1_000).for_each(|number| world.arrive(message(1, number)));
        world.follow(0);
        world.reopen();
        assert!((0..1_000).all(|number| world.knows(message(1, number)) && !world.knows(message(1, 10_000 + number))));
        assert_eq!((world.asked, world.read), (0, 1_000));
    }

    /// What is there is forgotten by parts, those first that nobody asks about; the tables are asked again, and every answer is right.
    #[test]
    fn beyond_the_bound_the_tables_are_asked() {
        const BYTES: usize = 200_000;
        let mut world = World::with(BYTES, 20);
        for number in 0..60_000 {
            assert!(!world.knows(message(1, number)));
            world.arrive(message(1, number));
            world.follow(100);
            assert!(world.messages.bytes <= BYTES, "{number}: {}", world.messages.bytes);
        }
        assert!(world.asked > 0, "there was more than the bound");
        let parts = world.messages.parts.values().map(|part| part.held.bytes()).sum::<usize>();
        assert_eq!(world.messages.bytes, parts);
        assert!(world.asked < 60_000, "some parts are known all the time: {}", world.asked);
        // A day of before does not drive out the one that is asked about.
        assert!((0..2_000).all(|number| !world.knows(message(0, number))));
        assert!((0..60_000).step_by(7).all(|number| world.knows(message(1, number))));
    }

    proptest! {
        /// Whatever is forgotten, read or agrees with another: what has arrived is known, and nothing else.
        #[test]
        fn nothing_arrives_twice_and_nothing_is_taken_for_what_has_arrived(
            does in prop::collection::vec((0..20_u8, 0..3_i32, 0..60_u32, 0..8_usize), 0..400),
            bytes in 200..4_000_usize,
            ids in 0..6_usize,
        ) {
            let mut world = World::with(bytes, ids);
            let mut all = BTreeSet::new();
            for (what, day, number, but) in does {
                // A few parts with a few messages each.
                let message = message(day, number % 5 * 16 + number / 5 * 256);
                match what {
                    0 => world.reopen(),
                    1..4 => world.follow(but),
                    _ => {
                        prop_assert_eq!(world.knows(message), all.contains(&message));
                        if what > 9 && all.insert(message) {
                            world.arrive(message);
                        }
                    }
                }
                prop_assert!(world.messages.bytes <= bytes);
            }
        }
    }
}
