//! How far a stream has been taken.
//!
//! A stream is read again from its start after a crash, or when a command is given twice. What was taken before is passed over
//! without a word; a repeat that comes after that place is counted. Several events may arrive at one instant, and a commit may end
//! between them, so the place is an instant and how many of its events were taken.

use super::error::EngineError;
use std::collections::BTreeMap;

/// The name under which a store keeps the place.
const STREAM: &str = "events";

/// The place up to which a stream has been taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct StreamPlace {
    /// The arrival of the last event taken.
    at: i64,
    /// How many events that arrived then were taken.
    taken: u64,
    /// How many of them this reading has met.
    met: u64,
}

impl StreamPlace {
    /// From how far every stream was read.
    pub(super) fn load(reads: &BTreeMap<String, Vec<u8>>) -> Result<Self, EngineError> {
        let Some(kept) = reads.get(STREAM) else { return Ok(Self { at: i64::MIN, taken: 0, met: 0 }) };
        let damaged = || EngineError::Damaged { name: STREAM.to_owned() };
        let (at, rest) = kept.split_first_chunk().ok_or_else(damaged)?;
        let taken = rest.first_chunk().ok_or_else(damaged)?;
        Ok(Self { at: i64::from_le_bytes(*at), taken: u64::from_le_bytes(*taken), met: 0 })
    }

    /// The name of the place where a store keeps what cannot be read.
    pub(super) fn unreadable(reads: &BTreeMap<String, Vec<u8>>) -> Option<String> {
        StreamPlace::load(reads).is_err().then(|| STREAM.to_owned())
    }

    pub(super) fn read(&self) -> (String, Vec<u8>) {
        (STREAM.to_owned(), [self.at.to_le_bytes(), self.taken.to_le_bytes()].concat())
    }

    /// A stream is read from its start.
    pub(super) fn begin_reading(&mut self) {
        self.met = 0;
    }

    /// Passes the next event. True if an earlier reading had taken it.
    pub(super) fn pass(&mut self, arrived_at: i64) -> bool {
        if arrived_at < self.at {
            return true;
        }
        if arrived_at > self.at {
            (self.at, self.taken, self.met) = (arrived_at, 0, 0);
        }
        self.met += 1;
        let before = self.met <= self.taken;
        self.taken = self.taken.max(self.met);
        before
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::StreamPlace;
    use std::collections::BTreeMap;

    #[test]
    fn a_commit_may_end_between_two_events_of_one_instant() {
        let mut reads = BTreeMap::new();
        let mut place = StreamPlace::load(&reads).unwrap();
        assert!(!place.pass(10) && !place.pass(20) && !place.pass(20));
        reads.extend([place.read()]);
        let mut again = StreamPlace::load(&reads).unwrap();
        again.begin_reading();
        let passed: Vec<bool> = [10, 20, 20, 20, 30].into_iter().map(|at| again.pass(at)).collect();
        assert_eq!(passed, [true, true, true, false, false]);
    }
}
