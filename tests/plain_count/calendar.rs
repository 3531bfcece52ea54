//! Instants in milliseconds of UTC, and the wall clock in somebody's zone.

use jiff::civil::{Date, DateTime, Weekday, time};
use jiff::tz::{AmbiguousOffset, TimeZone, TimeZoneDatabase};
use jiff::{Span, Timestamp};

pub(crate) type Ms = i64;

pub(crate) const SECOND: Ms = 1000;
pub(crate) const HOUR: Ms = 3600 * SECOND;
pub(crate) const DAY: Ms = 24 * HOUR;

const WINDOW_OPENS: i8 = 9;
const WINDOW_CLOSES: i8 = 17;

/// The zone of this name, if there is one.
pub(crate) fn zone(name: &str) -> Option<TimeZone> {
    TimeZoneDatabase::bundled().get(name).ok()
}

/// An instant as streams write it: ISO 8601 with `Z` or an offset.
pub(crate) fn parse(text: &str) -> Option<Ms> {
    text.parse::<Timestamp>().ok().map(Timestamp::as_millisecond)
}

pub(crate) fn date(text: &str) -> Option<Date> {
    text.parse().ok().filter(|_| text.len() == "2026-03-02".len())
}

/// The same time on the wall, so many days later.
pub(crate) fn plus_days(at: Ms, days: i64, zone: &TimeZone) -> Ms {
    instant(wall_after(at, days, zone), zone)
}

/// What clocks on the wall show so many days later.
pub(crate) fn wall_after(at: Ms, days: i64, zone: &TimeZone) -> DateTime {
    local(at, zone) + Span::new().days(days)
}

/// Weekdays from 09:00 to 17:00; at 17:00 it is over.
pub(crate) fn is_open(at: Ms, zone: &TimeZone) -> bool {
    let wall = local(at, zone);
    is_weekday(wall.date()) && (WINDOW_OPENS..WINDOW_CLOSES).contains(&wall.hour())
}

/// The first 09:00 of a weekday after this instant.
pub(crate) fn next_opening(at: Ms, zone: &TimeZone) -> Ms {
    let mut day = local(at, zone).date();
    loop {
        let opens = instant(day.to_datetime(time(WINDOW_OPENS, 0, 0, 0)), zone);
        if is_weekday(day) && opens > at {
            return opens;
        }
        day += Span::new().days(1);
    }
}

fn is_weekday(day: Date) -> bool {
    !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
}

/// What clocks on the wall show there.
pub(crate) fn local(at: Ms, zone: &TimeZone) -> DateTime {
    zone.to_datetime(Timestamp::from_millisecond(at).unwrap())
}

/// The instant of a time on the wall. One that occurs twice means the first; one that does not exist, the moment the clock jumps.
pub(crate) fn instant(wall: DateTime, zone: &TimeZone) -> Ms {
    let at = match zone.to_ambiguous_timestamp(wall).offset() {
        AmbiguousOffset::Unambiguous { offset } => offset.to_timestamp(wall).unwrap(),
        AmbiguousOffset::Fold { before, .. } => before.to_timestamp(wall).unwrap(),
        AmbiguousOffset::Gap { after, .. } => {
            let just_before = after.to_timestamp(wall).unwrap();
            zone.following(just_before).next().unwrap().timestamp()
        }
    };
    at.as_millisecond()
}

#[test]
fn the_wall_clock_decides() {
    let at = |text| parse(text).unwrap();
    let berlin = zone("Europe/Berlin").unwrap();
    assert_eq!(plus_days(at("2026-03-28T08:00:00Z"), 2, &berlin), at("2026-03-30T07:00:00Z"), "09:00 stays 09:00");
    assert_eq!(plus_days(at("2026-03-27T01:30:00Z"), 2, &berlin), at("2026-03-29T01:00:00Z"), "02:30 does not exist");
    assert_eq!(plus_days(at("2026-10-23T00:30:00Z"), 2, &berlin), at("2026-10-25T00:30:00Z"), "02:30 comes twice");
    assert!(is_open(at("2026-03-27T15:59:59.999Z"), &berlin));
    assert!(!is_open(at("2026-03-27T16:00:00Z"), &berlin));
    assert_eq!(next_opening(at("2026-03-27T16:00:00Z"), &berlin), at("2026-03-30T07:00:00Z"), "over the weekend");
    assert_eq!(next_opening(at("2026-03-30T06:59:59Z"), &berlin), at("2026-03-30T07:00:00Z"));
    assert!(zone("GMT+25").is_none() && zone("Mars/Olympus").is_none());
}
