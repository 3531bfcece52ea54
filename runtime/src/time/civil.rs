//! Spans by the wall clock. `3 days` after a 9 o'clock mail is 9 o'clock, also when the clocks change in between; `72 hours`
//! is not. Where the clocks go forward, a wall-clock time may not exist: then the first valid instant after it counts, which is
//! the end of the gap (language reference, "Time"), not the time shifted by the length of the gap, as jiff and most calendars
//! do it. Where they go back, a time exists twice: the first counts.

use chrono::{Datelike, NaiveDate};
use flow_ir::units::DAY_MS;
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::{AmbiguousOffset, Offset, TimeZone};

use super::{Holidays, Instant, Zone, Zones};

/// A length of time: `months` and `days` by the calendar of a zone, `ms` elapsed. A week is seven days, a year twelve months.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Span {
    /// Added first.
    pub months: i32,
    /// Added second.
    pub days: i32,
    /// Elapsed milliseconds, added last.
    pub ms: i64,
}

impl Span {
    /// Calendar months alone.
    pub const fn months(months: i32) -> Span {
        Span { months, days: 0, ms: 0 }
    }

    /// Days by the wall clock alone.
    pub const fn days(days: i32) -> Span {
        Span { months: 0, days, ms: 0 }
    }

    /// Elapsed milliseconds alone.
    pub const fn ms(ms: i64) -> Span {
        Span { months: 0, days: 0, ms }
    }
}

/// Adds months, then days, then elapsed time. A day that the month lacks becomes its last (31 January and a month: 28 February).
/// Past the calendar's end (the year 9999) it is [`Instant::NEVER`], before its start (-9999) [`Instant::MIN`].
pub fn add(instant: Instant, span: Span, zone: Zone) -> Instant {
    // No detour by the wall clock without need: it would move the second of two equal times to the first.
    if instant.is_never() || (span.months == 0 && span.days == 0) {
        return instant.add_ms(span.ms);
    }
    match add_to_date(instant, span, zone) {
        Some(moved) => moved.add_ms(span.ms),
        None => beyond_the_calendar(instant, span),
    }
}

/// When clocks in `to` show what those in `from` show at an instant; the instant itself beyond the calendar.
pub fn same_on_the_wall(instant: Instant, from: Zone, to: Zone) -> Instant {
    wall_clock(instant, from).and_then(|wall| at(wall, to)).unwrap_or(instant)
}

/// When clocks show on the day of one instant what they show at another; none beyond the calendar.
pub fn at_the_hour_of(day: Instant, hour: Instant, zone: Zone) -> Option<Instant> {
    let (day, hour) = (wall_clock(day, zone)?, wall_clock(hour, zone)?);
    at(day.date().to_datetime(hour.time()), zone)
}

/// The first instant behind another one at which it is a weekday, Monday being 0, and a minute of that day. [`Instant::NEVER`] at the
/// calendar's end.
pub fn next_weekday(after: Instant, weekday: u8, minute: u16, zone: Zone) -> Instant {
    /// The one of this week may be past, and a gap may swallow the next.
    const LOOK_AHEAD_DAYS: i32 = 14;
    let today = wall_clock(after, zone).map(DateTime::date);
    let days = (0..=LOOK_AHEAD_DAYS).filter_map(|days| add_days(today?, days));
    let found = days
        .filter(|day| day.weekday().to_monday_zero_offset() == i8::try_from(weekday).unwrap_or(i8::MAX))
        .filter_map(|day| at(on_day(day, minute)?, zone));
    found.into_iter().find(|at| *at > after).unwrap_or(Instant::NEVER)
}

/// The first instant behind another one at which clocks show a minute of the day. [`Instant::NEVER`] at the calendar's end.
pub fn next_clock(after: Instant, minute: u16, zone: Zone) -> Instant {
    /// That of this day may be past, and a day may be left out of the calendar of a zone.
    const LOOK_AHEAD_DAYS: i32 = 3;
    let today = wall_clock(after, zone).map(DateTime::date);
    let days = (0..=LOOK_AHEAD_DAYS).filter_map(|days| add_days(today?, days));
    let mut found = days.filter_map(|day| at(on_day(day, minute)?, zone));
    found.find(|at| *at > after).unwrap_or(Instant::NEVER)
}

