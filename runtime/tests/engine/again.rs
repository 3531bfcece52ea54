//! `reenter always`: a trigger that comes during a journey begins the next one.

use crate::support::{Crash, World, world};
use serde_json::json;

const ORDERS: &str = "workflow w { enter when signed_up; reenter always; wait 1 day; score += 1 }";

fn signs_up(world: &mut World, at: &str) {
    world.at(at).event("ada", "signed_up", json!({})).run();
}

fn told(world: &World, words: &[&str]) -> Vec<String> {
    let mut story = world.story("ada");
    story.retain(|line| words.iter().any(|word| line.contains(word)));
    story
}

#[test]
fn the_latest_trigger_of_a_journey_begins_the_next_one_when_it_ends() {
    let mut world = world(ORDERS);
    world.contact("ada", &[]);
    for time in ["03-02 10:00", "03-02 12:00", "03-02 13:00", "03-05 10:00"] {
        signs_up(&mut world, &format!("2026-{time}"));
    }
    world.at("2026-03-20").run();
    assert_eq!(
        told(&world, &["Entered", "Ignored", "Finished"]),
        [
            "03-02 10:00 w Entered",
            "03-02 12:00 w Ignored.13",
            "03-02 13:00 w Ignored.13",
            "03-03 10:00 w Finished.1",
            "03-03 10:00 w Entered",
            "03-04 10:00 w Finished.1",
            "03-05 10:00 w Entered",
            "03-06 10:00 w Finished.1",
        ]
    );
    assert_eq!(world.score("ada"), 3);
    world.check_invariants();
}

/// A workflow whose steps take no time is over before the next trigger comes, also at one instant.
#[test]
fn two_triggers_of_one_instant_are_two_entries() {
    let mut world = world("workflow w { enter when signed_up; reenter always; score += 1 }");
    world.contact("ada", &[]);
    world.at("2026-03-02 10:00").event("ada", "signed_up", json!({})).event("ada", "signed_up", json!({})).run();
    assert_eq!(world.score("ada"), 2);
}

/// What a goal, an exit or a stop ends takes the trigger along.
#[test]
fn a_goal_an_exit_and_a_stop_take_the_trigger_along() {
    for (header, event, words, reason) in [
        ("goal \"g\" when requested_demo within 9 days", "requested_demo", &[][..], "6"),
        ("exit when requested_demo", "requested_demo", &[], "7"),
        ("exit when disqualified", "", &[("disqualified", "yes")], "7"),
        ("", "visited", &[], "8"),
    ] {
        let mut world = world(&format!(
            "workflow w {{ enter when signed_up; reenter always; {header}; wait 3 days; score += 1 }}
             workflow s {{ enter when visited; reenter never; stop w }}"
        ));
        world.contact("ada", &[]);
        signs_up(&mut world, "2026-03-02 10:00");
        signs_up(&mut world, "2026-03-02 12:00");
        world.at("2026-03-03 10:00");
        match event {
            "" => world.identify("ada", words).run(),
            event => world.event("ada", event, json!({})).run(),
        };
        world.at("2026-03-20").run();
        let story = told(&world, &["w Entered", "w Ignored"]);
        assert_eq!(
            story,
            ["03-02 10:00 w Entered", "03-02 12:00 w Ignored.13", &format!("03-03 10:00 w Ignored.{reason}")],
            "{header}"
        );
    }
}

/// What is counted since entry counts from the trigger on.
#[test]
fn what_counts_since_entry_counts_from_the_trigger_on() {
    let mut world = world(
        "workflow w { enter when signed_up; reenter always; wait 1 day
           if visited { set industry = \"saas\" } else { set industry = \"fintech\" } }",
    );
    world.contact("ada", &[]);
    signs_up(&mut world, "2026-03-02 10:00");
    world.at("2026-03-02 11:00").event("ada", "visited", json!({})).run();
    signs_up(&mut world, "2026-03-02 12:00");
    world.at("2026-03-03 11:00").run();
    assert_eq!(world.read("ada", "industry"), 1);
    world.at("2026-03-05").run();
    assert_eq!(world.read("ada", "industry"), 2, "the visit came before the second trigger");
    let world = world_of_two();
    assert_eq!(world.read("ada", "industry"), 1, "and here behind it: {:?}", told(&world, &["Entered"]));
    world.check_invariants();
}

fn world_of_two() -> World {
    let mut world = world(
        "workflow w { enter when signed_up; reenter always; wait 1 day
           if visited { set industry = \"saas\" } else { set industry = \"fintech\" } }",
    );
    world.contact("ada", &[]);
    signs_up(&mut world, "2026-03-02 10:00");
    signs_up(&mut world, "2026-03-02 12:00");
    world.at("2026-03-02 13:00").event("ada", "visited", json!({})).run();
    world.at("2026-03-05").run();
    world
}

/// What becomes true again during a journey is remembered as long as it holds.
#[test]
fn what_becomes_true_during_a_journey_enters_when_it_ends() {
    let mut world =
        world("workflow w { enter when industry is \"saas\" new only; reenter always; wait 2 days; score += 1 }");
    world.contact("ada", &[]);
    for (day, industry) in [("03-02", "saas"), ("03-03", "fintech"), ("03-03", "saas"), ("03-05", "fintech")] {
        world
            .at(&format!("2026-{day} 10:0{}", u8::from(industry == "saas")))
            .identify("ada", &[("industry", industry)])
            .run();
    }
    world.at("2026-03-20").run();
    assert_eq!(told(&world, &["Entered"]), ["03-02 10:01 w Entered", "03-04 10:01 w Entered"]);
}

#[test]
fn a_kill_loses_no_trigger() {
    for commits in 1..9 {
        let mut world = world(ORDERS).limits(1, 1);
        world.contact("ada", &[]);
        world.at("2026-03-02 10:00").event("ada", "signed_up", json!({}));
        world.at("2026-03-02 12:00").event("ada", "signed_up", json!({}));
        *world.shared.crash.lock().unwrap() = Crash::AfterCommit(commits);
        while world.run_all("2026-03-20").is_err() {
            *world.shared.crash.lock().unwrap() = Crash::Never;
            world.reopen();
        }
        assert_eq!(told(&world, &["Entered"]), ["03-02 10:00 w Entered", "03-03 10:00 w Entered"], "{commits}");
    }
}

/// A changed program keeps the trigger, and a workflow that is gone drops it, recorded.
#[test]
fn a_new_version_keeps_the_trigger() {
    for (next, expected) in [
        (ORDERS.replace("score += 1", "score += 2"), "03-03 10:00 w Entered"),
        ("workflow v { enter when signed_up; reenter never; wait 1 day }".to_owned(), "03-02 14:00 w Ignored.12"),
    ] {
        let mut world = world(ORDERS);
        world.contact("ada", &[]);
        signs_up(&mut world, "2026-03-02 10:00");
        signs_up(&mut world, "2026-03-02 12:00");
        world.at("2026-03-02 14:00").run().becomes(&next).run();
        world.at("2026-03-20").run();
        assert_eq!(told(&world, &["w Entered", "w Ignored"])[2..], [expected]);
    }
}
