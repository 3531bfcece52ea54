//! The hours in which mail may go out: `send on weekdays from 09:00 to 17:00 in contact timezone`.
//!
//! A window opens once on each of its days and closes at its end, or on the next day if that comes first by the clock: `from
//! 22:00 to 06:00 on friday` lasts into Saturday. Each opening is a stretch between two instants, so a day of 23, 25 or no hours
//! needs no rule of its own: a time in a gap is the gap's end, one that occurs twice is the first (see [`super::civil`]). An
//! opening that lies within a gap has no length and does not take place.

use jiff::civil::{Date, DateTime};

use super::{Holidays, Instant, Zone, civil};

/// Weekdays and a stretch of the day, by the clock of a zone yet to be named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SendWindow {
    days: u8,
    from_min: u16,
    to_min: u16,
    not_on_holidays: u8,
}

/// A window that cannot be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WindowError {
    /// It would never open.
    #[error("the send window has no day, so it would never open: name at least one, such as `monday`")]
    NoDay,
    /// A bit beyond Sunday's.
    #[error("the send window has a day that is not in the week: name days from `monday` to `sunday`")]
    NotAWeekday,
    /// An opening at or after midnight of the next day, in minutes.
    #[error("a send window cannot open {0} minutes after midnight: choose a time from `00:00` to `23:59`")]
    FromOutOfDay(u16),
    /// A closing after midnight of the next day, in minutes.
    #[error("a send window cannot close {0} minutes after midnight: choose a time from `00:00` to `24:00`")]
    ToOutOfDay(u16),
}

/// A stretch of time, its end not included.
#[derive(Clone, Copy)]
struct Opening {
    from: Instant,
    to: Instant,
}

const MINUTES_A_DAY: u16 = 24 * 60;

/// A window that opened yesterday may be open still.
const LOOK_BACK_DAYS: i32 = 1;
/// A window of one day a week opens within 7 days, or 7 later where a gap swallows that opening, and stretches of days without a
/// break (but not without end) are over by then too. One more because the opening of the first day may be over.
const LOOK_AHEAD_DAYS: i32 = 15;

impl SendWindow {
    /// The bits of all seven days.
    pub const EVERY_DAY: u8 = 0b111_1111;
    /// The bits of Monday to Friday.
    pub const WEEKDAYS: u8 = 0b001_1111;

    /// `days` has a bit for each weekday, Monday the lowest. Times are minutes from midnight. A window whose end is its start
    /// lasts until that time on the next day, so `0, 0` is the whole day; one whose end is before its start passes midnight
    /// and belongs to the day on which it opens.
    pub const fn new(days: u8, from_min: u16, to_min: u16) -> Result<SendWindow, WindowError> {
        if days == 0 {
            return Err(WindowError::NoDay);
        }
        if days & !Self::EVERY_DAY != 0 {
            return Err(WindowError::NotAWeekday);
        }
        if from_min >= MINUTES_A_DAY {
            return Err(WindowError::FromOutOfDay(from_min));
        }
        if to_min > MINUTES_A_DAY {
            return Err(WindowError::ToOutOfDay(to_min));
        }
        Ok(SendWindow { days, from_min, to_min, not_on_holidays: 0 })
    }

    /// The same, which does not open on those of its days that are holidays.
    #[must_use]
    pub const fn but_for_holidays(self, days: u8) -> SendWindow {
        SendWindow { not_on_holidays: days, ..self }
    }

    /// Whether it hangs on holidays.
    pub const fn asks_holidays(&self) -> bool {
        self.not_on_holidays != 0
    }

    /// Whether mail may leave at `now`; never at [`Instant::NEVER`].
    pub fn is_open(&self, now: Instant, zone: Zone) -> bool {
        self.opens_at(now, zone) == now && now != Instant::NEVER
    }

    /// `now` if the window is open, else when it opens next. [`Instant::NEVER`] at the calendar's end.
    pub fn opens_at(&self, now: Instant, zone: Zone) -> Instant {
        self.opens_beside(Holidays::NONE, now, zone)
    }

    /// The same of somebody who has such holidays.
    pub fn opens_beside(&self, holidays: Holidays<'_>, now: Instant, zone: Zone) -> Instant {
        self.openings(holidays, now, zone).next().map_or(Instant::NEVER, |opening| opening.from.max(now))
    }

