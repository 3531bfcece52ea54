//! What goes wrong in a world: answers of the other side, deaths of the process, and a clock that jumps.

use std::time::Duration;

use flow_fuzz::Random;
use flow_runtime::dispatch::channels::{Fate, Foreseen, RefusedKind, Uncertain};

use super::people::{DAY, HOUR, MINUTE, START};

/// What the other side does with messages, by their keys: the same whatever happens to this side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weather {
    /// Of the answers.
    pub seed: u64,
    /// How many of a hundred attempts come to something else than a delivery at once.
    pub bad: usize,
    /// What the channel does about what nobody knows.
    pub policy: Uncertain,
    /// How many messages may be on their way at once.
    pub at_once: usize,
}

/// One attempt at the other side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempted {
    /// What this side hears, and when.
    pub answer: Foreseen,
    /// Whether the other side has taken the message.
    pub is_taken: bool,
}

impl Weather {
    /// What becomes of an attempt under a key.
    pub fn attempt(&self, key: &str, attempt: u32) -> Attempted {
        let mut random = Random::of(self.seed, hash(key).wrapping_add(u64::from(attempt).wrapping_mul(0x9e37)));
        // Only who knows a message by its key may promise to take it: a promise is kept again after a death.
        let soonest = match self.policy {
            Uncertain::Resend => Duration::ZERO,
            Uncertain::GiveUp => Duration::from_millis(1),
        };
        let taken = |after: Duration| Attempted {
            answer: Foreseen { after: after.max(soonest), fate: Fate::Delivered { receipt: "taken".to_owned() } },
            is_taken: true,
        };
        if random.below(100) >= self.bad {
            return taken(Duration::ZERO);
        }
        // Some are put off again and again.
        if Random::of(self.seed, hash(key)).once_in(8) {
            let fate = Fate::RetryLater { reason: "not now".to_owned() };
            return Attempted { answer: Foreseen { after: soonest, fate }, is_taken: false };
        }
        let after = match random.below(4) {
            0 => Duration::ZERO,
            1 => Duration::from_millis(random.below(5_000) as u64),
            2 => Duration::from_secs(random.below(600) as u64),
            _ => Duration::from_secs(random.below(6 * 3_600) as u64),
        };
        let reason = "because".to_owned();
        let fate = match random.below(10) {
            0..3 => return taken(after),
            3..5 => Fate::RetryLater { reason },
            5 => Fate::Refused { reason, kind: RefusedKind::HardBounce },
            6 => Fate::Refused { reason, kind: RefusedKind::Blocked },
            7 if random.once_in(4) => Fate::Down { reason },
            8 => Fate::Refused { reason, kind: RefusedKind::Invalid },
            _ => {
                let is_taken = random.once_in(2);
                return Attempted { answer: Foreseen { after, fate: Fate::Unknown { reason } }, is_taken };
            }
        };
        Attempted { answer: Foreseen { after, fate }, is_taken: false }
    }
}

/// How a life of the process ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Death {
    /// The batch of this number in this life is lost, everything before it is kept.
    LosesBatch(u32),
    /// That batch is kept; what it lets out was not handed over.
    BeforeHandingOver(u32),
    /// That batch is kept; of what it lets out some was handed over.
    WhileHandingOver(u32),
}

/// One life of the process: its habits, and its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Life {
    /// Machine code, or the interpreter.
    pub native: bool,
    /// Items of a batch.
    pub batch_items: usize,
    /// Contacts in memory.
    pub cache_contacts: usize,
    /// Outbox rows in memory.
    pub outbox_rows: usize,
    /// None where it comes to the end of what it is to do.
    pub death: Option<Death>,
    /// Of how many events of the file the reading of a rehearsal breaks off, counted round: somebody cuts the file, or wishes it to stop.
    pub reads: Option<u32>,
}

impl Life {
    /// Undisturbed, and as the product does it.
    pub const CALM: Life = Life {
        native: false,
        batch_items: 1_000,
        cache_contacts: 10_000,
        outbox_rows: 10_000,
        death: None,
        reads: None,
    };

    /// One of a seed.
    pub fn some(random: &mut Random) -> Life {
        let death = (!random.once_in(12)).then(|| {
            let batch = 1 << random.below(6);
            let batch = (batch + random.below(batch)) as u32;
            match random.below(3) {
                0 => Death::LosesBatch(batch),
                1 => Death::BeforeHandingOver(batch),
                _ => Death::WhileHandingOver(batch),
            }
        });
        Life {
            native: random.once_in(2),
            batch_items: *random.pick(&[1, 2, 7, 40, 1_000]),
            cache_contacts: *random.pick(&[1, 3, 10_000]),
            outbox_rows: *random.pick(&[1, 2, 10_000]),
            death,
            reads: random.once_in(3).then(|| random.below(1_000) as u32),
        }
    }
}

/// When somebody looks at the clock, on the wall: each look takes in what has arrived by then. A rehearsal has one look, at its end.
pub fn looks(random: &mut Random, days: i64) -> Vec<i64> {
    let end = START + days * DAY;
    let mut at = START;
    let mut looks = vec![at];
    while at < end && looks.len() < 400 {
        at += match random.below(12) {
            0 => random.below(3 * 24 * 60) as i64 * MINUTE,
            // The clock is put back.
            1 => -(random.below(5 * 60) as i64 * MINUTE),
            2..5 => random.below(12 * 60) as i64 * MINUTE,
            _ => HOUR + random.below(4 * 60) as i64 * MINUTE,
        };
        looks.push(at.max(START));
    }
    // Long enough for whatever is held to leave or be given up.
    looks.extend((1..=20).map(|day| end.max(at) + day * DAY / 2));
    looks
}

/// A number for a text, the same everywhere.
pub fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3))
}
