//! What calendars and clocks in a zone show, as programs ask for it ([`Calendar`]): from one integer to another.

use super::{Instant, SendWindow, Zone, civil};
use flow_ir::units::DAY_MS;
use flow_ir::{Calendar, FOREVER, NEVER};
use jiff::civil::{Date, DateTime};

const DAYS_A_WEEK: i32 = 7;
const EPOCH: Date = Date::constant(1970, 1, 1);

/// The answer to a question about a value.
pub(crate) fn answer(calendar: Calendar, value: i64, zone: Zone) -> i64 {
    let answer = match calendar {
        Calendar::DayBegins => day_begins(value, zone),
        Calendar::DayOf => day_of(value, zone),
        Calendar::WeekEnds => end_of(value, zone, week_after),
        Calendar::MonthEnds => end_of(value, zone, month_after),
        Calendar::Shows(window) => i64::from(hours(window).is_some_and(|hours| hours.is_open(Instant(value), zone))),
        Calendar::Turns(window) => hours(window).map_or(FOREVER, |hours| turns(hours, Instant(value), zone)),
    };
    answer.clamp(NEVER, FOREVER)
}

fn hours(window: flow_ir::SendWindow) -> Option<SendWindow> {
    // The verifier has seen that it opens.
    SendWindow::new(window.days, window.from_min, window.to_min).ok()
}

fn turns(hours: SendWindow, now: Instant, zone: Zone) -> i64 {
    if hours.is_open(now, zone) { hours.closes_at(now, zone).0 } else { hours.opens_at(now, zone).0 }
}

fn day_begins(day: i64, zone: Zone) -> i64 {
    let date = i32::try_from(day).ok().and_then(|day| civil::add_days(EPOCH, day));
    let begins = date.and_then(|date| civil::at(date.at(0, 0, 0, 0), zone));
    begins.map_or(if day.is_negative() { NEVER } else { FOREVER }, |at| at.0)
}

fn day_of(at: i64, zone: Zone) -> i64 {
    let date = civil::wall_clock(Instant(at), zone).map(DateTime::date);
    date.map_or(at.div_euclid(DAY_MS), |date| date.duration_since(EPOCH).as_hours() / 24)
}

/// When what lies behind the day of an instant begins; the instant itself beyond the calendar.
fn end_of(at: i64, zone: Zone, behind: fn(Date) -> Option<Date>) -> i64 {
    let date = civil::wall_clock(Instant(at), zone).map(DateTime::date);
    let end = date.and_then(behind).and_then(|date| civil::at(date.at(0, 0, 0, 0), zone));
    end.map_or(at, |end| end.0)
}

fn week_after(date: Date) -> Option<Date> {
    civil::add_days(date, DAYS_A_WEEK - i32::from(date.weekday().to_monday_zero_offset()))
}

fn month_after(date: Date) -> Option<Date> {
    civil::add_months(date.first_of_month(), 1)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{instant, zone, zone_and_instant};
    use super::*;
    use proptest::prelude::*;

    const MONDAY: u8 = 1;

    #[track_caller]
    fn check(calendar: Calendar, zone_name: &str, at: &str, expected: &str) {
        let found = Instant(answer(calendar, instant(at).0, zone(zone_name)));
        assert_eq!(found.to_string(), instant(expected).to_string(), "{calendar:?} of {at} in {zone_name}");
    }

    #[test]
    fn a_week_ends_with_its_sunday_at_home_and_a_month_with_its_last_day() {
        let berlin = "Europe/Berlin";
        // The clocks change on Sunday, 29 March.
        check(Calendar::WeekEnds, berlin, "2026-03-23T00:00:00+01:00", "2026-03-30T00:00:00+02:00");
        check(Calendar::WeekEnds, berlin, "2026-03-29T23:59:59+02:00", "2026-03-30T00:00:00+02:00");
        check(Calendar::WeekEnds, berlin, "2026-03-30T00:00:00+02:00", "2026-04-06T00:00:00+02:00");
        check(Calendar::WeekEnds, "America/New_York", "2026-03-30T02:00:00+02:00", "2026-03-30T00:00:00-04:00");
        check(Calendar::MonthEnds, berlin, "2028-02-29T12:00:00+01:00", "2028-03-01T00:00:00+01:00");
        check(Calendar::MonthEnds, berlin, "2026-12-31T23:30:00+01:00", "2027-01-01T00:00:00+01:00");
        check(Calendar::MonthEnds, "UTC", "2026-12-31T23:30:00+01:00", "2027-01-01T00:00:00Z");
    }

    #[test]
    fn a_day_begins_at_its_first_instant_at_home() {
        // 2026-03-29, on which Berlin's clocks change, and the day after it.
        for (day, begins) in [(20_541, "2026-03-29T00:00:00+01:00"), (20_542, "2026-03-30T00:00:00+02:00")] {
            let at = answer(Calendar::DayBegins, day, zone("Europe/Berlin"));
            assert_eq!(Instant(at).to_string(), instant(begins).to_string());
            assert_eq!(answer(Calendar::DayOf, at, zone("Europe/Berlin")), day);
            assert_eq!(answer(Calendar::DayOf, at - 1, zone("Europe/Berlin")), day - 1);
        }
        // Samoa had no 30 December 2011: it is over when it begins.
        let [missing, next] = [15_338, 15_339].map(|day| answer(Calendar::DayBegins, day, zone("Pacific/Apia")));
        assert_eq!(missing, next);
        let far = [i64::MIN, i64::from(i32::MIN), i64::from(i32::MAX), i64::MAX];
        assert_eq!(far.map(|day| answer(Calendar::DayBegins, day, zone("UTC"))), [NEVER, NEVER, FOREVER, FOREVER]);
    }

    #[test]
    fn beyond_the_calendar_nothing_is_ahead() {
        for calendar in [Calendar::WeekEnds, Calendar::MonthEnds] {
            assert_eq!(answer(calendar, NEVER, zone("Europe/Berlin")), NEVER);
        }
    }

    #[test]
    fn a_clock_turns_when_it_begins_and_when_it_ceases_to_show_an_hour() {
        let monday = flow_ir::SendWindow { days: MONDAY, from_min: 0, to_min: 0 };
        let (berlin, sunday) = ("Europe/Berlin", "2026-03-29T12:00:00+02:00");
        check(Calendar::Turns(monday), berlin, sunday, "2026-03-30T00:00:00+02:00");
        check(Calendar::Turns(monday), berlin, "2026-03-30T00:00:00+02:00", "2026-03-31T00:00:00+02:00");
        let always = flow_ir::SendWindow { days: 127, from_min: 0, to_min: 0 };
        assert_eq!(answer(Calendar::Turns(always), instant(sunday).0, zone(berlin)), FOREVER);
    }

    proptest! {
        #[test]
        fn a_day_has_begun_from_its_beginning_on((zone, now) in zone_and_instant()) {
            let day = answer(Calendar::DayOf, now.0, zone);
            prop_assert!(answer(Calendar::DayBegins, day, zone) <= now.0);
            prop_assert!(answer(Calendar::DayBegins, day + 1, zone) >= answer(Calendar::DayBegins, day, zone));
        }
    }
}
