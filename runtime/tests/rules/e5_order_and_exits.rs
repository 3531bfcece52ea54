//! E5 Order and exits.
//!
//! Not there yet: caps.

use crate::support::{World, at};
use crate::{MONDAY, becomes, does, everywhere, go, mails, told, visits};
use flow_runtime::store::OutboxState;
use serde_json::json;

#[test]
fn e5_goal_and_exit_are_judged_whenever_something_they_read_changes() {
    everywhere(|place| {
        for (header, words, ends) in [
            ("exit when disqualified", ("disqualified", "yes"), Some("ExitedWhen s0")),
            ("exit when disqualified", ("industry", "saas"), None),
            ("goal \"deal\" when has_open_deal within 9 days", ("has_open_deal", "yes"), Some("Converted")),
            ("goal \"deal\" when has_open_deal within 9 days", ("industry", "saas"), None),
        ] {
            let mut world = place.signed_up(&go(&format!("{header}\n wait 5 days\n score += 1")));
            becomes(&mut world, "2026-03-03 10:00", "ada", &[words]);
            let expected: Vec<String> = ends.map(|end| format!("03-03 10:00 go {end}")).into_iter().collect();
            assert_eq!(told(&world, "ada", &["Converted", "ExitedWhen"]), expected);
            world.at("2026-03-20").run();
            assert_eq!(world.score("ada"), i64::from(ends.is_none()));
        }
    });
}

#[test]
fn e5_also_at_the_instant_at_which_it_changes_by_itself() {
    everywhere(|place| {
        let text = go("exit when inactive for 3 days\n wait 5 days\n score += 1");
        let mut world = place.signed_up(&text);
        world.at("2026-03-20").run();
        assert_eq!(told(&world, "ada", &["ExitedWhen"]), ["03-05 10:00 go ExitedWhen s0"]);
        let mut world = place.signed_up(&text);
        visits(&mut world, "2026-03-05 10:00", "ada", "/");
        world.at("2026-03-07 10:00").run();
        assert_eq!((told(&world, "ada", &["ExitedWhen"]).len(), world.score("ada")), (0, 1), "the event comes before");
    });
}

#[test]
fn e5_before_every_step_that_lets_something_out_also_when_an_earlier_step_of_the_instant_made_it_true() {
    everywhere(|place| {
        for (step, end, sent) in [
            ("advance stage to customer", Some("ExitedWhen s0"), 0),
            ("set has_open_deal = yes", Some("Converted"), 0),
            ("suppress because \"enough\"", None, 0),
            ("score += 5", None, 1),
        ] {
            let header = "exit when customer\n goal \"deal\" when has_open_deal within 9 days";
            let world = place.signed_up(&go(&format!("{header}\n {step}\n send hello\n handoff to sales")));
            assert_eq!(world.sent().get("ada@people.example").map_or(0, Vec::len), sent, "{step}");
            assert_eq!(told(&world, "ada", &["HandedOff"]).len(), usize::from(end.is_none()), "{step}");
            let ends = told(&world, "ada", &["ExitedWhen", "Converted"]);
            assert_eq!(ends, end.map(|end| format!("03-02 10:00 go {end}")).into_iter().collect::<Vec<_>>(), "{step}");
        }
    });
}

/// Ada signs up, her mail has to be tried again, and something is said of her before that.
fn before_another_attempt(mut world: World, say: impl Fn(&mut World)) -> World {
    world.contact("ada", &[("email", "busy@x.example")]);
    does(&mut world, MONDAY, "ada", "signed_up");
    assert_eq!(mails(&world), 1, "the first attempt");
    say(&mut world);
    world.run().at("2026-03-04").run();
    world
}

#[test]
fn e5_again_before_every_attempt_of_a_delivery() {
    const ALL: &str = "goal \"deal\" when requested_demo within 9 days\n exit when disqualified\n skip when has_open_deal\n send hello\n wait 1 day";
    type Say = fn(&mut World);
    let says: [(Say, Option<u32>); 6] = [
        (|world| _ = world.event("ada", "Unsubscribed", json!({})), Some(3)),
        (|world| _ = world.event("ada", "requested_demo", json!({})), Some(8)),
        (|world| _ = world.identify("ada", &[("disqualified", "yes")]), Some(8)),
        (|world| _ = world.identify("ada", &[("has_open_deal", "yes")]), Some(7)),
        (|world| _ = world.identify("ada", &[("paused_until", "2026-03-09")]), Some(11)),
        (|world| _ = world.identify("ada", &[("industry", "saas")]), None),
    ];
    everywhere(|place| {
        for (say, reason) in says {
            let world = before_another_attempt(place.world(&go(ALL)), say);
            assert_eq!(mails(&world), if reason.is_none() { 2 } else { 1 }, "{reason:?}");
            let withheld: Vec<String> = told(&world, "ada", &["Withheld"]);
            assert_eq!(withheld.len(), usize::from(reason.is_some()), "{reason:?}");
            let expected = reason.map(|reason| format!("s0.{reason}")).unwrap_or_default();
            assert!(withheld.iter().all(|line| line.ends_with(&expected)), "{withheld:?}");
        }
    });
}