    /// When the stretch that [`opens_at`](Self::opens_at) gives comes to its end: the first instant from then on at which the
    /// window is not open. [`Instant::NEVER`] if it always is.
    pub fn closes_at(&self, now: Instant, zone: Zone) -> Instant {
        self.closes_beside(Holidays::NONE, now, zone)
    }

    /// The same of somebody who has such holidays.
    pub fn closes_beside(&self, holidays: Holidays<'_>, now: Instant, zone: Zone) -> Instant {
        let mut openings = self.openings(holidays, now, zone);
        let is_always_open = self.is_always_open();
        let Some(first) = openings.next().filter(|_| !is_always_open || self.asks_holidays()) else {
            return Instant::NEVER;
        };
        // The next day may open at the very instant at which this one closes.
        let closes = |closes_at, next: Opening| if next.from > closes_at { Err(closes_at) } else { Ok(next.to) };
        match openings.try_fold(first.to, closes) {
            // None of the days to come is a holiday.
            Ok(_) if is_always_open => Instant::NEVER,
            Ok(closes_at) | Err(closes_at) => closes_at,
        }
    }

    fn is_always_open(&self) -> bool {
        let whole_day = self.from_min == self.to_min % MINUTES_A_DAY;
        self.days == SendWindow::EVERY_DAY && whole_day
    }

    /// Those that are not over at `now`, in their order: a bounded list, long enough to hold one.
    fn openings(&self, holidays: Holidays<'_>, now: Instant, zone: Zone) -> impl Iterator<Item = Opening> {
        let today = civil::wall_clock(now, zone).map(DateTime::date);
        // Each holiday takes one opening away at most.
        let ahead =
            if self.asks_holidays() { LOOK_AHEAD_DAYS.saturating_add(holidays.number()) } else { LOOK_AHEAD_DAYS };
        let dates = (-LOOK_BACK_DAYS..=ahead).filter_map(move |days| civil::add_days(today?, days));
        dates
            .filter(move |date| self.has_day(*date, holidays))
            .filter_map(move |date| self.opening_on(date, zone))
            .filter(move |opening| opening.from < opening.to && now < opening.to)
    }

    fn has_day(&self, date: Date, holidays: Holidays<'_>) -> bool {
        let has = |days: u8| days >> date.weekday().to_monday_zero_offset() & 1 == 1;
        has(self.days) && !(has(self.not_on_holidays) && holidays.contain(date))
    }