/// A minute of the day that comes so many days behind the one of an instant; that of the instant itself where none is given.
pub fn days_behind(instant: Instant, days: i32, minute: Option<u16>, zone: Zone) -> Instant {
    let moved = || {
        let local = wall_clock(instant, zone)?;
        let day = add_days(local.date(), days)?;
        let local = minute.map_or_else(|| Some(day.to_datetime(local.time())), |minute| on_day(day, minute))?;
        at(local, zone)
    };
    moved().unwrap_or_else(|| beyond_the_calendar(instant, Span::days(days)))
}

/// So many days later, of which weekends and holidays count none, at the same time of day. [`Instant::NEVER`] at the calendar's end.
pub fn business_days_behind(instant: Instant, days: u32, holidays: Holidays<'_>, zone: Zone) -> Instant {
    let moved = || {
        let local = wall_clock(instant, zone)?;
        let mut date = local.date();
        for _ in 0..days {
            date = add_days(date, 1)?;
            while !is_business_day(date, holidays) {
                date = add_days(date, 1)?;
            }
        }
        at(date.to_datetime(local.time()), zone)
    };
    moved().unwrap_or(Instant::NEVER)
}

/// So many milliseconds later, of which those count alone that lie between two minutes of a day that is neither weekend nor holiday.
/// [`Instant::NEVER`] at the calendar's end.
pub fn business_time_behind(
    instant: Instant,
    ms: i64,
    minutes: (u16, u16),
    holidays: Holidays<'_>,
    zone: Zone,
) -> Instant {
    let moved = || {
        let mut date = wall_clock(instant, zone)?.date();
        let mut left = ms;
        loop {
            let (opens, closes) = open_on(date, minutes, holidays, zone)?;
            let opens = opens.max(instant);
            let open = closes.0.saturating_sub(opens.0).max(0);
            if left <= open && is_business_day(date, holidays) {
                return Some(opens.add_ms(left));
            }
            left -= open;
            date = add_days(date, 1)?;
        }
    };
    moved().unwrap_or(Instant::NEVER)
}

/// How many days are neither weekend nor holiday of those that come behind the day of one instant, up to that of another.
pub fn business_days_between(from: Instant, to: Instant, holidays: Holidays<'_>, zone: Zone) -> u32 {
    let days = || {
        let (mut date, last) = (wall_clock(from, zone)?.date(), wall_clock(to, zone)?.date());
        let mut days = 0;
        while date < last {
            date = add_days(date, 1)?;
            days += u32::from(is_business_day(date, holidays));
        }
        Some(days)
    };
    days().unwrap_or(0)
}

/// The day behind which so many days that are neither weekend nor holiday come up to that of an instant, when clocks show what they show at
/// another. The instant itself at the calendar's end.
pub fn business_days_before(instant: Instant, days: u32, hour: Instant, holidays: Holidays<'_>, zone: Zone) -> Instant {
    let moved = || {
        let (mut date, hour) = (wall_clock(instant, zone)?.date(), wall_clock(hour, zone)?.time());
        for _ in 0..days {
            while !is_business_day(date, holidays) {
                date = add_days(date, -1)?;
            }
            date = add_days(date, -1)?;
        }
        at(date.to_datetime(hour), zone)
    };
    moved().unwrap_or(instant)
}

/// How many of the milliseconds between two instants lie between two minutes of a day that is neither weekend nor holiday.
pub fn business_time_between(
    (from, to): (Instant, Instant),
    minutes: (u16, u16),
    holidays: Holidays<'_>,
    zone: Zone,
) -> i64 {
    let time = || {
        let (mut date, last) = (wall_clock(from, zone)?.date(), wall_clock(to, zone)?.date());
        let mut time = 0_i64;
        while date <= last {
            let (opens, closes) = open_on(date, minutes, holidays, zone)?;
            time += closes.min(to).0.saturating_sub(opens.max(from).0).max(0);
            date = add_days(date, 1)?;
        }
        Some(time)
    };
    time().unwrap_or(0)
}

