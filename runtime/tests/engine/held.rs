//! An event that comes before its person's address, identity or a required field is held for them, up to ten minutes (E4).

use crate::support::{World, world};
use serde_json::json;

const HELLO: &str = "workflow go {\n enter when downloaded\n reenter never\n send hello\n}";
const SEATS: &str =
    "contact { seats number }\nworkflow go {\n enter when signed_up\n reenter never\n if seats > 5 { score += 1 }\n}";

fn downloads(world: &mut World, time: &str, key: &str) {
    world.at(time).event("", "downloaded", json!({"asset": "guide"})).only_key(key).run();
}

fn address(world: &mut World, time: &str, user: &str) {
    world.at(time).identify(user, &[("email", "ada@x.example")]).run();
}

#[test]
fn an_address_a_second_later_lets_the_event_in() {
    let mut world = world(HELLO);
    downloads(&mut world, "2026-03-02 10:00", "user:ada");
    assert_eq!(world.story("ada"), [""; 0], "neither in nor refused");
    world.reopen();
    address(&mut world, "2026-03-02 10:01", "ada");
    assert_eq!(world.story("ada")[..2], ["03-02 10:01 go Entered", "03-02 10:01 go Sent s0"]);
    world.at("2026-03-03 10:00").run();
    assert_eq!(world.story("ada").iter().filter(|line| line.contains("Ignored")).count(), 0);
}

#[test]
fn what_lapsed_is_refused_once_and_a_later_event_has_its_own_ten_minutes() {
    let mut world = world(HELLO);
    downloads(&mut world, "2026-03-02 10:00", "user:ada");
    world.at("2026-03-05").reopen().run();
    assert_eq!(world.story("ada").len(), 2, "{:?}", world.story("ada"));
    downloads(&mut world, "2026-03-06 10:00", "user:ada");
    address(&mut world, "2026-03-06 10:05", "ada");
    assert_eq!(world.story("ada")[2], "03-06 10:05 go Entered");
}

#[test]
fn a_second_event_joins_the_first_and_the_time_begins_anew() {
    let mut world = world(HELLO);
    downloads(&mut world, "2026-03-02 10:00", "user:ada");
    downloads(&mut world, "2026-03-02 10:08", "user:ada");
    address(&mut world, "2026-03-02 10:15", "ada");
    let story = world.story("ada");
    assert_eq!(story[0], "03-02 10:15 go Entered", "{story:?}");
    assert_eq!(story.iter().filter(|line| line.contains("go Entered") || line.contains("Ignored")).count(), 1);
}

#[test]
fn a_required_field_lets_the_event_in_that_waits_for_it() {
    let mut world = world(SEATS);
    world.contact("ada", &[]);
    world.at("2026-03-02 10:00").event("ada", "signed_up", json!({})).run();
    world.at("2026-03-02 10:04").identify("ada", &[("seats", "9")]).run();
    assert_eq!((world.story("ada")[0].as_str(), world.score("ada")), ("03-02 10:04 go Entered", 1));
}

#[test]
fn whoever_logs_in_within_ten_minutes_brings_the_event_of_the_device() {
    let rules = format!(
        "{HELLO}\nworkflow leads {{\n enter when downloaded and stage is lead\n reenter never\n score += 5\n}}"
    );
    let mut world = world(&rules);
    world.contact("ada", &[("email", "ada@x.example"), ("stage", "lead")]);
    downloads(&mut world, "2026-03-02 10:00", "anonymous:d1");
    world.reopen();
    world.at("2026-03-02 10:02").identify("ada", &[]).keys(&["anonymous:d1"]).run();
    let entered: Vec<String> = world.story("ada").into_iter().filter(|line| line.ends_with("Entered")).collect();
    assert_eq!(entered, ["03-02 10:02 go Entered", "03-02 10:02 leads Entered"]);
}

