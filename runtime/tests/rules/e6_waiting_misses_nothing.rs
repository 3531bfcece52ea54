//! E6 Waiting misses nothing. With what LANGUAGE.md 8 says of the length of waits.
//!
//! Not there yet: waits for business days, for a weekday, a date or a time of day, `if past`, pauses.

use crate::support::{Place, at};
use crate::{MONDAY, becomes, everywhere, go, told, visits};
use serde_json::json;

const WAITS: &str = "wait 2 days\n wait until P up to 5 days, otherwise { score += 100 }\n score += 1";

#[test]
fn e6_wait_until_is_satisfied_already_if_it_holds() {
    everywhere(|place| {
        for (predicate, holds) in [("stage >= mql", true), ("stage >= sql", false), ("not customer", true)] {
            let mut world = place.signed_up(&go(&WAITS.replace('P', predicate)));
            becomes(&mut world, "2026-03-03 10:00", "ada", &[("stage", "mql")]);
            world.at("2026-03-04 10:00").run();
            assert_eq!(world.score("ada"), i64::from(holds), "{predicate}");
            world.at("2026-03-20").run();
            assert_eq!(world.score("ada"), if holds { 1 } else { 101 }, "{predicate}");
        }
    });
}

/// Since entry, from now, since a mail, or a window: what each of them looks back to.
#[test]
fn e6_what_it_looks_back_to_is_its_anchor() {
    const BEFORE: &str = "2026-03-02 09:30";
    const WITHIN: &str = "2026-03-03 10:00";
    const BEHIND: &str = "2026-03-05 10:00";
    everywhere(|place| {
        for (predicate, seen) in [
            ("visited", [false, true, true]),
            ("visited from now", [false, false, true]),
            ("visited in the last 3 days", [true, true, true]),
            ("visited ever", [true, true, true]),
            ("visited at least 2 times in the last 9 days", [false, false, false]),
        ] {
            for (visit, seen) in [BEFORE, WITHIN, BEHIND].into_iter().zip(seen) {
                let mut world = place.world(&go(&WAITS.replace('P', predicate)));
                world.contact("ada", &[]);
                if visit == BEFORE {
                    visits(&mut world, visit, "ada", "/");
                }
                world.at(MONDAY).event("ada", "signed_up", json!({})).run();
                if visit != BEFORE {
                    visits(&mut world, visit, "ada", "/");
                }
                world.at("2026-03-20").run();
                assert_eq!(world.score("ada"), if seen { 1 } else { 101 }, "{predicate}, visited at {visit}");
            }
        }
    });
}

#[test]
fn e6_what_occurred_up_to_an_hour_before_the_trigger_and_arrives_after_it_counts_since_entry() {
    const HOUR: i64 = 3_600_000;
    everywhere(|place| {
        for (before, score) in [(HOUR, 1), (HOUR + 1, 101)] {
            let mut world = place.signed_up(&go(&WAITS.replace('P', "visited")));
            world.at("2026-03-02 13:00").event_of("ada", "visited", json!({"page": "/"}), at(MONDAY) - before).run();
            world.at("2026-03-20").run();
            assert_eq!(world.score("ada"), score, "{before} ms before");
        }
    });
}

#[test]
fn e6_waiting_misses_nothing_that_occurred_before_a_wake_and_arrived_after_it() {
    everywhere(|place| {
        for since in ["", " from now"] {
            let steps = format!(
                "wait 2 days\n if visited {{ score += 1000 }}\n wait until visited{since} up to 5 days, otherwise {{ score += 100 }}\n score += 1"
            );
            let mut world = place.signed_up(&go(&steps));
            world.at("2026-03-04 10:01").event_of("ada", "visited", json!({"page": "/"}), at("2026-03-04 09:59")).run();
            assert_eq!(world.score("ada"), 1, "{since}: seen, and only once");
            world.at("2026-03-20").run();
            assert_eq!((world.score("ada"), told(&world, "ada", &["TimedOut"]).len()), (1, 0));
            // One that never comes is missed by nobody.
            let mut world = place.signed_up(&go(&steps));
            world.at("2026-03-20").run();
            assert_eq!(world.score("ada"), 101);
        }
    });
}

#[test]
fn e6_an_event_that_arrived_while_nobody_looked_ends_the_wait_that_was_missed() {
    everywhere(|place| {
        for (visit, score) in [("2026-03-02 11:50", 1), ("", 101)] {
            let mut world =
                place.signed_up(&go("wait until visited up to 2 hours, otherwise { score += 100 }\n score += 1"));
            if !visit.is_empty() {
                let now = at("2026-03-02 13:00");
                world.set_now(now);
                world.event_of("ada", "visited", json!({"page": "/"}), at(visit));
            }
            let (now, new) = (flow_runtime::time::Instant(at("2026-03-02 13:00")), world.take_new());
            world.engine().catch_up(now, &mut new.into_iter().map(Ok), &mut |_| {}).unwrap();
            assert_eq!(world.score("ada"), score, "{visit}");
        }
    });
}

/// When the wait of somebody in Berlin is over who signs up there, perhaps in another zone by then.
fn over_at(place: Place, signs_up: &str, wait: &str, moves: Option<(&str, &str)>) -> i64 {
    let mut world = place.world(&go(&format!("{wait}\n score += 1")));
    world.contact("ada", &[("timezone", "Europe/Berlin")]);
    world.at(signs_up).event("ada", "signed_up", json!({})).run();
    if let Some((time, zone)) = moves {
        becomes(&mut world, time, "ada", &[("timezone", zone)]);
    }
    world.at("2026-12-31").run();
    world.journeys("ada")[0].ended_at.unwrap()
}

#[test]
fn e6_waits_of_days_keep_the_clock_on_the_wall_and_hours_are_as_long_as_they_are() {
    everywhere(|place| {
        for (signs_up, wait, over) in [
            // Clocks go forward in Berlin on 29 March at 01:00 UTC, and back on 25 October.
            ("2026-03-28 10:00", "wait 2 days", "2026-03-30 09:00"),
            ("2026-03-28 10:00", "wait 48 hours", "2026-03-30 10:00"),
            ("2026-03-28 10:00", "wait until customer up to 1 week", "2026-04-04 09:00"),
            ("2026-10-24 10:00", "wait 1 day", "2026-10-25 11:00"),
            // 02:30 is not there on the 29th, and is there twice on the 25th: the first after it, and the first of both.
            ("2026-03-28 01:30", "wait 1 day", "2026-03-29 01:00"),
            ("2026-10-24 00:30", "wait 1 day", "2026-10-25 00:30"),
            ("2026-03-31 10:00", "wait 1 month", "2026-04-30 10:00"),
        ] {
            assert_eq!(over_at(place, signs_up, wait, None), at(over), "{signs_up}, {wait}");
        }
    });
}

#[test]
fn e6_a_wait_is_computed_anew_when_the_zone_changes_and_is_never_over_before_now() {
    everywhere(|place| {
        for (wait, moves, over) in [
            ("wait 2 days", ("2026-03-02 12:00", "America/New_York"), "2026-03-04 16:00"),
            ("wait 48 hours", ("2026-03-02 12:00", "America/New_York"), "2026-03-04 10:00"),
            ("wait 2 days", ("2026-03-04 05:00", "Asia/Tokyo"), "2026-03-04 05:00"),
            ("wait 2 days", ("2026-03-02 12:00", "Mars/Olympus"), "2026-03-04 11:00"),
        ] {
            assert_eq!(over_at(place, MONDAY, wait, Some(moves)), at(over), "{wait}, {moves:?}");
        }
    });
}