/// So many milliseconds before an instant, of which those count alone that lie between two minutes of a day that is neither weekend nor holiday. The
/// instant itself at the calendar's end.
pub fn business_time_before(
    instant: Instant,
    ms: i64,
    minutes: (u16, u16),
    holidays: Holidays<'_>,
    zone: Zone,
) -> Instant {
    let moved = || {
        let mut date = wall_clock(instant, zone)?.date();
        let mut left = ms;
        loop {
            let (opens, closes) = open_on(date, minutes, holidays, zone)?;
            let closes = closes.min(instant);
            let open = closes.0.saturating_sub(opens.0).max(0);
            if left <= open {
                return Some(if left == 0 { instant } else { closes.add_ms(-left) });
            }
            left -= open;
            date = add_days(date, -1)?;
        }
    };
    moved().unwrap_or(instant)
}

/// From when to when business is done on a day; at no time on a weekend and on a holiday. None beyond the calendar.
fn open_on(date: Date, (from, to): (u16, u16), holidays: Holidays<'_>, zone: Zone) -> Option<(Instant, Instant)> {
    let opens = at(on_day(date, from)?, zone)?;
    let closes = if is_business_day(date, holidays) { at(on_day(date, to)?, zone)? } else { opens };
    Some((opens, closes))
}

fn is_business_day(date: Date, holidays: Holidays<'_>) -> bool {
    const SATURDAY: i8 = 5;
    date.weekday().to_monday_zero_offset() < SATURDAY && !holidays.contain(date)
}

/// A minute of a day that is counted from 1970-01-01, in a zone. None outside the calendar.
pub fn on_date(days: i64, minute: u16, zone: Zone) -> Option<Instant> {
    let epoch = Date::constant(1970, 1, 1);
    at(on_day(add_days(epoch, i32::try_from(days).ok()?)?, minute)?, zone)
}

/// A day that is counted from 1970-01-01, months and days later. None outside the calendar.
pub fn later_date(days: i64, months: i32, more_days: i32) -> Option<i64> {
    let epoch = Date::constant(1970, 1, 1);
    let date = add_days(add_months(add_days(epoch, i32::try_from(days).ok()?)?, months)?, more_days)?;
    Some(days_since_epoch(date).into())
}

/// A day, counted from 1970-01-01.
pub(super) fn days_since_epoch(date: Date) -> i32 {
    (date - Date::constant(1970, 1, 1)).get_days()
}

/// Minute 1440 is midnight at the end of the day.
pub(super) fn on_day(date: Date, minute: u16) -> Option<DateTime> {
    const DAY_MINUTES: u16 = 24 * 60;
    let date = add_days(date, i32::from(minute / DAY_MINUTES))?;
    let minute = minute % DAY_MINUTES;
    Some(date.at(i8::try_from(minute / 60).ok()?, i8::try_from(minute % 60).ok()?, 0, 0))
}

/// The zones there are, for a compiler.
pub const ZONES: flow_front::Zones = flow_front::Zones { knows: Some(is_zone), midnight };

fn is_zone(name: &str) -> bool {
    Zones::bundled().resolve(name).is_some()
}

/// The first instant of a day in a zone that is known by its name, in milliseconds; the day in days since 1970-01-01.
pub fn midnight(zone: &str, day: i64) -> Option<i64> {
    start_of(day, Zones::bundled().resolve(zone)?).map(|instant| instant.0)
}

/// The same in a zone at hand.
pub fn start_of(day: i64, zone: Zone) -> Option<Instant> {
    start_of_day(NaiveDate::default().checked_add_signed(chrono::TimeDelta::try_days(day)?)?, zone)
}

/// The first instant of a day in a zone; none outside the calendar.
pub fn start_of_day(date: NaiveDate, zone: Zone) -> Option<Instant> {
    let year = i16::try_from(date.year()).ok()?;
    let (month, day) = (i8::try_from(date.month()).ok()?, i8::try_from(date.day()).ok()?);
    at(Date::new(year, month, day).ok()?.at(0, 0, 0, 0), zone)
}

/// The day that calendars in a zone show: `2026-03-02`. None beyond the calendar.
pub fn day(instant: Instant, zone: Zone) -> Option<String> {
    Some(wall_clock(instant, zone)?.date().to_string())
}

