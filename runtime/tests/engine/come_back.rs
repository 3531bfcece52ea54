//! `comes back when P`: the policy lifts what a `suppress` step did, and nothing that people refuse themselves (E7).

use crate::support::{World, at, world};
use flow_runtime::report::RunReport;
use serde_json::json;

const WORKFLOWS: &str = r#"
workflow quiet {
  enter when downloaded
  reenter after 1 minute
  suppress because "sales is talking to them"
}
workflow news {
  enter when signed_up
  reenter after 1 minute
  send hello
}
"#;

fn project(when: &str) -> String {
    format!("policy {{ comes back when {when} }}\n{WORKFLOWS}")
}

fn under(when: &str) -> World {
    let mut world = world(&project(when));
    world.contact("ada", &[]);
    world
}

fn does(world: &mut World, when: &str, event: &str) {
    world.at(when).event("ada", event, json!({})).run();
}

/// What becomes of the mail of a workflow that she comes into.
fn mail(world: &mut World, when: &str) -> String {
    does(world, when, "signed_up");
    let story = world.story("ada");
    let of_mail = |line: &&String| line.contains("news Sent") || line.contains("news Withheld");
    story.iter().rev().find(of_mail).unwrap().clone().split_off(12)
}

fn comebacks(world: &World) -> Vec<String> {
    world.story("ada").into_iter().filter(|line| line.contains("Consented")).collect()
}

#[test]
fn an_event_after_the_suppression_lifts_it() {
    let mut world = under("requested_demo");
    does(&mut world, "2026-03-02 10:00", "requested_demo");
    does(&mut world, "2026-03-02 11:00", "downloaded");
    assert_eq!(mail(&mut world, "2026-03-02 12:00"), "news Withheld s0.9");
    // What occurred before it and is told of later lifts nothing.
    world.at("2026-03-03 10:00").event_of("ada", "requested_demo", json!({}), at("2026-03-02 10:59")).run();
    assert_eq!(mail(&mut world, "2026-03-03 12:00"), "news Withheld s0.9");
    does(&mut world, "2026-03-04 10:00", "requested_demo");
    assert_eq!(comebacks(&world), ["03-04 10:00 come-back Consented s0.4"]);
    assert_eq!(mail(&mut world, "2026-03-04 12:00"), "news Sent s0");
    // Of whom nobody is suppressed nothing is recorded, and a later suppression holds until the next one.
    let before = world.story("ada").len();
    does(&mut world, "2026-03-05 10:00", "requested_demo");
    assert_eq!(world.story("ada").len(), before, "{:?}", world.story("ada"));
    does(&mut world, "2026-03-05 11:00", "downloaded");
    assert_eq!(mail(&mut world, "2026-03-05 12:00"), "news Withheld s0.9");
    does(&mut world, "2026-03-06 10:00", "requested_demo");
    assert_eq!(mail(&mut world, "2026-03-06 12:00"), "news Sent s0");
    let program = std::sync::Arc::clone(&world.program);
    let report = RunReport::read(&program, &mut *world.engine().records().unwrap()).unwrap();
    assert_eq!((report.people.came_back, report.people.consented), (2, 0));
    assert_eq!(report.workflows["come-back"].entered, 2);
}

/// What must hold beside the event is asked when it comes; what a sync makes true later lets nobody back.
#[test]
fn what_stands_beside_the_event_is_asked_with_it() {
    let mut world = under("requested_demo and score >= 10");
    does(&mut world, "2026-03-02 11:00", "downloaded");
    does(&mut world, "2026-03-02 12:00", "requested_demo");
    world.at("2026-03-02 12:05").identify("ada", &[("score", "20")]).run();
    assert_eq!(mail(&mut world, "2026-03-02 13:00"), "news Withheld s0.9");
    does(&mut world, "2026-03-03 12:00", "requested_demo");
    assert_eq!(comebacks(&world), ["03-03 12:00 come-back Consented s0.4"]);
}

/// At the very event by which a workflow suppresses them nobody comes back, and at its instant neither; a moment later they do.
#[test]
fn what_is_of_the_same_instant_lifts_nothing() {
    for limits in [(1_000, 100), (1, 1), (2, 1)] {
        let text = format!("policy {{ comes back when downloaded or requested_demo }}\n{WORKFLOWS}");
        let mut world = world(&text).limits(limits.0, limits.1);
        world.contact("ada", &[]).at("2026-03-02 10:00");
        world.event("ada", "downloaded", json!({})).event("ada", "requested_demo", json!({})).run();
        assert_eq!(mail(&mut world, "2026-03-02 11:00"), "news Withheld s0.9", "{limits:?}");
        does(&mut world, "2026-03-02 12:00", "requested_demo");
        assert_eq!(mail(&mut world, "2026-03-02 13:00"), "news Sent s0", "{limits:?}");
    }
}

