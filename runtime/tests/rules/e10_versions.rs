//! E10 Versions.
//!
//! Not there yet: `flow deploy` with a map of positions, `flow plan`, `pause`, `drain` and `stop` by an operator. Which changes are refused
//! because somebody stands in the way, and in which words, is shown in `runtime/tests/engine/versions.rs`.

use crate::{MONDAY, becomes, does, everywhere, go, mails, told, visits};
use serde_json::json;

#[test]
fn e10_a_journey_keeps_the_steps_it_started_with() {
    everywhere(|place| {
        let mut world = place.signed_up(&go("wait 5 days\n score += 1"));
        world.contact("bo", &[]);
        world.becomes(&go("wait 1 day\n score += 10"));
        does(&mut world, "2026-03-03 10:00", "bo", "signed_up");
        world.at("2026-03-05").run();
        assert_eq!((world.score("ada"), world.score("bo")), (0, 10));
        world.at("2026-03-08").run();
        assert_eq!((world.score("ada"), world.score("bo")), (1, 10));
    });
}

#[test]
fn e10_goal_exit_skip_and_window_reach_everybody_at_once() {
    const STEPS: &str = "wait 2 days\n send hello\n wait 9 days";
    everywhere(|place| {
        for (header, expected) in [
            ("goal \"deal\" when has_open_deal within 30 days", "Converted"),
            ("exit when has_open_deal", "ExitedWhen"),
            ("skip when has_open_deal", "Withheld s1.7"),
            ("send on saturday in contact timezone", "Held s1"),
            ("", "Sent s1"),
        ] {
            let mut world = place.world(&go(STEPS));
            world.contact("ada", &[("has_open_deal", "yes")]);
            does(&mut world, MONDAY, "ada", "signed_up");
            world.becomes(&go(&format!("{header}\n {STEPS}"))).at("2026-03-05").run();
            let words = ["Converted", "ExitedWhen", "Withheld", "Held", "Sent"];
            let told = told(&world, "ada", &words);
            assert!(told.len() == 1 && told[0].contains(expected), "{header}: {told:?}");
        }
    });
}

/// A goal counts from the entry for as long as it says, and what it says by now counts for those as well who are through.
#[test]
fn e10_a_goal_reaches_the_journeys_that_have_ended() {
    const NONE: &str = "";
    const FIVE: &str = "goal \"deal\" when has_open_deal within 5 days";
    const TEN: &str = "goal \"deal\" when has_open_deal within 10 days";
    const THIRTY: &str = "goal \"deal\" when has_open_deal within 30 days";
    const ANY: &str = "goal \"deal\" when has_open_deal";
    everywhere(|place| {
        for (versions, deal_at, expected) in [
            // Longer: while it counts, and when its time was over already.
            (&[(MONDAY, TEN), ("2026-03-05", THIRTY)][..], "2026-03-20", "03-20 00:00 go Attributed"),
            (&[(MONDAY, TEN), ("2026-03-14", THIRTY)], "2026-03-20", "03-20 00:00 go Attributed"),
            (&[(MONDAY, TEN), ("2026-03-14", THIRTY)], "2026-04-02", ""),
            // What has come true meanwhile is met at once, if there still is time.
            (&[(MONDAY, TEN), ("2026-03-14", THIRTY)], "2026-03-13", "03-14 00:00 go Attributed"),
            (&[(MONDAY, FIVE), ("2026-03-14", TEN)], "2026-03-10", ""),
            // Shorter, by which it may be over at once.
            (&[(MONDAY, THIRTY), ("2026-03-05", TEN)], "2026-03-11", "03-11 00:00 go Attributed"),
            (&[(MONDAY, THIRTY), ("2026-03-05", TEN)], "2026-03-13", ""),
            (&[(MONDAY, THIRTY), ("2026-03-14", TEN)], "2026-03-15", ""),
            (
                &[(MONDAY, THIRTY), ("2026-03-14", TEN), ("2026-03-15", THIRTY)],
                "2026-03-20",
                "03-20 00:00 go Attributed",
            ),
            // Taken away, and back.
            (&[(MONDAY, THIRTY), ("2026-03-05", NONE)], "2026-03-11", ""),
            (&[(MONDAY, THIRTY), ("2026-03-05", ANY)], "2026-03-11", ""),
            (&[(MONDAY, THIRTY), ("2026-03-05", NONE), ("2026-03-09", TEN)], "2026-03-11", "03-11 00:00 go Attributed"),
            // New, or with a time for the first time.
            (&[(MONDAY, NONE), ("2026-03-05", THIRTY)], "2026-03-20", "03-20 00:00 go Attributed"),
            (&[(MONDAY, NONE), ("2026-03-05", TEN)], "2026-03-20", ""),
            (&[(MONDAY, ANY), ("2026-03-05", THIRTY)], "2026-03-20", "03-20 00:00 go Attributed"),
        ] {
            let mut world = place.signed_up(&go(&format!("{}\n wait 1 day", versions[0].1)));
            world.at("2026-03-04").run();
            let mut deal = Some(deal_at);
            for (at, goal) in &versions[1..] {
                if let Some(deal_at) = deal.take_if(|deal_at| *deal_at < *at) {
                    becomes(&mut world, deal_at, "ada", &[("has_open_deal", "yes")]);
                }
                world.at(at).run().becomes(&go(&format!("{goal}\n wait 1 day"))).run();
            }
            deal.into_iter().for_each(|deal_at| becomes(&mut world, deal_at, "ada", &[("has_open_deal", "yes")]));
            world.at("2026-04-20").run();
            let told = told(&world, "ada", &["Attributed", "Converted", "GoalMet"]);
            let expected: Vec<&str> = if expected.is_empty() { Vec::new() } else { vec![expected] };
            assert_eq!(told, expected, "{versions:?}, {deal_at}");
        }
    });
}