    fn opening_on(&self, date: Date, zone: Zone) -> Option<Opening> {
        let next_day = self.to_min <= self.from_min;
        let last_date = if next_day { civil::add_days(date, 1)? } else { date };
        Some(Opening {
            from: civil::at(civil::on_day(date, self.from_min)?, zone)?,
            to: civil::at(civil::on_day(last_date, self.to_min)?, zone)?,
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::super::testing::{instant, zone, zone_and_instant};
    use super::*;
    use proptest::prelude::*;

    const MONDAY: u8 = 1;
    const FRIDAY: u8 = 1 << 4;
    const SUNDAY: u8 = 1 << 6;
    const MINUTE_MS: i64 = 60_000;

    fn window(days: u8, from: &str, to: &str) -> SendWindow {
        let minute = |text: &str| {
            let (hours, minutes) = text.split_once(':').unwrap();
            hours.parse::<u16>().unwrap() * 60 + minutes.parse::<u16>().unwrap()
        };
        SendWindow::new(days, minute(from), minute(to)).unwrap()
    }

    fn weekdays_nine_to_five() -> SendWindow {
        window(SendWindow::WEEKDAYS, "09:00", "17:00")
    }

    #[track_caller]
    fn check(window: SendWindow, zone_name: &str, now: &str, opens: &str, closes: &str) {
        let (zone, now) = (zone(zone_name), instant(now));
        let got = (window.opens_at(now, zone).to_string(), window.closes_at(now, zone).to_string());
        let expected = (instant(opens).to_string(), instant(closes).to_string());
        assert_eq!(got, expected, "{zone_name} at {now}: {window:?}");
    }

    #[test]
    fn an_open_window_opens_now_and_a_closed_one_on_its_next_day() {
        let berlin = "Europe/Berlin";
        for (now, opens, closes) in [
            // Monday
            ("2026-03-02T08:59:59.999+01:00", "2026-03-02T09:00:00+01:00", "2026-03-02T17:00:00+01:00"),
            ("2026-03-02T09:00:00+01:00", "2026-03-02T09:00:00+01:00", "2026-03-02T17:00:00+01:00"),
            ("2026-03-02T16:59:59.999+01:00", "2026-03-02T16:59:59.999+01:00", "2026-03-02T17:00:00+01:00"),
            ("2026-03-02T17:00:00+01:00", "2026-03-03T09:00:00+01:00", "2026-03-03T17:00:00+01:00"),
            // Friday evening, over the change of the clocks on Sunday
            ("2026-03-27T18:00:00+01:00", "2026-03-30T09:00:00+02:00", "2026-03-30T17:00:00+02:00"),
        ] {
            check(weekdays_nine_to_five(), berlin, now, opens, closes);
        }
    }

    #[test]
    fn the_weekday_is_that_of_the_zone() {
        // Sunday evening in UTC is Monday morning in Apia.
        let now = "2026-03-01T20:30:00Z";
        check(weekdays_nine_to_five(), "Pacific/Apia", now, now, "2026-03-02T04:00:00Z");
        check(weekdays_nine_to_five(), "America/Vancouver", now, "2026-03-02T17:00:00Z", "2026-03-03T01:00:00Z");
    }

    #[test]
    fn the_offset_is_that_of_the_day_itself() {
        // Monday, 17:00 in Lord Howe and earlier west of it.
        let now = "2026-12-14T06:00:00Z";
        for (name, opens, closes) in [
            ("Europe/Berlin", "2026-12-14T08:00:00Z", "2026-12-14T16:00:00Z"),
            ("America/New_York", "2026-12-14T14:00:00Z", "2026-12-14T22:00:00Z"),
            ("America/Vancouver", "2026-12-14T16:00:00Z", "2026-12-15T00:00:00Z"),
            ("America/Edmonton", "2026-12-14T15:00:00Z", "2026-12-14T23:00:00Z"),
            ("Africa/Casablanca", "2026-12-14T09:00:00Z", "2026-12-14T17:00:00Z"),
            ("Australia/Lord_Howe", "2026-12-14T22:00:00Z", "2026-12-15T06:00:00Z"),
            ("Pacific/Apia", "2026-12-14T20:00:00Z", "2026-12-15T04:00:00Z"),
        ] {
            check(weekdays_nine_to_five(), name, now, opens, closes);
        }
    }

    #[test]
    fn a_window_past_midnight_belongs_to_the_day_on_which_it_opens() {
        let night = window(FRIDAY, "22:00", "06:00");
        let (opens, closes) = ("2026-03-06T22:00:00Z", "2026-03-07T06:00:00Z");
        check(night, "UTC", "2026-03-06T05:00:00Z", opens, closes);
        check(night, "UTC", "2026-03-06T23:00:00Z", "2026-03-06T23:00:00Z", closes);
        check(night, "UTC", "2026-03-07T05:59:00Z", "2026-03-07T05:59:00Z", closes);
        check(night, "UTC", "2026-03-07T06:00:00Z", "2026-03-13T22:00:00Z", "2026-03-14T06:00:00Z");
    }

    #[test]
    fn a_window_that_ends_at_its_start_lasts_a_day() {
        let monday = window(MONDAY, "00:00", "00:00");
        assert_eq!(
            window(MONDAY, "00:00", "24:00").opens_at(Instant(0), zone("UTC")),
            monday.opens_at(Instant(0), zone("UTC"))
        );
        check(monday, "UTC", "2026-03-01T12:00:00Z", "2026-03-02T00:00:00Z", "2026-03-03T00:00:00Z");
        check(monday, "UTC", "2026-03-03T00:00:00Z", "2026-03-09T00:00:00Z", "2026-03-10T00:00:00Z");
        let from_nine = window(MONDAY, "09:00", "09:00");
        check(from_nine, "UTC", "2026-03-03T08:00:00Z", "2026-03-03T08:00:00Z", "2026-03-03T09:00:00Z");
    }

    #[test]
    fn days_without_a_break_between_them_close_once() {
        let weekdays = window(SendWindow::WEEKDAYS, "00:00", "24:00");
        check(weekdays, "Europe/Berlin", "2026-03-25T12:00:00Z", "2026-03-25T12:00:00Z", "2026-03-28T00:00:00+01:00");
    }

    #[test]
    fn a_window_without_a_break_never_closes() {
        let (berlin, now) = (zone("Europe/Berlin"), instant("2026-03-25T12:00:00Z"));
        for (from, to) in [("00:00", "00:00"), ("00:00", "24:00"), ("09:00", "09:00")] {
            let always = window(SendWindow::EVERY_DAY, from, to);
            assert_eq!(always.opens_at(now, berlin), now);
            assert_eq!(always.closes_at(now, berlin), Instant::NEVER);
        }
    }

    #[test]
    fn a_stretch_of_days_may_run_on_over_a_missing_one() {
        // Every day but Friday, and Samoa had no Friday, 30 December 2011.
        let window = window(SendWindow::EVERY_DAY & !FRIDAY, "00:00", "24:00");
        let now = "2011-12-23T00:00:00-10:00";
        check(window, "Pacific/Apia", now, "2011-12-24T00:00:00-10:00", "2012-01-06T00:00:00+14:00");
    }

    #[test]
    fn a_time_in_a_gap_is_the_end_of_the_gap() {
        let berlin = "Europe/Berlin";
        let (gap_ends, now) = ("2026-03-29T03:00:00+02:00", "2026-03-29T00:30:00+01:00");
        check(window(SUNDAY, "02:30", "05:00"), berlin, now, gap_ends, "2026-03-29T05:00:00+02:00");
        check(window(SUNDAY, "01:00", "02:30"), berlin, now, "2026-03-29T01:00:00+01:00", gap_ends);
    }

    #[test]
    fn an_opening_within_a_gap_does_not_take_place() {
        let now = "2026-03-29T00:30:00+01:00";
        let within = window(SUNDAY, "02:15", "02:45");
        check(within, "Europe/Berlin", now, "2026-04-05T02:15:00+02:00", "2026-04-05T02:45:00+02:00");
        // The search starts on the Sunday before and has to pass the one in the gap.
        let now = "2026-03-22T02:45:00+01:00";
        check(within, "Europe/Berlin", now, "2026-04-05T02:15:00+02:00", "2026-04-05T02:45:00+02:00");
        // Samoa had no Friday, 30 December 2011.
        let fridays = window(FRIDAY, "09:00", "17:00");
        check(
            fridays,
            "Pacific/Apia",
            "2011-12-29T12:00:00-10:00",
            "2012-01-06T09:00:00+14:00",
            "2012-01-06T17:00:00+14:00",
        );
    }

    #[test]
    fn a_time_that_occurs_twice_is_the_first() {
        let berlin = "Europe/Berlin";
        let (first, second) = ("2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00");
        let until = window(SUNDAY, "01:00", "02:30");
        check(until, berlin, "2026-10-25T02:29:00+02:00", "2026-10-25T02:29:00+02:00", first);
        check(until, berlin, "2026-10-25T02:29:00+01:00", "2026-11-01T01:00:00+01:00", "2026-11-01T02:30:00+01:00");
        let since = window(SUNDAY, "02:30", "05:00");
        check(since, berlin, "2026-10-25T02:00:00+02:00", first, "2026-10-25T05:00:00+01:00");
        // The clock shows 02:00 again, but the window is open and stays so.
        check(since, berlin, "2026-10-25T02:00:00+01:00", "2026-10-25T02:00:00+01:00", "2026-10-25T05:00:00+01:00");
        check(since, berlin, second, second, "2026-10-25T05:00:00+01:00");
    }

    #[test]
    fn a_night_is_an_hour_shorter_or_longer_when_the_clocks_change() {
        let night = window(SendWindow::EVERY_DAY, "22:00", "06:00");
        for (now, closes, hours) in [
            ("2026-03-28T22:00:00+01:00", "2026-03-29T06:00:00+02:00", 7),
            ("2026-10-24T22:00:00+02:00", "2026-10-25T06:00:00+01:00", 9),
        ] {
            check(night, "Europe/Berlin", now, now, closes);
            assert_eq!(instant(closes).ms_since(instant(now)), hours * 60 * MINUTE_MS);
        }
    }

    #[test]
    fn beyond_the_calendar_no_window_opens() {
        let berlin = zone("Europe/Berlin");
        for now in [Instant::MIN, Instant(i64::MAX - 1), Instant::NEVER] {
            assert_eq!(weekdays_nine_to_five().opens_at(now, berlin), Instant::NEVER);
            assert_eq!(weekdays_nine_to_five().closes_at(now, berlin), Instant::NEVER);
            assert!(!weekdays_nine_to_five().is_open(now, berlin));
        }
    }

    #[test]
    fn a_window_that_cannot_be_is_refused() {
        for (days, from, to, error) in [
            (0, 0, 0, WindowError::NoDay),
            (0b1000_0001, 0, 0, WindowError::NotAWeekday),
            (1, 1440, 0, WindowError::FromOutOfDay(1440)),
            (1, 0, 1441, WindowError::ToOutOfDay(1441)),
        ] {
            assert_eq!(SendWindow::new(days, from, to), Err(error));
        }
        assert!(SendWindow::new(1, 1439, 1440).is_ok());
    }

    /// Often at midnight or in the small hours, where clocks change, and often with every day.
    fn any_window() -> impl Strategy<Value = SendWindow> {
        let minute = || prop_oneof![0u16..1440, prop::sample::select(vec![0, 60, 90, 120, 135, 150, 180])];
        let days = prop_oneof![1u8..=SendWindow::EVERY_DAY, Just(SendWindow::EVERY_DAY)];
        (days, minute(), prop_oneof![minute(), Just(1440)])
            .prop_map(|(days, from, to)| SendWindow::new(days, from, to).unwrap())
    }

    /// The window by what the clock shows, without openings: right wherever no clock changes.
    fn is_open_by_the_clock(window: SendWindow, now: Instant) -> bool {
        let minutes = now.0.div_euclid(MINUTE_MS);
        let minute = u16::try_from(minutes.rem_euclid(1440)).unwrap();
        // 1 January 1970 was a Thursday.
        let weekday = (minutes.div_euclid(1440) + 3).rem_euclid(7);
        let has = |weekday: i64| window.days >> weekday.rem_euclid(7) & 1 == 1;
        if window.from_min < window.to_min {
            return has(weekday) && (window.from_min..window.to_min).contains(&minute);
        }
        (has(weekday) && minute >= window.from_min) || (has(weekday - 1) && minute < window.to_min)
    }

    proptest! {
        #[test]
        fn a_window_opens_from_now_on_and_is_open_then((zone, now) in zone_and_instant(), window in any_window()) {
            let opens_at = window.opens_at(now, zone);
            prop_assert!(opens_at >= now && opens_at != Instant::NEVER);
            prop_assert_eq!(window.opens_at(opens_at, zone), opens_at);
            prop_assert!(window.is_open(opens_at, zone));
            prop_assert!(opens_at == now || !window.is_open(opens_at.sub_ms(1), zone));
        }

        #[test]
        fn a_window_is_open_until_it_closes((zone, now) in zone_and_instant(), window in any_window()) {
            let (opens_at, closes_at) = (window.opens_at(now, zone), window.closes_at(now, zone));
            prop_assert!(closes_at > opens_at);
            let every_minute = (0..7 * 1440).all(|minute| is_open_by_the_clock(window, Instant(minute * MINUTE_MS)));
            prop_assert_eq!(closes_at == Instant::NEVER, every_minute);
            prop_assert!(closes_at == Instant::NEVER || window.is_open(closes_at.sub_ms(1), zone));
            prop_assert!(!window.is_open(closes_at, zone));
        }

        #[test]
        fn without_changes_of_the_clock_a_search_by_the_minute_agrees(
            minute in 0i64..70_000_000, window in any_window()
        ) {
            let now = Instant(minute * MINUTE_MS);
            let found = (0..=14 * 1440).map(|ahead| now.add_ms(ahead * MINUTE_MS)).find(|&at| is_open_by_the_clock(window, at));
            prop_assert_eq!(Some(window.opens_at(now, zone("UTC"))), found);
        }
    }
}
