//! The machine's clock, as far as it is believed. One that leaps by weeks was set wrongly, or Flow was away for as long: what would fall due then,
//! mail included, cannot be taken back, so somebody says first that it is right. One that goes back lets nothing happen until it has caught up (E1).

use flow_ir::units::DAY_MS;
use flow_runtime::clock::{Clock as _, SystemClock, TOO_FAR_AHEAD_MS};
use flow_runtime::time::{Instant, Zone, civil};

use crate::output::{Failure, counted};

/// How long Flow may have been away before somebody has to say that what fell due meanwhile is still wanted.
const LONG_AWAY_MS: i64 = 7 * DAY_MS;

/// What says that it is right.
pub(super) const IS_RIGHT: &str = "--clock-is-right";

/// The greatest instant that was believed.
#[derive(Debug)]
pub(super) struct MachineClock {
    believed: Instant,
    zone: Zone,
}

impl MachineClock {
    /// `done` is the instant to which everything in the store has happened since `first_day`; the earliest of all in one that begins. `is_right`:
    /// somebody says so.
    pub(super) fn begin(
        (first_day, done): (Instant, Instant),
        zone: Zone,
        is_right: bool,
    ) -> Result<MachineClock, Failure> {
        let wall = SystemClock.now();
        let has_begun = done > Instant(i64::MIN);
        if first_day.ms_since(wall) > TOO_FAR_AHEAD_MS {
            return Err(begins_later(first_day, wall, zone));
        }
        if has_begun && !is_right {
            doubt(done, wall, zone).map_or(Ok(()), Err)?;
        }
        Ok(MachineClock { believed: wall.max(done), zone })
    }

    /// What is now; an error where it cannot be believed. It never goes back.
    pub(super) fn now(&mut self) -> Result<Instant, Failure> {
        self.at(SystemClock.now())
    }

    fn at(&mut self, wall: Instant) -> Result<Instant, Failure> {
        if wall.ms_since(self.believed) > LONG_AWAY_MS {
            return Err(leapt(self.believed, wall, self.zone));
        }
        self.believed = self.believed.max(wall);
        Ok(self.believed)
    }

    /// The last instant that was.
    pub(super) fn believed(&self) -> Instant {
        self.believed
    }
}

/// Why the clock cannot be believed when a store is taken up.
fn doubt(done: Instant, wall: Instant, zone: Zone) -> Option<Failure> {
    let away = wall.ms_since(done);
    match away {
        away if away > LONG_AWAY_MS => Some(Failure::new(
            format!(
                "this project was served last on {}, and by the machine's clock it is {}, {} later: whatever fell due meanwhile would happen now, mail \
                 included",
                minute(done, zone),
                minute(wall, zone),
                days(away)
            ),
            format!(
                "if the clock is wrong, set it first: what is done at a wrong time cannot be taken back. If it is right and people may still get what \
                 they should have got, start once with `{IS_RIGHT}`"
            ),
        )),
        away if away.saturating_neg() > TOO_FAR_AHEAD_MS => Some(Failure::new(
            format!(
                "the store has got as far as {}, and by the machine's clock it is {}, {} earlier: whatever waits would wait until then",
                minute(done, zone),
                minute(wall, zone),
                days(away.saturating_neg())
            ),
            format!(
                "set the clock if it is wrong. If it was wrong before, restore the last backup of before that; to go on all the same, start with \
                 `{IS_RIGHT}`: what is new happens at once, and every wait counts from then"
            ),
        )),
        _ => None,
    }
}

/// The same of a store that was begun by a wrong clock: nothing says that it is right.
fn begins_later(first_day: Instant, wall: Instant, zone: Zone) -> Failure {
    Failure::new(
        format!(
            "the store was begun on {}, and by the machine's clock it is {}: whatever happens until then would be history in it, and let nobody in",
            minute(first_day, zone),
            minute(wall, zone)
        ),
        "set the clock if it is wrong. If it was wrong when the store was begun, begin another one: move this one away, with the files beside it, and \
         take its line out of `.flow-served` beside the project's flow.toml. Who got mail by this one would get it again",
    )
}

/// The same of one that goes on.
fn leapt(before: Instant, wall: Instant, zone: Zone) -> Failure {
    Failure::new(
        format!(
            "the machine's clock went from {} to {} in a moment, {} ahead: nothing has been done at that time",
            minute(before, zone),
            minute(wall, zone),
            days(wall.ms_since(before))
        ),
        format!(
            "if it is wrong, set it, and start again. If it is right (the machine slept, or it was wrong before), start once with `{IS_RIGHT}`: whatever \
             fell due meanwhile happens then, mail included"
        ),
    )
}

fn minute(at: Instant, zone: Zone) -> String {
    civil::minute(at, zone).unwrap_or_else(|| at.to_string())
}

fn days(ms: i64) -> String {
    counted((ms / DAY_MS).unsigned_abs(), "day")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use flow_runtime::time::Zones;

    const NOON: Instant = Instant(1_795_780_800_000);

    fn after(ms: i64) -> Instant {
        Instant(NOON.0 + ms)
    }

    #[test]
    fn a_clock_goes_on_and_never_back_and_does_not_leap_by_weeks() {
        let mut clock = MachineClock { believed: NOON, zone: Zones::utc() };
        assert_eq!(clock.at(after(1)).unwrap(), after(1));
        assert_eq!(clock.at(after(-DAY_MS * 40)).unwrap(), after(1));
        // As long as that a machine may have slept.
        assert_eq!(clock.at(after(1 + LONG_AWAY_MS)).unwrap(), after(1 + LONG_AWAY_MS));
        let told = clock.at(after(2 + 2 * LONG_AWAY_MS)).unwrap_err();
        assert!(
            told.message.contains("from 2026-12-04 12:00 to 2026-12-11 12:00 in a moment, 7 days ahead"),
            "{told:?}"
        );
        assert_eq!(clock.believed(), after(1 + LONG_AWAY_MS), "what is not believed is not done");
        assert_eq!(clock.at(after(2 + LONG_AWAY_MS)).unwrap(), after(2 + LONG_AWAY_MS), "once it is set");
    }

    #[test]
    fn a_store_that_begins_later_is_never_gone_on_from() {
        let later = Instant(SystemClock.now().0 + 2 * DAY_MS);
        for is_right in [false, true] {
            let told = MachineClock::begin((later, later), Zones::utc(), is_right).unwrap_err();
            assert!(told.message.contains("would be history in it"), "{told:?}");
        }
        let before = Instant(SystemClock.now().0 - 2 * DAY_MS);
        MachineClock::begin((before, later), Zones::utc(), true).unwrap();
        MachineClock::begin((Instant(i64::MIN), Instant(i64::MIN)), Zones::utc(), false).unwrap();
    }

    #[test]
    fn a_store_that_nobody_worked_on_for_long_or_that_is_ahead_is_asked_about() {
        let told = |ms| doubt(NOON, after(ms), Zones::utc()).map(|failure| failure.message);
        for ms in [0, 1, -1, LONG_AWAY_MS, -TOO_FAR_AHEAD_MS] {
            assert_eq!(told(ms), None, "{ms}");
        }
        assert!(told(LONG_AWAY_MS + 1).unwrap().contains(
            "served last on 2026-11-27 12:00, and by the machine's clock it is 2026-12-04 12:00, 7 days later"
        ));
        assert!(told(-400 * DAY_MS).unwrap().contains(
            "has got as far as 2026-11-27 12:00, and by the machine's clock it is 2025-10-23 12:00, 400 days earlier"
        ));
    }
}
