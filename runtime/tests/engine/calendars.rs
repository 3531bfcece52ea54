//! Holidays: whose they are, which waits and which hours hang on them, and what becomes of these when somebody moves.

use crate::support::{World, at, world};
use serde_json::json;

/// Good Friday and Easter Monday of 2026 in Germany; Italy has the Monday alone; whoever has no other has the Friday.
const CALENDARS: &str = "calendar germany for country is \"DE\" { 2026-04-06, 2026-04-03 }
calendar south for country in (\"IT\", \"ES\") or country is \"Portugal\" { 2026-04-06 }
calendar rest { 2026-04-03 }\n";
/// Thursday before Easter, 15:00 by the clocks of Berlin.
const THURSDAY: &str = "2026-04-02 13:00";

/// Somebody in Berlin, whatever their country, who signs up.
fn signed_up(calendars: &str, steps: &str, country: &str, when: &str) -> World {
    let text = format!("{calendars}workflow w {{ enter when signed_up; reenter never; {steps} }}");
    let mut world = world(&text);
    let known = [("timezone", "Europe/Berlin"), ("country", country)];
    world.contact("ada", if country.is_empty() { &known[..1] } else { &known });
    world.at(when).event("ada", "signed_up", json!({})).run();
    world
}

/// When the journey of such a one has ended.
fn over_at(calendars: &str, steps: &str, country: &str, when: &str) -> i64 {
    let mut world = signed_up(calendars, steps, country, when);
    world.reopen().at("2027-12-31").run();
    world.journeys("ada")[0].ended_at.unwrap()
}

#[test]
fn business_days_and_hours_count_no_holiday_of_ones_own_country() {
    for (country, steps, over) in [
        ("DE", "wait 1 business day", "2026-04-07 13:00"),
        ("IT", "wait 1 business day", "2026-04-03 13:00"),
        ("IT", "wait 2 business days", "2026-04-07 13:00"),
        ("PT", "wait 2 business days", "2026-04-07 13:00"),
        // Of France there is no calendar, and of somebody nobody knows where.
        ("FR", "wait 1 business day", "2026-04-06 13:00"),
        ("", "wait 1 business day", "2026-04-06 13:00"),
        // Two hours of Thursday are left.
        ("DE", "wait 2 business hours", "2026-04-02 15:00"),
        ("DE", "wait 3 business hours", "2026-04-07 08:00"),
        ("IT", "wait 11 business hours", "2026-04-07 08:00"),
        // A wait that counts all days knows no holidays.
        ("DE", "wait 1 day", "2026-04-03 13:00"),
    ] {
        assert_eq!(over_at(CALENDARS, steps, country, THURSDAY), at(over), "{country}, {steps}");
    }
    assert_eq!(over_at("", "wait 1 business day", "DE", THURSDAY), at("2026-04-03 13:00"), "nobody has holidays");
}

/// What happens at the instant at which a wait is over comes before that (E1).
#[test]
fn who_moves_at_the_instant_at_which_their_wait_is_over_waits_anew() {
    let mut world = signed_up(CALENDARS, "wait 1 business day", "IT", THURSDAY);
    world.at("2026-04-03 13:00").identify("ada", &[("country", "DE")]).run();
    world.reopen().at("2027-12-31").run();
    assert_eq!(world.journeys("ada")[0].ended_at.unwrap(), at("2026-04-07 13:00"));
}

/// Days are counted by the country, and the hour stays what the wall shows: whichever of the two changes first.
#[test]
fn a_country_and_a_zone_that_change_together_do_so_in_any_order() {
    let moves: [&[&[(&str, &str)]]; 3] = [
        &[&[("country", "US"), ("timezone", "America/New_York")]],
        &[&[("country", "US")], &[("timezone", "America/New_York")]],
        &[&[("timezone", "America/New_York")], &[("country", "US")]],
    ];
    for moves in moves {
        let mut world = signed_up(CALENDARS, "wait 1 business day", "DE", THURSDAY);
        for said in moves {
            world.at("2026-04-02 16:00").identify("ada", said).run();
        }
        world.reopen().at("2027-12-31").run();
        // The calendar of the rest has Good Friday off, so it is Monday, 15:00 in New York.
        assert_eq!(world.journeys("ada")[0].ended_at.unwrap(), at("2026-04-06 19:00"), "{moves:?}");
    }
}

#[test]
fn a_holiday_is_no_weekday_of_a_window_unless_it_is_named() {
    const GOOD_FRIDAY: &str = "2026-04-03 08:00";
    for (country, days, sent) in [
        ("DE", "weekdays", "2026-04-07 07:00"),
        ("IT", "weekdays", GOOD_FRIDAY),
        ("", "weekdays", "2026-04-06 07:00"),
        ("DE", "weekdays and saturday", "2026-04-04 07:00"),
        ("DE", "weekdays, friday", GOOD_FRIDAY),
        ("DE", "every day", GOOD_FRIDAY),
        ("DE", "monday", "2026-04-06 07:00"),
    ] {
        let steps = format!("send on {days} from 09:00 to 17:00 in contact timezone; send hello");
        assert_eq!(over_at(CALENDARS, &steps, country, GOOD_FRIDAY), at(sent), "{country}, {days}");
    }
}

/// It is the day on the contact's own wall: in Tokyo Christmas is over when it begins in New York.
#[test]
fn a_holiday_is_a_day_at_home() {
    for (zone, over) in [("Asia/Tokyo", "2026-12-27 15:00"), ("America/New_York", "2026-12-28 05:00")] {
        let text = "calendar all { 2026-12-25 }
workflow w { enter when signed_up; reenter never; send on weekdays in contact timezone; send hello }";
        let mut world = world(text);
        world.contact("ada", &[("timezone", zone)]);
        world.at("2026-12-25 14:59").event("ada", "signed_up", json!({})).run();
        // A minute later Saturday begins in Tokyo, where Monday begins at 15:00 of Sunday.
        world.at("2027-01-10").run();
        assert_eq!(world.journeys("ada")[0].ended_at, Some(at(over)), "{zone}");
    }
}

#[test]
fn a_window_opens_behind_holidays_however_many_there_are() {
    let text = "policy { hold at most 60 days }\ncalendar summer { 2026-07-01 to 2026-08-14; 2026-08-17 }\n";
    let steps = "send on weekdays from 09:00 to 17:00 in contact timezone; send hello";
    assert_eq!(over_at(text, steps, "", "2026-07-01 08:00"), at("2026-08-18 07:00"));
    assert_eq!(over_at(text, "wait 1 business day", "", "2026-06-30 08:00"), at("2026-08-18 08:00"));
    assert_eq!(
        over_at(text, "send on weekdays in contact timezone; send bill", "", "2026-07-01 08:00"),
        at("2026-07-01 08:00")
    );
}

#[test]
fn what_hangs_on_the_country_follows_it() {
    let window = "send on weekdays from 09:00 to 17:00 in contact timezone; send hello";
    for (steps, from, to, when, over) in [
        ("wait 2 business days", "DE", "IT", "2026-04-02 16:00", "2026-04-07 13:00"),
        ("wait 2 business days", "IT", "DE", "2026-04-02 16:00", "2026-04-08 13:00"),
        ("wait 1 business day", "DE", "IT", "2026-04-02 16:00", "2026-04-03 13:00"),
        // It would have been over by then.
        ("wait 1 business day", "DE", "IT", "2026-04-04 16:00", "2026-04-04 16:00"),
        ("wait 3 business hours", "DE", "IT", "2026-04-03 06:00", "2026-04-03 08:00"),
        (window, "DE", "IT", "2026-04-03 10:00", "2026-04-03 10:00"),
        (window, "DE", "FR", "2026-04-03 10:00", "2026-04-06 07:00"),
        // It has left by then.
        (window, "IT", "DE", "2026-04-03 10:00", "2026-04-03 07:00"),
    ] {
        let begins = if steps == window { "2026-04-03 06:00" } else { THURSDAY };
        let mut world = signed_up(CALENDARS, steps, from, begins);
        world.at(when).identify("ada", &[("country", to)]).run();
        world.reopen().at("2026-05-01").run();
        assert_eq!(world.journeys("ada")[0].ended_at, Some(at(over)), "{steps}, from {from} to {to} at {when}");
    }
}

#[test]
fn a_calendar_that_changes_counts_for_what_is_held_and_for_waits_that_begin() {
    let with = |calendars: &str, steps: &str| {
        format!("{calendars}workflow w {{ enter when signed_up; reenter never; {steps} }}")
    };
    let window = "send on weekdays in contact timezone; send hello";
    let mut held = signed_up(CALENDARS, window, "DE", "2026-04-03 08:00");
    held.becomes(&with("calendar all { 2026-04-06 }\n", window)).at("2026-04-03 09:00").run();
    assert_eq!(held.journeys("ada")[0].ended_at, Some(at("2026-04-03 08:00")));
    let mut waits = signed_up(CALENDARS, "wait 1 business day", "DE", THURSDAY);
    waits.becomes(&with("", "wait 1 business day")).at("2026-04-20").run();
    assert_eq!(waits.journeys("ada")[0].ended_at, Some(at("2026-04-07 13:00")));
}

#[test]
fn a_held_mail_keeps_what_was_asked_before_it() {
    // The wait of the journey timed out, which is asked behind a mail that follows the country.
    let steps = "wait until visited up to 1 hour
send on weekdays from 09:00 to 17:00 in contact timezone
send hello
if timed out { score += 7 }";
    let mut world = signed_up(CALENDARS, steps, "DE", "2026-04-03 06:00");
    world.at("2026-04-03 08:00").run();
    world.at("2026-04-03 10:00").identify("ada", &[("country", "IT")]).run();
    world.at("2026-05-01").run();
    assert_eq!((world.score("ada"), world.journeys("ada")[0].ended_at), (7, Some(at("2026-04-03 10:00"))));
}
