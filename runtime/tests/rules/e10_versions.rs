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