/// Whatever a later version says of it, no journey meets its goal twice.
#[test]
fn e10_a_journey_whose_goal_was_met_is_counted_once_whatever_the_goal_becomes() {
    let of = |goal: &str| go(&format!("{goal}\n wait 3 days"));
    let goal = |days: u32, more: &str| of(&format!("goal \"deal\" when has_open_deal within {days} days{more}"));
    everywhere(|place| {
        for (first, deal_at, met) in [
            (goal(10, ""), "2026-03-03", "03-03 00:00 go Converted"),
            (goal(10, " and continue"), "2026-03-03", "03-03 00:00 go GoalMet"),
            (goal(10, ""), "2026-03-07", "03-07 00:00 go Attributed"),
        ] {
            for then in [vec![goal(40, "")], vec![of(""), goal(40, "")], vec![goal(2, ""), goal(40, " and continue")]] {
                let mut world = place.signed_up(&first);
                becomes(&mut world, deal_at, "ada", &[("has_open_deal", "yes")]);
                for (day, text) in (10..).zip(&then) {
                    world.becomes(text).at(&format!("2026-03-{day}")).run();
                }
                becomes(&mut world, "2026-03-20", "ada", &[("has_open_deal", "no")]);
                becomes(&mut world, "2026-03-21", "ada", &[("has_open_deal", "yes")]);
                assert_eq!(told(&world, "ada", &["Attributed", "Converted", "GoalMet"]), [met], "{first} {then:?}");
            }
        }
    });
}

/// What a goal asks since the entry counts from the beginning, also what came when it did not count.
#[test]
fn e10_what_a_goal_asks_counts_for_ended_journeys_as_if_it_had_been_asked_from_the_beginning() {
    let of = |goal: &str| go(&format!("{goal}\n wait 1 day\n if visited at least 2 times {{ score += 1 }}"));
    let twice = |days: u32| of(&format!("goal \"g\" when visited at least 2 times within {days} days"));
    everywhere(|place| {
        for before in [twice(5), of("")] {
            for (days, expected) in [(30, vec!["03-14 00:00 go Attributed"]), (11, Vec::new())] {
                let mut world = place.signed_up(&before);
                visits(&mut world, "2026-03-06 10:00", "ada", "/");
                visits(&mut world, "2026-03-09 10:00", "ada", "/");
                world.at("2026-03-14").run().becomes(&twice(days)).run();
                assert_eq!(told(&world, "ada", &["Attributed"]), expected, "{before} {days}");
            }
            let mut world = place.signed_up(&before);
            visits(&mut world, "2026-03-09 10:00", "ada", "/");
            world.at("2026-03-14").run().becomes(&twice(30)).run();
            visits(&mut world, "2026-03-15 10:00", "ada", "/");
            assert_eq!(told(&world, "ada", &["Attributed"]), ["03-15 10:00 go Attributed"], "{before}");
        }
    });
}

#[test]
fn e10_segments_and_the_order_of_declarations_reach_everybody_and_strand_nobody() {
    let text = |segment: &str, turned: bool| {
        let parts = [
            format!("segment keen = {segment}"),
            go("wait 2 days\n if keen { score += 1 }\n wait 1 day\n score += 10"),
        ];
        let mut parts = parts.to_vec();
        if turned {
            parts.reverse();
        }
        parts.join("\n")
    };
    everywhere(|place| {
        for (segment, score) in
            [("visited at least 2 times in the last 9 days", 10), ("visited in the last 9 days", 11)]
        {
            for turned in [false, true] {
                let mut world = place.signed_up(&text("visited at least 2 times in the last 9 days", false));
                visits(&mut world, "2026-03-03 10:00", "ada", "/");
                world.becomes(&text(segment, turned)).at("2026-03-20").run();
                assert_eq!(world.score("ada"), score, "{segment} {turned}");
                assert_eq!(told(&world, "ada", &["Finished"]).len(), 1);
            }
        }
    });
}

