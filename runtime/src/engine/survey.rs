//! A first look at a file of contacts, from its first row to its last, before any of it is taken in: a file that cannot be read to its end, or
//! that needs a word from somebody first, must change nothing. The rows pass by and are not kept; what is kept is a few bytes of each.
//!
//! Whose several rows are about one person needs more memory than all the others ([`Said`](super::weigh::Said)), so the look finds out who they
//! are: rows that share a key, or a person whom the store knew before. Whatever happens while a file is taken in, two rows come to one person
//! only along such links, since rows are all that happens then; so a row without one is about somebody of whom no other row speaks.

use super::Engine;
use super::error::EngineError;
use super::files::{Question, Reading};
use crate::inbound::{ContactRow, Fingerprint};
use crate::store::{Questions, Store};
use crate::time::Instant;
use std::hash::{DefaultHasher, Hash, Hasher};

/// How many keys a row of a file has at most: a user id and an address.
const KEYS_OF_A_ROW: usize = 2;

/// What a first look at a file of contacts has found.
#[derive(Debug)]
pub struct Survey {
    question: Question,
    rows: u64,
    /// The keys of the rows, and whom the store knew by them, each with the row.
    links: Links,
    /// The prints of the keys alone.
    keys: Links,
}

/// Prints of what several rows may have in common, with the numbers of the rows: two of one print would only cost memory.
#[derive(Debug, Default)]
struct Links(Vec<(u32, u32, u32)>);

/// What is known of a file once all of its rows have passed by.
#[derive(Debug)]
pub struct Surveyed {
    pub(super) reading: Reading,
    pub(super) rows: u64,
    /// A bit for each row: whether another one may be about the same person.
    linked: Vec<u64>,
    keys: Vec<u64>,
}

/// The print of a key, for whoever compares many of them.
pub fn key_print(key: &str) -> u64 {
    print(key)
}

fn print(of: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    of.hash(&mut hasher);
    hasher.finish()
}

impl<S: Store> Engine<S> {
    /// Begins a first look at the file of this fingerprint, which is to be imported at an instant.
    pub fn survey(&self, print: &Fingerprint, at: Instant) -> Result<Survey, EngineError> {
        let question = Question::of(&self.reads, print, (self.batch.first_day(), at.0.max(self.now().0)))?;
        // So many keys at most, and no more memory than it takes: it must not be copied while it grows.
        let keys = usize::try_from(print.whole.lines).unwrap_or(0).saturating_mul(KEYS_OF_A_ROW);
        let mut links = Links::default();
        // Lines may be anything, and so many of them that no machine has the memory: then it grows with the rows that there are.
        let _ = links.0.try_reserve_exact(keys);
        Ok(Survey { question, rows: 0, keys: links, links: Links::default() })
    }

    /// Looks at the next rows.
    pub fn look_at(&mut self, survey: &mut Survey, rows: &[ContactRow]) -> Result<(), EngineError> {
        let first = survey.rows;
        for row in rows {
            survey.question.pass(row);
            row.keys.iter().for_each(|key| survey.keys.add(key_print(key), survey.rows));
            survey.rows += 1;
        }
        // Of a store that knows nobody nothing is asked.
        if self.batch.knows_nobody() {
            return Ok(());
        }
        let keys: Vec<String> = rows.iter().flat_map(|row| row.keys.iter().cloned()).collect();
        let mut owners = self.store.ask(&Questions { keys, ..Questions::default() })?.owners.into_iter();
        for (number, row) in (first..).zip(rows) {
            let mut known = owners.by_ref().take(row.keys.len()).flatten().collect::<Vec<_>>();
            known.dedup();
            known.into_iter().for_each(|id| survey.links.add(print(id.0), number));
        }
        Ok(())
    }
}

impl Survey {
    /// The end of the file. Who the rows are about is kept where that is wanted: there is more of it than of all the rest.
    pub fn finish(mut self, with_keys: bool) -> Surveyed {
        let mut linked = vec![0; usize::try_from(self.rows.div_ceil(64)).unwrap_or(0)];
        self.links.mark(&mut linked);
        drop(self.links);
        self.keys.mark(&mut linked);
        let mut keys: Vec<u64> = self.keys.prints().filter(|_| with_keys).collect();
        keys.dedup();
        Surveyed { reading: self.question.answered(), rows: self.rows, linked, keys }
    }
}

impl Links {
    fn add(&mut self, print: u64, row: u64) {
        let half = |bits: u64| u32::try_from(bits & u64::from(u32::MAX)).unwrap_or(u32::MAX);
        // Rows behind four thousand million count as linked.
        self.0.push((half(print >> 32), half(print), u32::try_from(row).unwrap_or(u32::MAX)));
    }

    /// Sets the bits of the rows that have a print in common.
    fn mark(&mut self, linked: &mut [u64]) {
        self.0.sort_unstable();
        for same in self.0.chunk_by(|one, other| (one.0, one.1) == (other.0, other.1)) {
            if same.first().map(|of| of.2) == same.last().map(|of| of.2) {
                continue;
            }
            for (_, _, row) in same {
                if let Some(bits) = linked.get_mut(*row as usize / 64) {
                    *bits |= 1 << (row % 64);
                }
            }
        }
    }

    /// In their order.
    fn prints(&self) -> impl Iterator<Item = u64> {
        self.0.iter().map(|(high, low, _)| u64::from(*high) << 32 | u64::from(*low))
    }
}

impl Surveyed {
    /// How many rows were taken of the file.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Whether another row may be about the same person as the one of a number, from 0.
    pub(super) fn is_linked(&self, row: u64) -> bool {
        let bits =
            usize::try_from(row / 64).ok().filter(|_| row < u64::from(u32::MAX)).and_then(|at| self.linked.get(at));
        bits.is_none_or(|bits| bits >> (row % 64) & 1 == 1)
    }

    /// The prints of all keys ([`key_print`]), in their order and each once; none where they were not wanted.
    pub fn into_keys(self) -> Vec<u64> {
        self.keys
    }
}
