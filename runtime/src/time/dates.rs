//! Days of the calendar at which people come in: so many days before a date, each year, or by a schedule.
//!
//! A day is a number, counted from 1970-01-01. 29 February is 28 February in other years.

use super::civil::{self, add_days, at, wall_clock};
use super::{Instant, Zone};
use flow_ir::ScheduleDay;
use jiff::civil::Date;

/// How many days around an instant the occurrences of a schedule are looked for: the last tuesday of a month is at most as far from the next.
const AROUND_DAYS: i32 = 70;
const WEEK_DAYS: i32 = 7;
const MINUTES_AN_HOUR: u16 = 60;

/// A day, moved by months and then by days, at a time of it.
#[derive(Debug, Clone, Copy)]
pub struct DayTime {
    /// Calendar months, and days; of what comes before, both below zero.
    pub months: i32,
    /// As `months`.
    pub days: i32,
    /// Minutes from midnight.
    pub minutes: u16,
}

/// An occurrence: its year or its day, and when it is.
pub type Occurrence = (i64, Instant);

fn date_of(day: i64) -> Option<Date> {
    Date::constant(1970, 1, 1).checked_add(jiff::Span::new().try_days(day).ok()?).ok()
}

fn number_of(date: Date) -> i64 {
    civil::days_since_epoch(date).into()
}

/// The day that calendars in a zone show, as a number.
pub fn day_of(instant: Instant, zone: Zone) -> Option<i64> {
    Some(number_of(wall_clock(instant, zone)?.date()))
}

/// What was at an instant by the clocks of one zone, by those of another: the same hour on the wall, or the minute of that day that was named, which
/// the first clocks may have left out.
pub fn moved(instant: Instant, minute: Option<u16>, from: Zone, to: Zone) -> Instant {
    let of_its_day = |minutes| DayTime { months: 0, days: 0, minutes }.of(day_of(instant, from)?, to);
    minute.and_then(of_its_day).unwrap_or_else(|| civil::same_on_the_wall(instant, from, to))
}

impl DayTime {
    /// When it is of a day.
    pub fn of(self, day: i64, zone: Zone) -> Option<Instant> {
        self.of_date(date_of(day)?, zone)
    }

    fn of_date(self, date: Date, zone: Zone) -> Option<Instant> {
        let date = date.checked_add(jiff::Span::new().try_months(self.months).ok()?).ok()?;
        let date = add_days(date, self.days)?;
        let (hour, minute) = (self.minutes / MINUTES_AN_HOUR, self.minutes % MINUTES_AN_HOUR);
        at(date.at(i8::try_from(hour).ok()?, i8::try_from(minute).ok()?, 0, 0), zone)
    }

    /// Whether a year is that of the day itself.
    pub fn is_year_of(self, year: i64, day: i64) -> bool {
        date_of(day).is_some_and(|date| i64::from(date.year()) == year)
    }

    /// The years of a day around an instant, from the day itself on, with when they are.
    pub fn years_of(self, day: i64, around: Instant, zone: Zone) -> Vec<Occurrence> {
        let (Some(first), Some(now)) = (date_of(day), wall_clock(around, zone)) else { return Vec::new() };
        let from = first.year().max(now.date().year().saturating_sub(2));
        let until = now.date().year().saturating_add(2).max(first.year());
        (from..=until).filter_map(|year| Some((year.into(), self.of_date(in_year(first, year)?, zone)?))).collect()
    }
}

/// A day in another year.
fn in_year(date: Date, year: i16) -> Option<Date> {
    Date::new(year, date.month(), date.day()).or_else(|_| Date::new(year, date.month(), date.day() - 1)).ok()
}

/// The days of a schedule around an instant, with when they are.
pub fn scheduled(day: ScheduleDay, minutes: u16, around: Instant, zone: Zone) -> Vec<Occurrence> {
    let time = DayTime { months: 0, days: 0, minutes };
    let weekday = match day {
        ScheduleDay::On(day) => return time.of(day, zone).map(|at| (day, at)).into_iter().collect(),
        ScheduleDay::Every(weekday) | ScheduleDay::Nth(_, weekday) | ScheduleDay::Last(weekday) => weekday,
    };
    let Some(today) = wall_clock(around, zone).map(|wall| wall.date()) else { return Vec::new() };
    let ahead = i32::from(weekday) - i32::from(today.weekday().to_monday_zero_offset());
    let weeks = (-AROUND_DAYS / WEEK_DAYS)..=(AROUND_DAYS / WEEK_DAYS);
    let dates = weeks.filter_map(|week| add_days(today, ahead + week * WEEK_DAYS)).filter(|date| is_meant(day, *date));
    dates.filter_map(|date| Some((number_of(date), time.of_date(date, zone)?))).collect()
}

