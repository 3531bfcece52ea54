//! E1 One thing at a time.
//!
//! Not there yet: a policy's order of groups. That the order of declarations and files decides nothing is asked of whole generated worlds
//! in `order.rs` as well.

use crate::support::{Crash, at};
use crate::{MONDAY, becomes, does, everywhere, go, mails, told, visits};
use flow_runtime::time::Instant;
use serde_json::json;

#[test]
fn e1_what_one_contact_does_is_handled_in_the_order_of_its_arrival() {
    const ASKS: &str = "wait 1 minute\n if visited { score += 1 } else { score += 10 }";
    everywhere(|place| {
        for (names, score) in [(["signed_up", "visited"], 1), (["visited", "signed_up"], 10)] {
            let mut world = place.world(&go(ASKS));
            world.contact("ada", &[]).at(MONDAY);
            for name in names {
                world.event("ada", name, json!({}));
            }
            world.run().at("2026-03-03").run();
            assert_eq!(world.score("ada"), score, "{names:?}");
        }
        for (values, last) in [(["saas", "fintech"], 2), (["fintech", "saas"], 1)] {
            let mut world = place.world(&go(ASKS));
            world.contact("ada", &[]).at(MONDAY);
            for value in values {
                world.identify("ada", &[("industry", value)]);
            }
            world.run();
            assert_eq!(world.read("ada", "industry"), last, "{values:?}");
        }
    });
}

const AWAITS: &str = "wait until visited up to 5 days, otherwise { score += 100 }\n score += 1";

#[test]
fn e1_of_a_timer_and_an_event_at_one_instant_the_event_comes_first() {
    everywhere(|place| {
        let mut world = place.signed_up(&go(AWAITS));
        visits(&mut world, "2026-03-07 10:00", "ada", "/");
        assert_eq!(world.score("ada"), 1);
        let mut world = place.signed_up(&go(AWAITS));
        world.set_now(at("2026-03-07 10:00") + 1);
        world.event("ada", "visited", json!({"page": "/"})).run();
        assert_eq!(world.score("ada"), 101, "a millisecond later it is too late");
    });
}

#[test]
fn e1_a_wait_has_exactly_one_outcome() {
    everywhere(|place| {
        // Over and over after it has ended, in either way.
        for (first, score, timed_out) in [("2026-03-03 10:00", 1, 0), ("2026-03-08 10:00", 101, 1)] {
            let mut world = place.signed_up(&go(&format!("{AWAITS}\n wait 30 days")));
            visits(&mut world, first, "ada", "/");
            for day in ["2026-03-08 11:00", "2026-03-09 10:00"] {
                visits(&mut world, day, "ada", "/");
                world.reopen().run();
            }
            assert_eq!((world.score("ada"), told(&world, "ada", &["TimedOut"]).len()), (score, timed_out));
        }
    });
}

#[test]
fn e1_steps_between_two_waits_are_one_transaction_with_all_they_write() {
    const STEPS: &str = "score += 1\n set industry = \"saas\"\n send hello\n wait 1 day\n score += 10";
    everywhere(|place| {
        for (crash, is_there) in [(Crash::InCommit(0), false), (Crash::AfterCommit(1), true)] {
            let mut world = place.world(&go(STEPS));
            world.contact("ada", &[]).at(MONDAY).event("ada", "signed_up", json!({}));
            let events = world.take_new();
            *world.shared.crash.lock().unwrap() = crash;
            world.run_until(at(MONDAY), events.clone()).unwrap_err();
            *world.shared.crash.lock().unwrap() = Crash::Never;
            world.reopen();
            let kept = world.snapshot();
            let rows =
                [kept.journeys().len(), kept.outbox.len(), kept.scores.len(), told(&world, "ada", &["Stepped"]).len()];
            assert_eq!(rows, [usize::from(is_there); 4], "{crash:?}");
            assert_eq!((world.score("ada"), world.read("ada", "industry")), (i64::from(is_there), i64::from(is_there)));
            assert_eq!(mails(&world), 0, "nothing leaves before it is kept");
            world.run_until(at("2026-03-04"), events).unwrap();
            assert_eq!((world.score("ada"), mails(&world)), (11, 1));
        }
    });
}