/// The mail of the event by which somebody comes back leaves at once, whatever its workflow is called.
#[test]
fn mail_of_the_same_event_leaves() {
    let text = format!(
        "policy {{ comes back when requested_demo }}\n{WORKFLOWS}
workflow a {{ enter when requested_demo; reenter never; send hello }}
workflow z {{ enter when requested_demo; reenter never; send again }}"
    );
    let mut world = world(&text);
    world.contact("ada", &[]);
    does(&mut world, "2026-03-02 10:00", "downloaded");
    does(&mut world, "2026-03-03 10:00", "requested_demo");
    let sent: Vec<String> = world.story("ada").into_iter().filter(|line| line.contains("Sent")).collect();
    assert_eq!(sent, ["03-03 10:00 a Sent s0", "03-03 10:00 z Sent s0"]);
}

#[test]
fn what_people_refuse_themselves_stays() {
    for (event, properties, reason) in [
        ("Unsubscribed", json!({}), "3"),
        ("Marked As Spam", json!({}), "5"),
        ("Email Bounced", json!({ "bounce_type": "hard" }), "4"),
    ] {
        let mut world = under("requested_demo");
        does(&mut world, "2026-03-02 10:00", "downloaded");
        world.at("2026-03-02 11:00").event("ada", event, properties).run();
        does(&mut world, "2026-03-03 10:00", "requested_demo");
        assert_eq!(mail(&mut world, "2026-03-03 12:00"), format!("news Withheld s0.{reason}"), "{event}");
    }
    for (field, value, reason) in
        [("do_not_contact", "yes", "6"), ("unsubscribed", "yes", "3"), ("paused_until", "2026-06-01", "11")]
    {
        let mut world = under("requested_demo");
        does(&mut world, "2026-03-02 10:00", "downloaded");
        world.at("2026-03-02 11:00").identify("ada", &[(field, value)]).run();
        does(&mut world, "2026-03-03 10:00", "requested_demo");
        assert_eq!(mail(&mut world, "2026-03-03 12:00"), format!("news Withheld s0.{reason}"), "{field}");
    }
}

/// What happened before the policy said so lets nobody back, and neither does anything while it says nothing of it.
#[test]
fn a_change_of_the_policy_lets_nobody_back() {
    let mut world = under("requested_demo and score >= 50");
    world.at("2026-03-02 09:00").identify("ada", &[("score", "20")]).run();
    does(&mut world, "2026-03-02 11:00", "downloaded");
    does(&mut world, "2026-03-02 12:00", "requested_demo");
    world.at("2026-03-03 10:00").run().becomes(&project("requested_demo and score >= 10")).run();
    assert_eq!(mail(&mut world, "2026-03-03 12:00"), "news Withheld s0.9");
    does(&mut world, "2026-03-05 11:00", "requested_demo");
    assert_eq!(comebacks(&world).len(), 1);
    does(&mut world, "2026-03-06 11:00", "downloaded");
    world.at("2026-03-07 10:00").run().becomes(WORKFLOWS).run();
    does(&mut world, "2026-03-07 11:00", "requested_demo");
    world.at("2026-03-08 10:00").run().becomes(&project("requested_demo")).run();
    assert_eq!(mail(&mut world, "2026-03-08 12:00"), "news Withheld s0.9");
}

#[test]
fn whoever_proves_to_be_one_stays_suppressed_by_either() {
    let mut world = under("requested_demo");
    does(&mut world, "2026-03-02 10:00", "downloaded");
    // The other of them has asked for a demo after that, and nobody knew who it was.
    world.at("2026-03-03 10:00").event("x", "requested_demo", json!({})).only_key("anonymous:x").run();
    world.at("2026-03-04 10:00").identify("ada", &[]).keys(&["user:ada", "anonymous:x"]).run();
    assert_eq!(mail(&mut world, "2026-03-04 12:00"), "news Withheld s0.9");
    does(&mut world, "2026-03-05 10:00", "requested_demo");
    assert_eq!(mail(&mut world, "2026-03-05 12:00"), "news Sent s0");
}

#[test]
fn a_restart_forgets_neither() {
    let mut world = under("requested_demo");
    does(&mut world, "2026-03-02 11:00", "downloaded");
    world.reopen();
    does(&mut world, "2026-03-03 12:00", "requested_demo");
    world.reopen();
    assert_eq!(comebacks(&world), ["03-03 12:00 come-back Consented s0.4"]);
    assert_eq!(mail(&mut world, "2026-03-03 13:00"), "news Sent s0");
}

/// A comparison is of what is done; whoever nothing is done for may be let back all the same.
#[test]
fn whoever_is_held_out_comes_back() {
    let mut world = world(&project("requested_demo"));
    world.contact("ada", &[]);
    does(&mut world, "2026-03-02 10:00", "downloaded");
    let held_out = project("requested_demo").replace("policy {", "policy { holdout 99%;");
    world.at("2026-03-02 11:00").run().becomes(&held_out).run();
    does(&mut world, "2026-03-03 10:00", "requested_demo");
    assert_eq!(comebacks(&world).len(), 1);
}