#[test]
fn what_comes_with_the_login_counts_before_it_is_judged() {
    let mut world = world("workflow go {\n enter when downloaded and stage is mql\n reenter never\n score += 5\n}");
    world.contact("ada", &[("stage", "lead")]);
    downloads(&mut world, "2026-03-02 10:00", "anonymous:d1");
    world.at("2026-03-02 10:02").identify("ada", &[("stage", "mql")]).keys(&["anonymous:d1"]).run();
    assert_eq!(world.story("ada")[0], "03-02 10:02 go Entered");
}

#[test]
fn somebody_who_stays_unknown_is_refused_for_the_condition() {
    let mut world = world("workflow go {\n enter when downloaded and stage is mql\n reenter never\n score += 5\n}");
    downloads(&mut world, "2026-03-02 10:00", "anonymous:d1");
    world.at("2026-03-02 11:00").run();
    // Long after it was refused, the device proves to be Ada's.
    world.at("2026-03-02 12:00").identify("ada", &[("stage", "mql")]).keys(&["anonymous:d1"]).run();
    let story = world.story("ada");
    assert_eq!(story, ["03-02 10:10 go Ignored.9"]);
}

#[test]
fn whoever_is_known_is_refused_at_once() {
    let mut world = world("workflow go {\n enter when downloaded and stage is mql\n reenter never\n score += 5\n}");
    world.contact("ada", &[("stage", "lead")]);
    downloads(&mut world, "2026-03-02 10:00", "user:ada");
    assert_eq!(world.story("ada"), ["03-02 10:00 go Ignored.9"]);
}

#[test]
fn goal_exit_and_skip_are_judged_when_it_is_complete() {
    for clause in ["exit when has_open_deal", "skip when has_open_deal"] {
        let mut world = world(&HELLO.replace(" send hello", &format!(" {clause}\n send hello")));
        downloads(&mut world, "2026-03-02 10:00", "user:ada");
        world.at("2026-03-02 10:02").identify("ada", &[("has_open_deal", "yes")]).run();
        address(&mut world, "2026-03-02 10:03", "ada");
        let story = world.story("ada");
        assert!(story.len() == 1 && story[0].starts_with("03-02 10:03 go Ignored"), "{clause}: {story:?}");
    }
}

#[test]
fn what_is_held_for_a_workflow_that_is_gone_is_refused() {
    let mut world = world(HELLO);
    downloads(&mut world, "2026-03-02 10:00", "user:ada");
    world.becomes("workflow other {\n enter when signed_up\n reenter never\n score += 1\n}");
    world.at("2026-03-02 10:01").run();
    assert_eq!(world.story("ada"), ["03-02 10:00 go Ignored.12"]);
    world.becomes(HELLO);
    address(&mut world, "2026-03-02 10:02", "ada");
    assert_eq!(world.story("ada").len(), 1, "{:?}", world.story("ada"));
}

#[test]
fn a_workflow_that_another_stops_takes_back_what_is_held() {
    let stop = "workflow halt {\n enter when requested_demo\n reenter never\n stop go\n}";
    let mut world = world(&format!("{HELLO}\n{stop}"));
    downloads(&mut world, "2026-03-02 10:00", "user:ada");
    world.at("2026-03-02 10:02").event("ada", "requested_demo", json!({})).run();
    address(&mut world, "2026-03-02 10:03", "ada");
    let story: Vec<String> = world.story("ada").into_iter().filter(|line| line.contains(" go ")).collect();
    assert_eq!(story, ["03-02 10:02 go Ignored.8"]);
}

#[test]
fn the_entry_of_a_held_event_counts_from_its_own_instant() {
    let goal = "workflow go {\n goal \"again\" when visited within 5 days\n enter when downloaded\n reenter never\n send hello\n wait 1 day\n}";
    let mut world = world(goal);
    downloads(&mut world, "2026-03-02 10:00", "user:ada");
    address(&mut world, "2026-03-02 10:02", "ada");
    world
        .at("2026-03-02 10:03")
        .event_of("ada", "visited", json!({"page": "/"}), crate::support::at("2026-03-02 10:01"))
        .run();
    assert!(world.story("ada").iter().any(|line| line.contains("Converted")), "{:?}", world.story("ada"));
}