/// An instant as people write it, with the zone whose clocks show it: `Tuesday 3 March 2026, 10:00 (Europe/Berlin)`. None beyond the
/// calendar.
pub fn words(instant: Instant, zone: Zone) -> Option<String> {
    Some(format!("{} ({})", wall_clock(instant, zone)?.strftime("%A %-d %B %Y, %H:%M"), zone.name()))
}

/// The same below a zone that is named once: `3 March 2026, 10:00`.
pub fn short_words(instant: Instant, zone: Zone) -> Option<String> {
    Some(wall_clock(instant, zone)?.strftime("%-d %B %Y, %H:%M").to_string())
}

/// The shortest, for lines below one another: `2026-03-03 10:00`, and the zone stands elsewhere.
pub fn minute(instant: Instant, zone: Zone) -> Option<String> {
    Some(wall_clock(instant, zone)?.strftime("%Y-%m-%d %H:%M").to_string())
}

/// The same to the second, for a log: `2026-03-03 10:00:05`.
pub fn second(instant: Instant, zone: Zone) -> Option<String> {
    Some(wall_clock(instant, zone)?.strftime("%Y-%m-%d %H:%M:%S").to_string())
}

fn add_to_date(instant: Instant, span: Span, zone: Zone) -> Option<Instant> {
    let local = wall_clock(instant, zone)?;
    let date = add_months(local.date(), span.months)?;
    let date = add_days(date, span.days)?;
    at(date.to_datetime(local.time()), zone)
}

pub(super) fn add_months(date: Date, months: i32) -> Option<Date> {
    date.checked_add(jiff::Span::new().try_months(months).ok()?).ok()
}

pub(super) fn add_days(date: Date, days: i32) -> Option<Date> {
    date.checked_add(jiff::Span::new().try_days(days).ok()?).ok()
}

/// Which end was passed: the calendar's ends lie so far from 1970 that an estimate tells.
fn beyond_the_calendar(instant: Instant, span: Span) -> Instant {
    const DAYS_A_MONTH: i64 = 30;
    let days = i64::from(span.months) * DAYS_A_MONTH + i64::from(span.days);
    let estimate = instant.0.saturating_add(days.saturating_mul(DAY_MS));
    if estimate.is_positive() { Instant::NEVER } else { Instant::MIN }
}

/// What clocks and calendars in the zone show. None beyond the calendar.
pub(super) fn wall_clock(instant: Instant, zone: Zone) -> Option<DateTime> {
    let timestamp = Timestamp::from_millisecond(instant.0).ok()?;
    Some(zone.rules().to_datetime(timestamp))
}

/// The instant at which clocks in the zone show `local`: the first one if there are two, the first valid one after it if there
/// is none. A later `local` never gives an earlier instant. None beyond the calendar.
pub(super) fn at(local: DateTime, zone: Zone) -> Option<Instant> {
    let rules = zone.rules();
    let timestamp = match rules.to_ambiguous_timestamp(local).offset() {
        AmbiguousOffset::Unambiguous { offset } => offset.to_timestamp(local).ok()?,
        AmbiguousOffset::Fold { before, after } => first_of_two(local, before, after, rules)?,
        AmbiguousOffset::Gap { before, after } => end_of_gap(local, before, after, rules)?,
    };
    Some(Instant(timestamp.as_millisecond()))
}

/// The earlier of the two, if it is one: where a zone's list of changes ends and its rule for the years to come begins, jiff can
/// report an overlap that the list does not have (America/Nuuk on 28 October 2023, between 23:00 and midnight).
fn first_of_two(local: DateTime, before: Offset, after: Offset, rules: &TimeZone) -> Option<Timestamp> {
    let first = before.to_timestamp(local).ok()?;
    if rules.to_offset(first) == before { Some(first) } else { after.to_timestamp(local).ok() }
}

