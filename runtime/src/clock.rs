//! Where "now" comes from. Everything that needs the time takes a [`Clock`], so that a test, a simulation or a replay hands in
//! its own, and the same program, events and clock give the same result (rule E2).

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::time::Instant;
use flow_ir::units::DAY_MS;

/// How far the clock of a live store may be ahead of the machine's, in milliseconds. Time services and people set a clock back by less; further ahead
/// it was a wrong clock that was believed, and nothing happens until it is really so late.
pub const TOO_FAR_AHEAD_MS: i64 = DAY_MS;

/// Tells the present instant.
pub trait Clock {
    /// A later call tells no earlier instant, but for [`SystemClock`].
    fn now(&self) -> Instant;
}

/// The machine's clock. It may step back when the machine corrects itself; who needs order keeps the greatest instant seen.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one door through which the wall clock comes in")]
    fn now(&self) -> Instant {
        from_system(SystemTime::now())
    }
}

/// Rounds down on both sides of 1970, as every other way to an [`Instant`] does.
fn from_system(time: SystemTime) -> Instant {
    match time.duration_since(UNIX_EPOCH) {
        Ok(after) => Instant(i64::try_from(after.as_millis()).unwrap_or(i64::MAX)),
        Err(before) => {
            let ms = before.duration().as_nanos().div_ceil(1_000_000);
            Instant(i64::try_from(ms).map_or(i64::MIN, |ms| -ms))
        }
    }
}

/// A clock that stands still until it is told to go on, and that never goes back. Threads may share it.
#[derive(Debug)]
pub struct VirtualClock {
    now_ms: AtomicI64,
}

impl VirtualClock {
    /// Stands at `start`.
    pub const fn new(start: Instant) -> VirtualClock {
        VirtualClock { now_ms: AtomicI64::new(start.0) }
    }

    /// Goes on to `instant` and returns the time it is then: later than `instant` if the clock already was.
    /// [`Instant::NEVER`] does not come, so going on to it does nothing: a loop over due instants may end with it.
    pub fn advance_to(&self, instant: Instant) -> Instant {
        if instant == Instant::NEVER {
            return self.now();
        }
        let before = self.now_ms.fetch_max(instant.0, Ordering::SeqCst);
        Instant(before.max(instant.0))
    }
}

impl Clock for VirtualClock {
    fn now(&self) -> Instant {
        Instant(self.now_ms.load(Ordering::SeqCst))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_virtual_clock_goes_on_but_never_back() {
        let clock = VirtualClock::new(Instant(1_000));
        assert_eq!(clock.advance_to(Instant(5_000)), Instant(5_000));
        assert_eq!(clock.advance_to(Instant(2_000)), Instant(5_000));
        assert_eq!(clock.now(), Instant(5_000));
    }

    #[test]
    fn a_virtual_clock_does_not_reach_never() {
        let clock = VirtualClock::new(Instant(1_000));
        assert_eq!(clock.advance_to(Instant::NEVER), Instant(1_000));
        assert_eq!(clock.now(), Instant(1_000));
    }

    #[test]
    fn system_time_rounds_down_to_milliseconds() {
        assert_eq!(from_system(UNIX_EPOCH + Duration::from_micros(1_999)), Instant(1));
        assert_eq!(from_system(UNIX_EPOCH - Duration::from_micros(1)), Instant(-1));
        assert_eq!(from_system(UNIX_EPOCH - Duration::from_micros(2_000)), Instant(-2));
    }

    #[test]
    fn the_system_clock_is_past_the_day_this_was_written() {
        assert!(SystemClock.now() > Instant(1_795_000_000_000));
    }
}