#[test]
fn e10_texts_comments_and_layout_are_no_other_version() {
    const STEPS: &str = "wait 2 days\n send hello\n score += 1";
    everywhere(|place| {
        for (text, is_other) in [
            (format!("// about it\n{}", go(&STEPS.replace('\n', "\n\n // and on\n"))), false),
            (go(STEPS).replace("workflow go", "workflow go \"Another title\""), false),
            (go(&STEPS.replace("2 days", "3 days")), true),
        ] {
            let mut world = place.signed_up(&go(STEPS));
            world.becomes(&go(STEPS));
            let version = world.program.lineage.version;
            world.becomes(&text).at("2026-03-20").run();
            assert_eq!(world.program.lineage.version != version, is_other, "{text}");
            assert_eq!(told(&world, "ada", &["Sent"]), ["03-04 10:00 go Sent s1"], "she keeps her steps: {text}");
        }
    });
}

#[test]
fn e10_facts_are_the_union_over_live_versions() {
    everywhere(|place| {
        // The older steps ask what no new one asks any more, and new ones ask what nobody asked before.
        let mut world =
            place.signed_up(&go("wait 5 days\n if visited(page is \"/old\") at least 2 times { score += 1 }"));
        visits(&mut world, "2026-03-03 10:00", "ada", "/old");
        visits(&mut world, "2026-03-03 11:00", "ada", "/new");
        world.becomes(&go("wait 1 day\n if visited(page is \"/new\") in the last 3 days { score += 10 }"));
        visits(&mut world, "2026-03-04 10:00", "ada", "/old");
        world.at("2026-03-20").run();
        assert_eq!(world.score("ada"), 1, "both of her visits count, before and behind the change");
        let mut world = place.world(&go("wait 1 day"));
        world.contact("bo", &[]);
        visits(&mut world, "2026-03-03 11:00", "bo", "/new");
        world.becomes(&go("if visited(page is \"/new\") in the last 3 days { score += 10 }"));
        does(&mut world, "2026-03-04 10:00", "bo", "signed_up");
        assert_eq!(world.score("bo"), 10, "a new fact is filled from the log");
    });
}

#[test]
fn e10_what_a_deploy_makes_true_counts_as_already_true() {
    everywhere(|place| {
        let mut world = place.world(&go("wait 1 day"));
        world.contact("ada", &[("industry", "saas")]).contact("bo", &[]);
        let entry = |clause: &str| {
            format!(
                "workflow new {{ enter when industry is \"saas\" {clause}; reenter never; score += 1 }}\n{}",
                go("wait 1 day")
            )
        };
        world.becomes(&entry("new only")).at("2026-03-03").run();
        assert_eq!(world.score("ada"), 0);
        becomes(&mut world, "2026-03-04", "bo", &[("industry", "saas")]);
        assert_eq!(world.score("bo"), 1);
        let mut world = place.world(&go("wait 1 day"));
        world.contact("ada", &[("industry", "saas")]);
        world.becomes(&entry("including existing")).at("2026-03-03").run();
        assert_eq!(world.score("ada"), 1);
    });
}

#[test]
fn e10_a_workflow_that_is_gone_takes_nobody_new_and_lets_people_finish() {
    everywhere(|place| {
        let mut world = place.signed_up(&go("wait 5 days\n send hello"));
        world.contact("bo", &[]);
        world.becomes("workflow other { enter when requested_demo; reenter never; wait 1 day }");
        world.at("2026-03-03 10:00").event("bo", "signed_up", json!({})).run().at("2026-03-20").run();
        assert_eq!(told(&world, "ada", &["Sent"]), ["03-07 10:00 go Sent s1"]);
        assert_eq!((told(&world, "bo", &["Entered"]).len(), mails(&world)), (0, 1));
    });
}

/// What an older step gives is there for the steps of today, also where no step of today gives anything.
#[test]
fn e10_an_older_step_starts_another_workflow_with_what_it_gave_it() {
    let shop = |entry: &str, steps: &str| {
        format!(
            "event bought {{ item text }}
workflow shop {{ enter when bought; reenter never; {steps} }}
workflow later {{ {entry}; reenter never; wait 1 day
  if trigger.item is \"book\" {{ score += 1 }} }}"
        )
    };
    everywhere(|place| {
        for item in ["book", "pen"] {
            let mut world = place.world(&shop("enter by hand", "wait 2 days\n start later with item = trigger.item"));
            world.contact("ada", &[]);
            world.at(MONDAY).event("ada", "bought", json!({ "item": item })).run();
            world.becomes(&shop("enter when bought and customer", "wait 3 days\n start later"));
            world.at("2026-03-06").run();
            assert_eq!(world.score("ada"), i64::from(item == "book"));
            assert_eq!(world.journeys("ada").len(), 2);
        }
    });
}