/// Whether a day of the right weekday is one of the schedule's.
fn is_meant(day: ScheduleDay, date: Date) -> bool {
    match day {
        ScheduleDay::On(_) | ScheduleDay::Every(_) => true,
        ScheduleDay::Nth(nth, _) => (i32::from(date.day()) - 1) / WEEK_DAYS + 1 == i32::from(nth),
        ScheduleDay::Last(_) => i32::from(date.days_in_month()) - i32::from(date.day()) < WEEK_DAYS,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::super::testing::{instant, zone};
    use super::*;

    fn day(date: &str) -> i64 {
        number_of(date.parse().unwrap())
    }

    fn shown(occurrences: Vec<Occurrence>, zone: Zone) -> Vec<String> {
        occurrences.into_iter().map(|(_, at)| civil::minute(at, zone).unwrap()).collect()
    }

    #[test]
    fn a_day_before_keeps_the_wall_clock_and_the_months_end() {
        let berlin = zone("Europe/Berlin");
        let at = |months, days, date: &str| {
            civil::minute(DayTime { months, days, minutes: 150 }.of(day(date), berlin).unwrap(), berlin).unwrap()
        };
        assert_eq!(at(0, -30, "2026-05-01"), "2026-04-01 02:30");
        assert_eq!(at(-1, 0, "2026-03-31"), "2026-02-28 02:30");
        // The clocks are put forward at two.
        assert_eq!(at(0, 0, "2026-03-29"), "2026-03-29 03:00");
    }

    /// On 8 March at 02:30 there is no such time in New York, where it is 03:00 at once; in Tokyo there is.
    #[test]
    fn another_zone_has_the_hour_that_was_meant() {
        let (there, tokyo) = (zone("America/New_York"), zone("Asia/Tokyo"));
        let at = DayTime { months: 0, days: 0, minutes: 150 }.of(day("2026-03-08"), there).unwrap();
        assert_eq!(civil::minute(at, there).unwrap(), "2026-03-08 03:00");
        assert_eq!(civil::minute(moved(at, Some(150), there, tokyo), tokyo).unwrap(), "2026-03-08 02:30");
        assert_eq!(civil::minute(moved(at, None, there, tokyo), tokyo).unwrap(), "2026-03-08 03:00");
    }

    #[test]
    fn the_29th_of_february_is_the_28th_in_other_years() {
        let utc = zone("UTC");
        let time = DayTime { months: 0, days: 0, minutes: 540 };
        let years = time.years_of(day("1996-02-29"), instant("2027-06-01T00:00:00Z"), utc);
        assert_eq!(
            shown(years, utc),
            ["2025-02-28 09:00", "2026-02-28 09:00", "2027-02-28 09:00", "2028-02-29 09:00", "2029-02-28 09:00"]
        );
        let years = time.years_of(day("2040-01-05"), instant("2027-06-01T00:00:00Z"), utc);
        assert_eq!(shown(years, utc), ["2040-01-05 09:00"], "from the day itself on");
    }

    #[test]
    fn schedules_name_days_of_the_week_and_of_the_month() {
        let utc = zone("UTC");
        let in_month = |day| {
            let all = shown(scheduled(day, 540, instant("2026-03-15T00:00:00Z"), utc), utc);
            all.into_iter()
                .filter(|at| at.starts_with("2026-03"))
                .map(|at| at.get(8..10).unwrap_or_default().to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(in_month(ScheduleDay::Every(0)), ["02", "09", "16", "23", "30"]);
        assert_eq!(in_month(ScheduleDay::Nth(2, 1)), ["10"]);
        assert_eq!(in_month(ScheduleDay::Nth(1, 6)), ["01"]);
        assert_eq!(in_month(ScheduleDay::Last(0)), ["30"]);
        assert_eq!(in_month(ScheduleDay::Last(4)), ["27"]);
        assert_eq!(in_month(ScheduleDay::On(day("2026-03-31"))), ["31"]);
    }
}