/// Everything holds at once: what is told is the first of them, and where the first does not hold, the next.
#[test]
fn e5_consent_then_goal_then_exit_then_skip_then_window() {
    const ALL: &str =
        "goal \"demo\" when requested_demo within 9 days\n exit when disqualified\n skip when has_open_deal
 send on saturday from 09:00 to 17:00 in contact timezone\n wait 1 day\n send hello\n wait 1 day";
    everywhere(|place| {
        let outcome = |says: &[&str]| {
            let mut world = place.signed_up(&go(ALL));
            world.at("2026-03-03 10:00");
            for say in says {
                match *say {
                    "Unsubscribed" | "requested_demo" => world.event("ada", say, json!({})),
                    field => world.identify("ada", &[(field, "yes")]),
                };
            }
            world.run();
            let lines = told(&world, "ada", &["Withheld", "Converted", "ExitedWhen", "Held"]);
            lines.into_iter().map(|line| line.replace("03-03 10:00 go ", "")).collect::<Vec<_>>()
        };
        // A goal that is met at the instant of the step ends the journey, whether or not a mail could have left.
        assert_eq!(outcome(&["requested_demo", "disqualified", "has_open_deal"]), ["Converted"]);
        assert_eq!(outcome(&["disqualified", "has_open_deal"]), ["ExitedWhen s0"]);
        assert_eq!(outcome(&["has_open_deal"]), ["Withheld s1.7"]);
        assert_eq!(outcome(&["has_open_deal", "Unsubscribed"]), ["Withheld s1.3"]);
        assert_eq!(outcome(&["Unsubscribed"]), ["Withheld s1.3"]);
        assert_eq!(outcome(&[]), ["Held s1"]);
    });
}

#[test]
fn e5_of_what_becomes_true_at_once_the_goal_comes_before_the_exits_and_these_in_their_order() {
    const ALL: &str = "goal \"deal\" when has_open_deal within 9 days\n exit when disqualified\n exit when stage >= opportunity\n wait 5 days";
    const DEAL: (&str, &str) = ("has_open_deal", "yes");
    const NO: (&str, &str) = ("disqualified", "yes");
    const STAGE: (&str, &str) = ("stage", "opportunity");
    everywhere(|place| {
        for (words, end) in
            [(&[STAGE, NO, DEAL][..], "Converted"), (&[STAGE, NO], "ExitedWhen s0"), (&[STAGE], "ExitedWhen s1")]
        {
            let mut world = place.signed_up(&go(ALL));
            becomes(&mut world, "2026-03-03 10:00", "ada", words);
            assert_eq!(told(&world, "ada", &["Converted", "ExitedWhen"]), [format!("03-03 10:00 go {end}")]);
        }
    });
}

#[test]
fn e5_an_ended_journeys_held_messages_are_withdrawn() {
    const HELD: &str = "exit when disqualified\n send on saturday in contact timezone\n send hello";
    everywhere(|place| {
        for (leaves, state, sent) in [(true, OutboxState::Withheld, 0), (false, OutboxState::Delivered, 1)] {
            let mut world = place.signed_up(&go(HELD));
            assert_eq!(world.snapshot().outbox[0].0.state, OutboxState::Queued);
            if leaves {
                becomes(&mut world, "2026-03-05 10:00", "ada", &[("disqualified", "yes")]);
                assert_eq!(told(&world, "ada", &["Withheld"]), ["03-05 10:00 go Withheld s0.8"]);
            }
            world.at("2026-03-10").run();
            assert_eq!((world.snapshot().outbox[0].0.state, mails(&world)), (state, sent));
        }
    });
}

#[test]
fn e5_what_leaves_at_an_instant_leaves_after_all_events_of_that_instant() {
    everywhere(|place| {
        for (name, sent) in [("Unsubscribed", 0), ("visited", 1)] {
            let mut world = place.world(&go("send hello"));
            world
                .contact("ada", &[])
                .at(MONDAY)
                .event("ada", "signed_up", json!({}))
                .event("ada", name, json!({}))
                .run();
            assert_eq!(mails(&world), sent, "{name}");
        }
        // Also what a timer of the same instant does.
        let text = format!(
            "{}\nworkflow quiet {{ enter when downloaded; reenter never; wait 1 hour; suppress because \"enough\" }}",
            go("send hello")
        );
        let mut world = place.world(&text);
        world.contact("ada", &[]);
        does(&mut world, "2026-03-02 09:00", "ada", "downloaded");
        world.set_now(at(MONDAY));
        world.event("ada", "signed_up", json!({})).run();
        assert_eq!(told(&world, "ada", &["Withheld"]), ["03-02 10:00 go Withheld s0.9"]);
    });
}
