//! When nobody answers, nothing leaves for a while, longer each time; then one message goes alone, and the others once it has its answer.
//!
//! It is kept with the store, so neither a start nor a crash lets more out than the process before would have done.

use super::error::EngineError;
use crate::store::Actor;
use std::collections::BTreeMap;

/// The first wait after nobody answered; doubled each time, up to [`PAUSE_MAX_MS`].
const PAUSE_MS: i64 = 5_000;
/// How long a channel that nobody answers on is left alone at most.
const PAUSE_MAX_MS: i64 = 5 * 60 * 1_000;

/// For how long nobody has answered on a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pause {
    /// No attempt before this instant.
    until: i64,
    /// How many pauses there have been since somebody last answered.
    times: u32,
    /// How many messages running the other side has refused by its rules, up to [`REFUSED_MAX`]; none since it took one.
    refused: u8,
}

/// More than that say nothing more of whose fault it is.
const REFUSED_MAX: u8 = 8;

impl Pause {
    const NONE: Pause = Pause { until: i64::MIN, times: 0, refused: 0 };

    /// As the store has it; none where it has none of this channel.
    pub(super) fn load(actors: &BTreeMap<Actor, Vec<u8>>, channel: &str) -> Result<Pause, EngineError> {
        let Some(bytes) = actors.get(&Actor::Channel(channel.to_owned())) else { return Ok(Pause::NONE) };
        let read = || {
            let (until, rest) = bytes.split_first_chunk()?;
            let (times, rest) = rest.split_first_chunk()?;
            let refused = match rest {
                [] => 0,
                [refused] => *refused,
                _ => return None,
            };
            Some(Pause { until: i64::from_le_bytes(*until), times: u32::from_le_bytes(*times), refused })
        };
        read().ok_or_else(|| EngineError::Damaged { name: format!("the pause of the channel {channel}") })
    }

    pub(super) fn bytes(self) -> Vec<u8> {
        let refused: &[u8] = if self.refused == 0 { &[] } else { &[self.refused] };
        [self.until.to_le_bytes().as_slice(), &self.times.to_le_bytes(), refused].concat()
    }

    pub(super) fn until(self) -> i64 {
        self.until
    }

    /// How many there have been since somebody last answered.
    pub(super) fn times(self) -> u32 {
        self.times
    }

    /// How many messages may be in hand at once, where it is so many as long as somebody answers.
    pub(super) fn at_once(self, most: usize) -> usize {
        if self.times > 0 { most.min(1) } else { most }
    }

    /// Nobody answers: until when nothing leaves. What was under way when it began makes it no longer.
    pub(super) fn begin(&mut self, now: i64) -> i64 {
        if self.until <= now {
            let wait = PAUSE_MS.saturating_mul(1 << self.times.min(16)).min(PAUSE_MAX_MS);
            *self = Pause { until: now.saturating_add(wait), times: self.times.saturating_add(1), ..*self };
        }
        self.until
    }

    /// The other side has refused a message by its rules.
    pub(super) fn refuse(&mut self) {
        self.refused = self.refused.saturating_add(1).min(REFUSED_MAX);
    }

    /// It has taken one.
    pub(super) fn accept(&mut self) {
        self.refused = 0;
    }

    /// How many messages running were refused so.
    pub(super) fn refused(self) -> u8 {
        self.refused
    }

    /// Somebody answers.
    pub(super) fn end(&mut self) {
        self.times = 0;
    }

    /// Somebody is there, though no message has been answered yet: the next one may try.
    pub(super) fn lift(&mut self) {
        self.until = i64::MIN;
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_pause_grows_until_somebody_answers() {
        let mut pause = Pause::NONE;
        assert_eq!(pause.at_once(4), 4);
        let mut at = 1_000;
        for wait in [5_000, 10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000] {
            assert_eq!((pause.begin(at), pause.begin(at + 1)), (at + wait, at + wait));
            assert_eq!(pause.at_once(4), 1);
            at += wait;
        }
        pause.end();
        assert_eq!((pause.at_once(4), pause.begin(at)), (4, at + 5_000));
    }

    #[test]
    fn a_pause_comes_back_as_it_was_kept() {
        let mut pause = Pause::NONE;
        pause.begin(77);
        let actors = BTreeMap::from([(Actor::Channel("smtp".to_owned()), pause.bytes())]);
        assert_eq!(Pause::load(&actors, "smtp").unwrap(), pause);
        assert_eq!(Pause::load(&actors, "folder").unwrap(), Pause::NONE);
        // With what was refused; without it, as an earlier Flow kept it.
        pause.refuse();
        let actors = BTreeMap::from([(Actor::Channel("smtp".to_owned()), pause.bytes())]);
        assert_eq!((Pause::load(&actors, "smtp").unwrap(), pause.refused()), (pause, 1));
        pause.accept();
        assert_eq!(pause.bytes().len(), 12);
        for bytes in [11, 14] {
            let broken = BTreeMap::from([(Actor::Channel("smtp".to_owned()), vec![1; bytes])]);
            Pause::load(&broken, "smtp").unwrap_err();
        }
    }
}
