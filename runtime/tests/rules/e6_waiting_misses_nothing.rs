//! E6 Waiting misses nothing.

use crate::support::at;
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
            world.engine().catch_up(now, &mut new.into_iter(), &mut |_| {}).unwrap();
            assert_eq!(world.score("ada"), score, "{visit}");
        }
    });
}