/// Read by the offset after the gap, `local` is before the gap's end; read by the one before, it is not. So the end is the
/// change of offset between these two.
fn end_of_gap(local: DateTime, before: Offset, after: Offset, rules: &TimeZone) -> Option<Timestamp> {
    let early = after.to_timestamp(local).ok()?;
    let late = before.to_timestamp(local).ok()?;
    let changes = rules.following(early).take_while(|change| change.timestamp() <= late);
    let end = changes.map(|change| (change.timestamp(), change.offset())).find(|&(_, offset)| offset == after);
    Some(end.map_or(late, |(end, _)| end))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::super::Zones;
    use super::super::testing::{instant, zone, zone_and_instant};
    use super::*;
    use proptest::prelude::*;

    /// What clocks in the zone show, with the offset, so that the two halves of an overlap read differently.
    fn shown(instant: Instant, zone: Zone) -> String {
        let timestamp = Timestamp::from_millisecond(instant.0).unwrap();
        timestamp.display_with_offset(zone.rules().to_offset(timestamp)).to_string()
    }

    #[track_caller]
    fn check(zone_name: &str, from: &str, span: Span, expected: &str) {
        let zone = zone(zone_name);
        assert_eq!(shown(add(instant(from), span, zone), zone), expected, "{zone_name}: {from} and {span:?}");
    }

    #[test]
    fn a_day_begins_at_midnight_of_its_zone() {
        // 2026-03-29, on which Berlin's clocks change, and the day after it.
        assert_eq!(midnight("Europe/Berlin", 20_541), Some(20_541 * 86_400_000 - 3_600_000));
        assert_eq!(midnight("Europe/Berlin", 20_542), Some(20_542 * 86_400_000 - 7_200_000));
        assert_eq!(midnight("UTC", 20_541), Some(20_541 * 86_400_000));
        assert_eq!(midnight("Europe/Nowhere", 20_541), None);
        assert_eq!(midnight("UTC", i64::MAX), None);
    }

    #[test]
    fn days_keep_the_wall_clock_across_a_change_and_hours_do_not() {
        check("Europe/Berlin", "2026-03-28T09:00:00+01:00", Span::days(1), "2026-03-29T09:00:00+02:00");
        check("Europe/Berlin", "2026-03-28T09:00:00+01:00", Span::ms(24 * HOUR), "2026-03-29T10:00:00+02:00");
        check("Europe/Berlin", "2026-10-24T09:00:00+02:00", Span::days(1), "2026-10-25T09:00:00+01:00");
        check("America/New_York", "2026-03-07T09:00:00-05:00", Span::days(7), "2026-03-14T09:00:00-04:00");
        check("Australia/Lord_Howe", "2026-10-03T09:00:00+10:30", Span::days(1), "2026-10-04T09:00:00+11:00");
        check("Africa/Casablanca", "2026-09-01T09:00:00+01:00", Span::months(3), "2026-12-01T09:00:00+00:00");
        check("America/Vancouver", "2026-10-15T09:00:00-07:00", Span::months(2), "2026-12-15T09:00:00-07:00");
        check("America/Edmonton", "2026-10-15T09:00:00-06:00", Span::months(2), "2026-12-15T09:00:00-06:00");
    }

    #[test]
    fn a_time_that_does_not_exist_moves_to_the_end_of_the_gap() {
        check("Europe/Berlin", "2026-03-28T02:30:00+01:00", Span::days(1), "2026-03-29T03:00:00+02:00");
        check("Europe/Berlin", "2026-03-28T02:00:00+01:00", Span::days(1), "2026-03-29T03:00:00+02:00");
        check("Europe/Berlin", "2026-03-28T02:59:59.999+01:00", Span::days(1), "2026-03-29T03:00:00+02:00");
        check("Europe/Berlin", "2026-03-28T01:59:59.999+01:00", Span::days(1), "2026-03-29T01:59:59.999+01:00");
        check("America/New_York", "2026-02-08T02:15:00-05:00", Span::months(1), "2026-03-08T03:00:00-04:00");
        // By a rule for years to come, not by a listed change.
        check("Europe/Berlin", "2060-03-27T02:30:00+01:00", Span::days(1), "2060-03-28T03:00:00+02:00");
        // Half an hour, from 02:00 to 02:30.
        check("Australia/Lord_Howe", "2026-10-03T02:15:00+10:30", Span::days(1), "2026-10-04T02:30:00+11:00");
        // At midnight.
        check("America/Santiago", "2026-09-05T00:30:00-04:00", Span::days(1), "2026-09-06T01:00:00-03:00");
        // A whole day: Samoa crossed the date line, and there was no 30 December.
        check("Pacific/Apia", "2011-12-29T09:00:00-10:00", Span::days(1), "2011-12-31T00:00:00+14:00");
        check("Pacific/Apia", "2011-12-29T09:00:00-10:00", Span::days(2), "2011-12-31T09:00:00+14:00");
    }

    #[test]
    fn a_time_that_occurs_twice_means_the_first() {
        check("Europe/Berlin", "2026-10-24T02:30:00+02:00", Span::days(1), "2026-10-25T02:30:00+02:00");
        check("America/New_York", "2026-10-01T01:30:00-04:00", Span::months(1), "2026-11-01T01:30:00-04:00");
        check("Australia/Lord_Howe", "2026-04-04T01:45:00+11:00", Span::days(1), "2026-04-05T01:45:00+11:00");
    }

    #[test]
    fn the_same_hour_on_the_wall_is_another_instant_elsewhere() {
        let moved = |at, from, to| shown(same_on_the_wall(instant(at), zone(from), zone(to)), zone(to));
        let ten = "2026-03-05T10:00:00+01:00";
        assert_eq!(moved(ten, "Europe/Berlin", "America/New_York"), "2026-03-05T10:00:00-05:00");
        assert_eq!(moved(ten, "Europe/Berlin", "Asia/Tokyo"), "2026-03-05T10:00:00+09:00");
        // Where this hour does not exist, and where it comes twice.
        assert_eq!(
            moved("2026-03-08T02:30:00+01:00", "Europe/Berlin", "America/New_York"),
            "2026-03-08T03:00:00-04:00"
        );
        assert_eq!(
            moved("2026-11-01T01:30:00+01:00", "Europe/Berlin", "America/New_York"),
            "2026-11-01T01:30:00-04:00"
        );
        assert_eq!(same_on_the_wall(Instant::NEVER, zone("UTC"), zone("Asia/Tokyo")), Instant::NEVER);
    }

    #[test]
    fn days_of_the_calendar_are_found_in_their_zone() {
        let berlin = zone("Europe/Berlin");
        let found = |at: Instant| shown(at, berlin);
        let monday = instant("2026-03-02T09:00:00+01:00");
        assert_eq!(found(next_weekday(monday, 0, 540, berlin)), "2026-03-09T09:00:00+01:00");
        assert_eq!(found(next_weekday(monday.sub_ms(1), 0, 540, berlin)), "2026-03-02T09:00:00+01:00");
        assert_eq!(found(days_behind(monday, 27, Some(150), berlin)), "2026-03-29T03:00:00+02:00");
        assert_eq!(found(days_behind(monday, -1, None, berlin)), "2026-03-01T09:00:00+01:00");
        assert_eq!(later_date(20_484, -1, 0), Some(20_484 - 31), "31 January and 31 December");
        assert_eq!(later_date(20_484, 1, 3), Some(20_484 + 31), "the last of February, and three days more");
        assert_eq!(on_date(20_542, 0, berlin).map(|at| at.0), midnight("Europe/Berlin", 20_542));
        assert_eq!((on_date(i64::MAX, 0, berlin), later_date(i64::MAX, 0, 1)), (None, None));
        assert_eq!(found(next_clock(monday, 540, berlin)), "2026-03-03T09:00:00+01:00");
        assert_eq!(found(next_clock(monday.sub_ms(1), 540, berlin)), "2026-03-02T09:00:00+01:00");
        assert_eq!(next_clock(Instant::NEVER, 0, berlin), Instant::NEVER);
        // There was no 30 December 2011 in Apia, a Friday: the first instant behind it.
        let apia = zone("Pacific/Apia");
        let thursday = instant("2011-12-29T12:00:00-10:00");
        assert_eq!(shown(next_weekday(thursday, 4, 540, apia), apia), "2011-12-31T00:00:00+14:00");
        assert_eq!(shown(next_clock(thursday, 540, apia), apia), "2011-12-31T00:00:00+14:00");
        assert_eq!(next_weekday(Instant::NEVER, 0, 0, berlin), Instant::NEVER);
        assert_eq!(days_behind(Instant::NEVER, 1, None, berlin), Instant::NEVER);
    }

    #[test]
    fn business_is_done_from_monday_to_friday() {
        let berlin = zone("Europe/Berlin");
        let saturday = instant("2026-03-28T15:00:00+01:00");
        assert_eq!(
            shown(business_days_behind(saturday, 1, Holidays::NONE, berlin), berlin),
            "2026-03-30T15:00:00+02:00"
        );
        assert_eq!(
            shown(business_days_behind(saturday, 6, Holidays::NONE, berlin), berlin),
            "2026-04-06T15:00:00+02:00"
        );
        let hours =
            |at, hours: i64| shown(business_time_behind(at, hours * HOUR, (540, 1020), Holidays::NONE, berlin), berlin);
        assert_eq!(hours(saturday, 8), "2026-03-30T17:00:00+02:00");
        assert_eq!(hours(saturday, 9), "2026-03-31T10:00:00+02:00");
        // And back again.
        let none = Holidays::NONE;
        let (friday, tuesday) = (instant("2026-03-27T15:00:00+01:00"), instant("2026-03-31T10:00:00+02:00"));
        assert_eq!(business_time_between((friday, tuesday), (540, 1020), none, berlin), 11 * HOUR);
        for (ms, then) in [
            (0, "2026-03-31T10:00:00+02:00"),
            (HOUR, "2026-03-31T09:00:00+02:00"),
            (2 * HOUR, "2026-03-30T16:00:00+02:00"),
            (11 * HOUR, "2026-03-27T15:00:00+01:00"),
        ] {
            let before = business_time_before(tuesday, ms, (540, 1020), none, berlin);
            assert_eq!(shown(before, berlin), then);
            assert_eq!(business_time_behind(before, ms, (540, 1020), none, berlin), tuesday);
        }
        let between = |from, to| business_days_between(from, to, none, berlin);
        assert_eq!((between(friday, saturday), between(friday, tuesday), between(tuesday, friday)), (0, 2, 0));
        let before = |days| shown(business_days_before(tuesday, days, friday, none, berlin), berlin);
        assert_eq!(
            (before(0).as_str(), before(2).as_str()),
            ("2026-03-31T15:00:00+02:00", "2026-03-29T15:00:00+02:00")
        );
        assert_eq!(business_time_behind(Instant::NEVER, HOUR, (540, 1020), Holidays::NONE, berlin), Instant::NEVER);
        assert_eq!(business_days_behind(Instant::NEVER, 1, Holidays::NONE, berlin), Instant::NEVER);
    }

    #[test]
    fn elapsed_time_does_not_leave_the_second_of_two_equal_times() {
        check("Europe/Berlin", "2026-10-25T02:30:00+01:00", Span::ms(1), "2026-10-25T02:30:00.001+01:00");
        check("Europe/Berlin", "2026-10-25T02:30:00+01:00", Span::default(), "2026-10-25T02:30:00+01:00");
    }

    #[test]
    fn the_day_that_a_month_lacks_becomes_its_last() {
        check("UTC", "2026-01-31T09:00:00Z", Span::months(1), "2026-02-28T09:00:00+00:00");
        check("UTC", "2028-01-31T09:00:00Z", Span::months(1), "2028-02-29T09:00:00+00:00");
        check("UTC", "2026-03-31T09:00:00Z", Span::months(-1), "2026-02-28T09:00:00+00:00");
        check("UTC", "2028-02-29T09:00:00Z", Span::months(12), "2029-02-28T09:00:00+00:00");
        check("UTC", "2026-10-31T09:00:00Z", Span::months(13), "2027-11-30T09:00:00+00:00");
    }

    #[test]
    fn the_month_end_is_that_of_the_zone() {
        // Already February in Apia, so no day is lost there.
        check("Pacific/Apia", "2026-01-31T20:00:00Z", Span::months(1), "2026-03-01T09:00:00+13:00");
    }

    #[test]
    fn months_come_first_then_days_then_elapsed_time() {
        let span = Span { months: 1, days: 1, ms: 2 * HOUR };
        check("Europe/Berlin", "2026-01-31T09:00:00+01:00", span, "2026-03-01T11:00:00+01:00");
        let back = Span { months: 1, days: -1, ms: -HOUR };
        check("Europe/Berlin", "2026-01-31T09:00:00+01:00", back, "2026-02-27T08:00:00+01:00");
    }

    #[test]
    fn sums_beyond_the_calendar_saturate() {
        let berlin = zone("Europe/Berlin");
        let now = instant("2026-03-02T09:00:00Z");
        let year_20_000 = Instant(568_971_820_800_000);
        assert_eq!(add(now, Span::days(i32::MAX), berlin), Instant::NEVER);
        assert_eq!(add(now, Span::months(i32::MAX), berlin), Instant::NEVER);
        assert_eq!(add(now, Span::days(i32::MIN), berlin), Instant::MIN);
        assert_eq!(add(now, Span::months(i32::MIN), berlin), Instant::MIN);
        assert_eq!(add(now, Span::ms(i64::MAX), berlin), Instant::NEVER);
        assert_eq!(add(year_20_000, Span::days(-1), berlin), Instant::NEVER);
        assert_eq!(add(Instant::MIN, Span::days(1), berlin), Instant::MIN);
        assert_eq!(add(Instant::NEVER, Span::days(-1), berlin), Instant::NEVER);
        assert_eq!(add(Instant::NEVER, Span::default(), berlin), Instant::NEVER);
    }

    /// Every change of every zone's clocks from 1950 to 2040.
    fn changes() -> impl Iterator<Item = (Zone, Instant)> {
        let start = Timestamp::from_millisecond(instant("1950-01-01T00:00:00Z").0).unwrap();
        let end = instant("2040-01-01T00:00:00Z");
        Zones::bundled().iter().flat_map(move |zone| {
            let changes = zone.rules().following(start).map(|change| Instant(change.timestamp().as_millisecond()));
            changes.take_while(move |&change| change < end).map(move |change| (zone, change))
        })
    }

    #[test]
    fn the_end_of_a_gap_is_found_at_every_change_of_every_zone() {
        let mut gaps = 0;
        for (zone, change) in changes() {
            let last_before = wall_clock(change.sub_ms(1), zone).unwrap();
            let missing = last_before.checked_add(jiff::Span::new().milliseconds(1)).unwrap();
            if missing < wall_clock(change, zone).unwrap() {
                gaps += 1;
                assert_eq!(at(missing, zone), Some(change), "{zone} {change}");
            }
        }
        assert!(gaps > 10_000, "{gaps}");
    }

    #[test]
    fn a_time_that_clocks_have_shown_is_found_again_at_every_change_of_every_zone() {
        for (zone, change) in changes() {
            for minutes in [-90, -30, 0, 30, 90] {
                let instant = change.add_ms(minutes * 60_000);
                let local = wall_clock(instant, zone).unwrap();
                let found = at(local, zone).unwrap();
                assert!(found <= instant, "{zone} {local}: {found} is not the first");
                assert_eq!(wall_clock(found, zone), Some(local), "{zone} at {found}");
            }
        }
    }

    proptest! {
        #[test]
        fn days_keep_the_wall_clock_unless_it_falls_into_a_gap((zone, instant) in zone_and_instant(), days in -800i32..800) {
            prop_assume!(days != 0);
            let wanted = wall_clock(instant, zone).unwrap();
            let wanted = add_days(wanted.date(), days).unwrap().to_datetime(wanted.time());
            let sum = add(instant, Span::days(days), zone);
            let got = wall_clock(sum, zone).unwrap();
            prop_assert!(got >= wanted);
            if got != wanted {
                let just_before = wall_clock(sum.sub_ms(1), zone).unwrap();
                prop_assert!(just_before < wanted, "{} is valid, but {} came", wanted, got);
            }
        }

        #[test]
        fn a_later_wall_clock_is_never_an_earlier_instant((zone, instant) in zone_and_instant(), minutes in 0i64..3_000) {
            let local = wall_clock(instant, zone).unwrap();
            let later = local.checked_add(jiff::Span::new().minutes(minutes)).unwrap();
            prop_assert!(at(local, zone) <= at(later, zone));
            prop_assert!(at(local, zone).unwrap() <= instant);
        }
    }

    const HOUR: i64 = 3_600_000;
}
