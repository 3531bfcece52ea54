//! Workflows that start and stop others.

use crate::support::{World, world};
use serde_json::json;

const STARTS: &str = r#"
workflow first {
  enter when signed_up
  reenter after 1 day
  start second
  score += 1
}
workflow second {
  enter by hand
  reenter after 30 days
  skip when score >= 100
  score += 10
  wait 1 day
  score += 10
}
"#;

fn starts() -> World {
    let mut world = world(STARTS);
    world.contact("ada", &[]);
    world.at("2026-03-02 10:00").event("ada", "signed_up", json!({})).run();
    world.at("2026-03-04 10:00").run();
    world
}

#[test]
fn the_started_workflow_begins_at_the_next_instant_and_the_other_goes_on() {
    let world = starts();
    assert_eq!(
        world.story("ada"),
        [
            "03-02 10:00 first Entered",
            "03-02 10:00 first Finished.1",
            "03-02 10:00 second Entered.1",
            "03-03 10:00 second Finished.1"
        ]
    );
    let entered: Vec<i64> = world.journeys("ada").iter().map(|journey| journey.entered_at).collect();
    assert_eq!(entered[1] - entered[0], 1);
}

/// It obeys its own `reenter` and `skip`, and nobody is in it twice.
#[test]
fn the_rules_of_the_started_workflow_hold() {
    let mut world = starts();
    world.at("2026-03-10 10:00").event("ada", "signed_up", json!({})).run();
    world.at("2026-03-10 10:01").run();
    assert_eq!(world.story("ada").last().unwrap(), "03-10 10:00 second Ignored.4");
    let mut world = starts();
    world.at("2026-03-20 10:00").identify("ada", &[("score", "200")]).run();
    world.at("2026-05-10 10:00").event("ada", "signed_up", json!({})).run();
    world.at("2026-05-10 10:01").run();
    assert_eq!(world.story("ada").last().unwrap(), "05-10 10:00 second Ignored.5");
}

const STOPS: &str = r#"
workflow drip {
  group nurture
  enter when signed_up
  reenter never
  wait 3 days
  score += 1
}
workflow guide {
  group nurture
  enter when downloaded
  reenter never
  wait 3 days
  score += 1
}
workflow call {
  group nurture
  enter when requested_demo
  reenter never
  start later
  stop nurture
  stop later
  wait 1 day
  score += 100
}
workflow later {
  enter by hand
  reenter never
  score += 1000
}
"#;

/// All of the group but the one that says so; who is in none of it, is in none of it still. A start is taken back.
#[test]
fn a_stop_ends_the_other_journeys_and_takes_back_starts() {
    let mut world = world(STOPS);
    world.contact("ada", &[]);
    world.at("2026-03-02 10:00").event("ada", "signed_up", json!({})).run();
    world.at("2026-03-03 10:00").event("ada", "requested_demo", json!({})).run();
    world.at("2026-03-20 10:00").run();
    assert_eq!(
        world.story("ada"),
        [
            "03-02 10:00 drip Entered",
            "03-03 10:00 drip Stopped.2",
            "03-03 10:00 call Entered",
            "03-03 10:00 later Ignored.8",
            "03-04 10:00 call Finished.1",
        ]
    );
}

/// What a start gives goes to the same name, whatever names a new version puts before it.
#[test]
fn what_a_start_gives_keeps_its_name_in_every_version() {
    let text = |given: &str, asked: &str| {
        format!(
            "workflow first {{ enter when signed_up; reenter after 1 minute; start second{given} }}
             workflow second {{ enter by hand; reenter after 1 minute; {asked} }}"
        )
    };
    let b = "score += (trigger.b or 0)";
    let mut world = world(&text(" with b = 1", b));
    world.contact("ada", &[]);
    world.at("2026-03-02 10:00").event("ada", "signed_up", json!({})).run().at("2026-03-02 10:01").run();
    assert_eq!(world.score("ada"), 1);
    world.becomes(&text(" with a = 1000, b = 10", &format!("score += (trigger.a or 0); {b}")));
    world.at("2026-03-02 11:00").event("ada", "signed_up", json!({})).run().at("2026-03-02 11:01").run();
    assert_eq!(world.score("ada"), 1011);
    world.becomes(&text(" with a = 100000", "score += (trigger.a or 0)"));
    world.at("2026-03-02 12:00").event("ada", "signed_up", json!({})).run().at("2026-03-02 12:01").run();
    assert_eq!(world.score("ada"), 101_011);
}