/// Whichever of the two comes first by its name, it sees nothing of the other's steps.
#[test]
fn e1_entries_that_one_event_sets_going_are_judged_on_one_picture() {
    everywhere(|place| {
        for (closes, asks) in [("a", "z"), ("z", "a")] {
            let text = format!(
                "workflow {closes} {{ enter when visited; reenter after 1 hour; set has_open_deal = yes }}
workflow {asks} {{ enter when visited and not has_open_deal; reenter after 1 hour; score += 1 }}"
            );
            let mut world = place.world(&text);
            world.contact("ada", &[]);
            visits(&mut world, MONDAY, "ada", "/");
            assert_eq!(world.score("ada"), 1, "{asks} was judged before {closes} ran");
            visits(&mut world, "2026-03-03 10:00", "ada", "/");
            assert_eq!(world.score("ada"), 1, "the next event finds it so");
        }
    });
}

#[test]
fn e1_waits_that_one_event_ends_are_judged_on_one_picture() {
    everywhere(|place| {
        for names in [["a", "z"], ["z", "a"]] {
            let text: String = (names.iter().zip([100, 1]))
                .map(|(name, points)| format!("workflow {name} {{ enter when signed_up; reenter never; wait until visited and score < 50 up to 5 days, otherwise {{ exit }}; score += {points} }}\n"))
                .collect();
            let mut world = place.signed_up(&text);
            visits(&mut world, "2026-03-03 10:00", "ada", "/");
            assert_eq!(world.score("ada"), 101, "{names:?}");
            let mut world = place.signed_up(&text);
            becomes(&mut world, "2026-03-03 09:00", "ada", &[("score", "60")]);
            visits(&mut world, "2026-03-03 10:00", "ada", "/");
            assert_eq!(world.score("ada"), 60, "neither, where it does not hold");
        }
    });
}

#[test]
fn e1_journeys_run_by_their_names_whatever_the_order_of_declarations() {
    everywhere(|place| {
        for (gives, asks, is_seen) in [("a", "b", 1), ("b", "a", 0)] {
            let gives = format!("workflow {gives} {{ enter when signed_up; reenter never; score += 5 }}");
            let asks = format!(
                "workflow {asks} {{ enter when signed_up; reenter never; if score >= 5 {{ set industry = \"saas\" }} }}"
            );
            for text in [format!("{gives}\n{asks}"), format!("{asks}\n{gives}")] {
                let world = place.signed_up(&text);
                assert_eq!(world.read("ada", "industry"), is_seen, "{text}");
            }
        }
    });
}

#[test]
fn e1_nothing_is_done_at_an_instant_before_the_engines_clock() {
    everywhere(|place| {
        let mut world = place.signed_up(&go("wait 30 minutes\n score += 1\n wait 2 hours\n score += 10"));
        let mut look = |text: &str| {
            let (now, new) = (Instant(at(text)), world.take_new());
            world.engine().catch_up(now, &mut new.into_iter().map(Ok), &mut |_| {}).unwrap();
            (world.score("ada"), world.engine().now())
        };
        // Half past ten was missed: it happens at noon, and what follows counts from there.
        assert_eq!(look("2026-03-02 12:00"), (1, Instant(at("2026-03-02 12:00"))));
        assert_eq!(look("2026-03-02 10:10"), (1, Instant(at("2026-03-02 12:00"))), "a clock that was set back");
        assert_eq!(look("2026-03-02 13:59").0, 1);
        assert_eq!(look("2026-03-02 14:00").0, 11);
        let ends = told(&world, "ada", &["Finished"]);
        assert_eq!(ends, ["03-02 14:00 go Finished.1"]);
        does(&mut world, "2026-03-02 15:00", "ada", "signed_up");
        assert_eq!(told(&world, "ada", &["Ignored"]).len(), 1);
    });
}
