//! Clocks on walls: instants are milliseconds since the epoch.

use jiff::civil::{DateTime, Weekday};
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{Timestamp, ToSpan as _};

use crate::world::policy::{Blackout, FIRST_DAY, Policy};
use crate::world::program::{Appointment, Span, Window};

/// A minute.
const MINUTE: i64 = 60_000;
/// An hour.
const HOUR: i64 = 60 * MINUTE;

/// A zone by its name.
pub(super) fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap_or(TimeZone::UTC)
}

/// What the wall says.
pub(super) fn wall(at: i64, zone: &TimeZone) -> DateTime {
    Timestamp::from_millisecond(at).map(|at| zone.to_datetime(at)).unwrap_or_default()
}

/// The instant at which the wall says so: the first valid one after a time that does not exist, the first of two.
pub(super) fn instant(wall: DateTime, zone: &TimeZone) -> i64 {
    let ambiguous = zone.to_ambiguous_timestamp(wall);
    let found = match ambiguous.offset() {
        AmbiguousOffset::Gap { before, .. } => before
            .to_timestamp(wall)
            .ok()
            .and_then(|after| zone.preceding(after.saturating_add(jiff::Span::new().nanoseconds(1)).ok()?).next())
            .map(|change| change.timestamp()),
        _ => ambiguous.compatible().ok(),
    };
    found.map_or(i64::MAX, Timestamp::as_millisecond)
}

/// What the wall says so many days later.
pub(super) fn days_later(at: i64, days: u32, zone: &TimeZone) -> DateTime {
    let wall = wall(at, zone);
    wall.checked_add(jiff::Span::new().days(i64::from(days))).unwrap_or(wall)
}

/// When a length of time is over: where days are counted, also what the wall says then.
pub(super) fn over(at: i64, span: Span, zone: &TimeZone) -> (i64, Option<DateTime>) {
    match span {
        Span::Minutes(count) => (at + i64::from(count) * MINUTE, None),
        Span::Hours(count) => (at + i64::from(count) * HOUR, None),
        Span::Days(count) => {
            let wall = days_later(at, count, zone);
            (instant(wall, zone), Some(wall))
        }
    }
}

/// What the wall says at the end of a pause by the calendar, in a journey that began so.
pub(super) fn appointed(appointment: Appointment, at: i64, entered_at: i64, zone: &TimeZone) -> DateTime {
    let (now, entered) = (wall(at, zone), wall(entered_at, zone));
    let on = |days: i64, hour: u32| {
        now.checked_add(days.days()).unwrap_or(now).date().at(i8::try_from(hour).unwrap_or_default(), 0, 0, 0)
    };
    match appointment {
        Appointment::Tomorrow(hour) => on(1, hour),
        Appointment::Weekday(weekday, hour) => {
            let is_it = |day: &DateTime| {
                i64::from(day.weekday().to_monday_zero_offset()) == i64::from(weekday) && instant(*day, zone) > at
            };
            (0..9).map(|days| on(days, hour)).find(is_it).unwrap_or(now)
        }
        Appointment::BusinessDays(count) => {
            let days = (1..).map(|days| now.checked_add(jiff::Span::new().days(days)).unwrap_or(now));
            let is_business = |day: &DateTime| !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
            days.filter(is_business).nth(count as usize - 1).unwrap_or(now)
        }
        Appointment::Day(day, hour) => {
            let first = entered.date().at(i8::try_from(hour).unwrap_or_default(), 0, 0, 0);
            first.checked_add((i64::from(day) - 1).days()).unwrap_or(first)
        }
    }
}

/// When a mail of a workflow with such a window may leave under a policy, from an instant on: that instant, or a later one. None where that lies
/// behind the last instant at which it is still wanted.
pub(super) fn leaves(window: Option<Window>, policy: &Policy, from: i64, last: i64, zone: &TimeZone) -> Option<i64> {
    // What quiet hours leave of a day is a window of every day.
    let loud = policy.quiet.map(|(from, to)| Window { weekdays: false, from: to, to: from });
    let mut at = from;
    while at <= last {
        let shut = [window, loud].into_iter().flatten().find_map(|window| opens(window, at, zone));
        let Some(later) = shut.or_else(|| over_blackout(policy, at, zone)) else { return Some(at) };
        at = later;
    }
    None
}

/// The midnight behind a blackout, at home, of whoever is in it.
fn over_blackout(policy: &Policy, at: i64, zone: &TimeZone) -> Option<i64> {
    let Blackout { first, last } = policy.blackout?;
    let today = wall(at, zone).date();
    let is_in = today >= FIRST_DAY + first.days() && today <= FIRST_DAY + last.days();
    is_in.then(|| instant((FIRST_DAY + (last + 1).days()).at(0, 0, 0, 0), zone))
}

/// Whether mail may leave; else when it next may.
fn opens(window: Window, at: i64, zone: &TimeZone) -> Option<i64> {
    let hour = |day: DateTime, hour: u32| instant(day.date().at(i8::try_from(hour).unwrap_or_default(), 0, 0, 0), zone);
    let today = wall(at, zone);
    let mut next: Option<i64> = None;
    for days in -1..9 {
        let Ok(day) = today.checked_add(jiff::Span::new().days(days)) else { continue };
        if window.weekdays && matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) {
            continue;
        }
        let last = if window.to > window.from { Ok(day) } else { day.tomorrow() };
        let (from, to) = (hour(day, window.from), hour(last.unwrap_or(day), window.to));
        if from <= at && at < to {
            return None;
        }
        if from > at && next.is_none_or(|next| from < next) {
            next = Some(from);
        }
    }
    next
}
