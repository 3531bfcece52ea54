//! E6 Waiting misses nothing. With what LANGUAGE.md 8 says of the length of waits.
//!
//! Not there yet: pauses.

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

/// An hour where no policy says `late by`, else what it says.
#[test]
fn e6_what_occurred_up_to_an_hour_before_the_trigger_and_arrives_after_it_counts_since_entry() {
    const MINUTE: i64 = 60_000;
    everywhere(|place| {
        for (policy, late_by) in [
            ("", 60 * MINUTE),
            ("policy { late by 10 minutes }\n", 10 * MINUTE),
            ("policy { late by 3 days }\n", 3 * 24 * 60 * MINUTE),
        ] {
            for (before, score) in [(late_by, 1), (late_by + 1, 101)] {
                let mut world = place.signed_up(&(policy.to_owned() + &go(&WAITS.replace('P', "visited"))));
                world
                    .at("2026-03-02 13:00")
                    .event_of("ada", "visited", json!({"page": "/"}), at(MONDAY) - before)
                    .run();
                world.at("2026-03-20").run();
                assert_eq!(world.score("ada"), score, "{policy}: {before} ms before");
            }
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

#[test]
fn e6_a_wait_by_the_calendar_is_over_on_its_day_at_its_hour_at_home() {
    everywhere(|place| {
        for (signs_up, wait, over) in [
            // A Monday, 11:00 in Berlin: what is at this instant is not to come.
            (MONDAY, "wait until next monday at 09:00", "2026-03-09 08:00"),
            (MONDAY, "wait until next monday at 12:00", "2026-03-02 11:00"),
            (MONDAY, "wait until monday at 11:00", "2026-03-09 10:00"),
            (MONDAY, "wait until tuesday", "2026-03-03 08:00"),
            (MONDAY, "wait until tomorrow", "2026-03-03 08:00"),
            (MONDAY, "wait until tomorrow at 18:30", "2026-03-03 17:30"),
            // Tuesday already, in Berlin.
            ("2026-03-02 23:30", "wait until tomorrow at 09:00", "2026-03-04 08:00"),
            ("2026-03-02 23:30", "wait until next tuesday at 09:00", "2026-03-03 08:00"),
            // Clocks go forward on Sunday 29 March at 02:00, and back on 25 October at 03:00.
            ("2026-03-28 10:00", "wait until next monday at 09:00", "2026-03-30 07:00"),
            ("2026-03-28 10:00", "wait until sunday at 02:30", "2026-03-29 01:00"),
            ("2026-10-24 10:00", "wait until tomorrow at 02:30", "2026-10-25 00:30"),
            ("2026-10-25 00:30", "wait until sunday at 02:30", "2026-11-01 01:30"),
        ] {
            assert_eq!(over_at(place, signs_up, wait, None), at(over), "{signs_up}, {wait}");
        }
    });
}

#[test]
fn e6_a_wait_for_a_day_of_the_calendar_is_over_on_it_at_home_and_at_once_where_that_is_past() {
    everywhere(|place| {
        for (signs_up, wait, over) in [
            (MONDAY, "wait until 2026-03-20", "2026-03-20 08:00"),
            (MONDAY, "wait until 2026-03-20 at 18:30", "2026-03-20 17:30"),
            // Clocks go forward on Sunday 29 March at 02:00, and back on 25 October at 03:00.
            (MONDAY, "wait until 2026-03-29 at 02:30", "2026-03-29 01:00"),
            (MONDAY, "wait until 2026-10-25 at 02:30", "2026-10-25 00:30"),
            // At this very instant it is not past yet; whoever comes later goes on at once.
            (MONDAY, "wait until 2026-03-02 at 11:00", MONDAY),
            (MONDAY, "wait until 2026-03-02 at 10:59", MONDAY),
            (MONDAY, "wait until 2025-12-01", MONDAY),
            ("2026-03-19 23:30", "wait until 2026-03-20 at 00:30", "2026-03-19 23:30"),
        ] {
            assert_eq!(over_at(place, signs_up, wait, None), at(over), "{signs_up}, {wait}");
        }
        // It is the day of where they are, and nothing becomes past by that.
        for (moves, over) in [
            (("2026-03-10", "America/New_York"), "2026-03-20 13:00"),
            (("2026-03-20 07:00", "Asia/Tokyo"), "2026-03-20 07:00"),
        ] {
            assert_eq!(over_at(place, MONDAY, "wait until 2026-03-20", Some(moves)), at(over), "{moves:?}");
        }
    });
}

#[test]
fn e6_a_day_of_the_calendar_that_is_past_takes_its_block() {
    everywhere(|place| {
        for (signs_up, score) in [("2026-03-20 07:59", 1), ("2026-03-20 08:00", 1), ("2026-03-20 08:01", 101)] {
            let wait = "wait until 2026-03-20, if past { score += 100 }\n score += 1";
            let mut world = place.world(&go(wait));
            world.contact("ada", &[("timezone", "Europe/Berlin")]);
            world.at(signs_up).event("ada", "signed_up", json!({})).run();
            // Nobody looked when it was over: late is not past.
            world.reopen().at("2026-04-01").run();
            assert_eq!(world.score("ada"), score, "{signs_up}");
        }
    });
}

#[test]
fn e6_a_wait_for_an_hour_is_over_at_the_next_one_at_home() {
    everywhere(|place| {
        for (signs_up, wait, over) in [
            // 11:00 in Berlin: what is at this instant is not to come.
            (MONDAY, "wait until 11:00", "2026-03-03 10:00"),
            (MONDAY, "wait until 11:01", "2026-03-02 10:01"),
            (MONDAY, "wait until 9:00", "2026-03-03 08:00"),
            (MONDAY, "wait until 00:00", "2026-03-02 23:00"),
            // Tuesday already, in Berlin.
            ("2026-03-02 23:30", "wait until 09:00", "2026-03-03 08:00"),
            ("2026-03-28 10:00", "wait until 02:30", "2026-03-29 01:00"),
            ("2026-10-24 10:00", "wait until 02:30", "2026-10-25 00:30"),
            ("2026-04-30 10:00", "wait until 09:00", "2026-05-01 07:00"),
        ] {
            assert_eq!(over_at(place, signs_up, wait, None), at(over), "{signs_up}, {wait}");
        }
        let moved = over_at(place, MONDAY, "wait until 09:00", Some(("2026-03-02 12:00", "America/New_York")));
        assert_eq!(moved, at("2026-03-03 14:00"));
    });
}

#[test]
fn e6_the_days_of_a_journey_count_from_the_day_of_its_entry_at_home() {
    everywhere(|place| {
        for (signs_up, wait, over) in [
            (MONDAY, "wait until day 7", "2026-03-08 10:00"),
            (MONDAY, "wait until day 7 at 09:00", "2026-03-08 08:00"),
            (MONDAY, "wait until day 2 at 09:00", "2026-03-03 08:00"),
            (MONDAY, "wait until day 1 at 18:00", "2026-03-02 17:00"),
            // What is past goes on at once.
            (MONDAY, "wait until day 1", MONDAY),
            (MONDAY, "wait until day 1 at 09:00", MONDAY),
            (MONDAY, "wait 3 days\n wait until day 3 at 09:00", "2026-03-05 10:00"),
            (MONDAY, "wait 3 days\n wait until day 5 at 09:00", "2026-03-06 08:00"),
            // Tuesday already, in Berlin.
            ("2026-03-02 23:30", "wait until day 2 at 09:00", "2026-03-04 08:00"),
            ("2026-03-27 10:00", "wait until day 4", "2026-03-30 09:00"),
            ("2026-03-31 10:00", "wait until day 31 at 09:00", "2026-04-30 07:00"),
        ] {
            assert_eq!(over_at(place, signs_up, wait, None), at(over), "{signs_up}, {wait}");
        }
    });
}

#[test]
fn e6_business_days_and_hours_skip_weekends() {
    everywhere(|place| {
        for (signs_up, wait, over) in [
            // Saturday, 15:00 in Berlin.
            ("2026-03-07 14:00", "wait 1 business day", "2026-03-09 14:00"),
            ("2026-03-07 14:00", "wait 2 business days", "2026-03-10 14:00"),
            // Friday, and clocks go forward on the Sunday behind it.
            ("2026-03-27 14:00", "wait 1 business day", "2026-03-30 13:00"),
            (MONDAY, "wait 5 business days", "2026-03-09 10:00"),
            // From nine to five: of Friday two hours are left.
            ("2026-03-06 14:00", "wait 4 business hours", "2026-03-09 10:00"),
            ("2026-03-06 14:00", "wait 2 business hours", "2026-03-06 16:00"),
            ("2026-03-06 14:00", "wait 20 business hours", "2026-03-11 10:00"),
            ("2026-03-07 14:00", "wait 1 business hour", "2026-03-09 09:00"),
            ("2026-03-02 05:00", "wait 1 business hour", "2026-03-02 09:00"),
            ("2026-03-02 20:00", "wait 1 business hour", "2026-03-03 09:00"),
        ] {
            assert_eq!(over_at(place, signs_up, wait, None), at(over), "{signs_up}, {wait}");
        }
    });
}

const BEHIND: &str = "\n score += 1";

/// When the wait of somebody in Berlin is over who signs up on Monday at 11:00 there and renews on some day, and whether it was past; with
/// what becomes known of them meanwhile.
fn renews(place: Place, wait: &str, renewal: &str, news: &[(&str, (&str, &str))]) -> (i64, bool) {
    let head = "contact { demo_at moment? }\n";
    let mut world = place.world(&(head.to_owned() + &go(&format!("{wait}, if past {{ score += 100 }}{BEHIND}"))));
    let known = [("timezone", "Europe/Berlin"), ("renewal_date", renewal), ("demo_at", renewal)];
    world.contact(
        "ada",
        if renewal.is_empty() {
            &known[..1]
        } else if renewal.len() > 10 {
            &known
        } else {
            &known[..2]
        },
    );
    world.at(MONDAY).event("ada", "signed_up", json!({})).run();
    for (time, known) in news {
        world.reopen();
        becomes(&mut world, time, "ada", &[*known]);
    }
    world.reopen().at("2040-01-01").run();
    let score = world.score("ada");
    assert!(matches!(score, 1 | 101), "gone on once: {score}");
    (world.journeys("ada")[0].ended_at.unwrap(), score > 100)
}

#[test]
fn e6_a_wait_for_a_date_is_over_so_long_before_or_after_it() {
    everywhere(|place| {
        for (wait, renewal, over, is_past) in [
            ("wait until renewal_date", "2026-03-20", "2026-03-20 08:00", false),
            ("wait until renewal_date at 10:30", "2026-03-20", "2026-03-20 09:30", false),
            ("wait until 3 days before renewal_date", "2026-03-20", "2026-03-17 08:00", false),
            ("wait until 2 weeks after renewal_date", "2026-02-20", "2026-03-06 08:00", false),
            ("wait until 1 month before renewal_date", "2026-04-30", "2026-03-30 07:00", false),
            ("wait until 1 month after renewal_date", "2026-03-31", "2026-04-30 07:00", false),
            ("wait until 12 months before renewal_date", "2028-02-29", "2027-02-28 08:00", false),
            // At this very instant it is not past yet, and a minute before it is.
            ("wait until renewal_date at 11:00", "2026-03-02", MONDAY, false),
            ("wait until renewal_date at 10:59", "2026-03-02", MONDAY, true),
            ("wait until 3 days before renewal_date", "2026-03-04", MONDAY, true),
            ("wait until 3 days before renewal_date", "", MONDAY, true),
            // Ten years and no longer, and then as past.
            ("wait until renewal_date", "9999-12-31", "2036-03-09 10:00", true),
        ] {
            assert_eq!(renews(place, wait, renewal, &[]), (at(over), is_past), "{wait}, {renewal}");
        }
    });
}

#[test]
fn e6_a_wait_for_a_date_follows_it_and_is_past_at_once_where_it_is_moved_so() {
    let before = "wait until 3 days before renewal_date";
    everywhere(|place| {
        let moved = |news: &[(&str, &str)]| {
            let news: Vec<_> = news.iter().map(|(time, date)| (*time, ("renewal_date", *date))).collect();
            renews(place, before, "2026-03-20", &news)
        };
        assert_eq!(moved(&[("2026-03-10", "2026-03-30")]), (at("2026-03-27 08:00"), false));
        assert_eq!(moved(&[("2026-03-10", "2026-03-20")]), (at("2026-03-17 08:00"), false));
        assert_eq!(
            moved(&[("2026-03-10", "2026-03-30"), ("2026-03-11", "2026-03-15")]),
            (at("2026-03-12 08:00"), false)
        );
        assert_eq!(moved(&[("2026-03-10 12:00", "2026-03-11")]), (at("2026-03-10 12:00"), true));
        assert_eq!(
            moved(&[("2026-03-10", "9999-12-31"), ("2026-03-11", "2026-03-20")]),
            (at("2026-03-17 08:00"), false)
        );
        assert_eq!(moved(&[("2026-03-10", "9999-12-31"), ("2026-03-11", "2026-03-01")]), (at("2026-03-11"), true));
        // Behind its end nothing is asked any more.
        assert_eq!(moved(&[("2026-03-18", "2026-03-30")]), (at("2026-03-17 08:00"), false));
    });
}

/// What lets it be over and what moves it away at one instant: the event comes first.
#[test]
fn e6_a_date_that_is_moved_at_the_instant_at_which_its_wait_is_over_is_waited_for_anew() {
    everywhere(|place| {
        let news = [("2026-03-17 08:00", ("renewal_date", "2026-03-30"))];
        let over = renews(place, "wait until 3 days before renewal_date", "2026-03-20", &news);
        assert_eq!(over, (at("2026-03-27 08:00"), false));
        // What was past and is to come again, at one instant, is to come.
        let news = [("2026-03-10 12:00", ("renewal_date", "2026-03-11"))];
        let mut world =
            place.world(&go("wait until 3 days before renewal_date, if past { score += 100 }\n score += 1"));
        world.contact("ada", &[("renewal_date", "2026-03-20")]);
        world.at(MONDAY).event("ada", "signed_up", json!({})).run();
        world.at(news[0].0).identify("ada", &[news[0].1]).identify("ada", &[("renewal_date", "2026-03-30")]).run();
        world.at("2026-04-30").run();
        assert_eq!((world.score("ada"), world.journeys("ada")[0].ended_at), (1, Some(at("2026-03-27 09:00"))));
    });
}

#[test]
fn e6_a_wait_for_a_moment_keeps_its_hour_unless_another_is_said() {
    everywhere(|place| {
        // 14:00 in Berlin, behind the change of its clocks.
        let demo = at("2026-04-02 12:00").to_string();
        for (wait, over) in [
            ("wait until demo_at", "2026-04-02 12:00"),
            ("wait until 2 hours before demo_at", "2026-04-02 10:00"),
            ("wait until 90 minutes after demo_at", "2026-04-02 13:30"),
            ("wait until 1 week before demo_at", "2026-03-26 13:00"),
            ("wait until 1 day before demo_at at 17:00", "2026-04-01 15:00"),
        ] {
            let mut world = place.world(
                &("contact { demo_at moment? }\n".to_owned() + &go(&format!("{wait}, if past {{ exit }}{BEHIND}"))),
            );
            world.contact("ada", &[("timezone", "Europe/Berlin"), ("demo_at", &demo)]);
            world.at(MONDAY).event("ada", "signed_up", json!({})).run().at("2026-12-31").run();
            assert_eq!((world.score("ada"), world.journeys("ada")[0].ended_at), (1, Some(at(over))), "{wait}");
        }
    });
}

#[test]
fn e6_a_wait_by_the_calendar_moves_with_the_zone_and_is_not_past_by_that() {
    let to = |zone: &'static str| ("timezone", zone);
    everywhere(|place| {
        for (wait, moves, over) in [
            // New York's clocks go forward on 8 March.
            ("wait until next monday at 09:00", ("2026-03-05", to("America/New_York")), "2026-03-09 13:00"),
            ("wait until day 7 at 09:00", ("2026-03-05", to("America/New_York")), "2026-03-08 13:00"),
            ("wait until 3 days before renewal_date", ("2026-03-05", to("America/New_York")), "2026-03-17 13:00"),
            // Nine o'clock has been there by then.
            ("wait until next monday at 09:00", ("2026-03-09 05:00", to("Asia/Tokyo")), "2026-03-09 05:00"),
            ("wait until 3 days before renewal_date", ("2026-03-17 05:00", to("Asia/Tokyo")), "2026-03-17 05:00"),
        ] {
            let mut world = place.world(&go(&match wait.contains("renewal_date") {
                true => format!("{wait}, if past {{ score += 100 }}{BEHIND}"),
                false => format!("{wait}{BEHIND}"),
            }));
            world.contact("ada", &[("timezone", "Europe/Berlin"), ("renewal_date", "2026-03-20")]);
            world.at(MONDAY).event("ada", "signed_up", json!({})).run();
            becomes(&mut world, moves.0, "ada", &[moves.1]);
            world.at("2026-12-31").run();
            assert_eq!((world.score("ada"), world.journeys("ada")[0].ended_at), (1, Some(at(over))), "{wait}");
        }
    });
}

/// Nobody ran while it was due: that is late, and not past.
#[test]
fn e6_a_wait_that_nobody_ran_for_is_late_and_not_past() {
    everywhere(|place| {
        let mut world =
            place.world(&go("wait until 3 days before renewal_date, if past { score += 100 }\n score += 1"));
        world.contact("ada", &[("renewal_date", "2026-03-20")]);
        world.at(MONDAY).event("ada", "signed_up", json!({})).run();
        let now = at("2026-03-19 13:00");
        world.set_now(now);
        world.identify("ada", &[("first_name", "Ada")]);
        let (now, new) = (flow_runtime::time::Instant(now), world.take_new());
        world.engine().catch_up(now, &mut new.into_iter().map(Ok), &mut |_| {}).unwrap();
        assert_eq!(world.score("ada"), 1);
    });
}

/// Two who prove to be one have one date, and a wait of either is for that.
#[test]
fn e6_a_wait_for_a_date_is_for_that_of_whom_two_contacts_prove_to_be() {
    everywhere(|place| {
        let steps = "wait until 3 days before renewal_date, if past { score += 100 }\n score += 1";
        let mut world = place.world(&go(steps));
        world.at(MONDAY).identify("x", &[("renewal_date", "2026-03-20")]).only_key("anonymous:d1");
        world.event("x", "signed_up", json!({})).only_key("anonymous:d1").run();
        becomes(&mut world, "2026-03-05", "ada", &[("renewal_date", "2026-03-30")]);
        world.at("2026-03-06").identify("ada", &[]).keys(&["anonymous:d1"]).run();
        assert_eq!(world.journeys("ada")[0].due_at, Some(at("2026-03-27 09:00")));
        world.at("2026-12-31").run();
        assert_eq!((world.score("ada"), world.journeys("ada")[0].ended_at), (1, Some(at("2026-03-27 09:00"))));
    });
}

/// Who is let out of the wait by an exit goes no further, also where it is past at once.
#[test]
fn e6_a_date_that_is_past_lets_nobody_pass_an_exit() {
    everywhere(|place| {
        let mut world = place.world(&go(
            "exit when disqualified\n wait until 3 days before renewal_date, if past { score += 100 }\n score += 1",
        ));
        world.contact("ada", &[("renewal_date", "2026-03-20")]);
        world.at(MONDAY).event("ada", "signed_up", json!({})).run();
        becomes(&mut world, "2026-03-10", "ada", &[("renewal_date", "2026-03-01"), ("disqualified", "yes")]);
        world.at("2026-12-31").run();
        assert_eq!((world.score("ada"), told(&world, "ada", &["ExitedWhen"]).len()), (0, 1));
    });
}

#[test]
fn e6_a_wait_is_as_long_as_its_condition_says() {
    everywhere(|place| {
        for (score, over) in [("60", "2026-03-05 10:00"), ("59", "2026-03-09 10:00")] {
            let mut world = place.world(&go(
                "wait 3 days when score >= 60, otherwise 7 days\n if score >= 60 { score += 1 } else { score += 2 }",
            ));
            world.contact("ada", &[("score", score)]);
            world.at(MONDAY).event("ada", "signed_up", json!({})).run().at("2026-12-31").run();
            assert_eq!(world.journeys("ada")[0].ended_at, Some(at(over)), "{score}");
        }
    });
}
