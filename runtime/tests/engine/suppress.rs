//! A step keeps all marketing from somebody, until they say otherwise themselves.

use crate::support::{World, at, world};
use serde_json::json;

const QUIET: &str = r#"
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
workflow receipts {
  enter when requested_demo
  reenter after 1 minute
  send bill
}
"#;

/// Ada, whom a workflow has suppressed on 2 March at 10:00.
fn suppressed() -> World {
    let mut world = world(QUIET);
    world.contact("ada", &[]);
    world.at("2026-03-02 10:00").event("ada", "downloaded", json!({})).run();
    world
}

fn asks(world: &mut World, at: &str, event: &str) -> String {
    world.at(at).event("ada", event, json!({})).run();
    let story = world.story("ada");
    story.into_iter().rev().find(|line| !line.contains("Finished")).unwrap()
}

#[test]
fn no_workflow_sends_marketing_and_transactional_mail_leaves() {
    let mut world = suppressed();
    assert_eq!(
        world.story("ada"),
        ["03-02 10:00 quiet Entered", "03-02 10:00 quiet Finished.1", "03-02 10:00 quiet Suppressed s0.5"]
    );
    assert_eq!(asks(&mut world, "2026-03-03 10:00", "signed_up"), "03-03 10:00 news Withheld s0.9");
    assert_eq!(asks(&mut world, "2026-03-03 11:00", "requested_demo"), "03-03 11:00 receipts Sent s0");
    assert_eq!(world.read("ada", "unsubscribed"), 0, "it is no opt-out");
}

#[test]
fn only_their_own_later_consent_lifts_it() {
    let mut world = suppressed();
    // What occurred before it says nothing of it, nor does anything that a sync brings.
    world.at("2026-03-03 10:00").event_of("ada", "Subscribed", json!({}), at("2026-03-02 09:00")).run();
    world.at("2026-03-03 11:00").identify("ada", &[("unsubscribed", "no"), ("do_not_contact", "no")]).run();
    assert_eq!(asks(&mut world, "2026-03-03 12:00", "signed_up"), "03-03 12:00 news Withheld s0.9");
    world.at("2026-03-04 10:00").event("ada", "Subscribed", json!({})).run();
    assert_eq!(world.story("ada").last().unwrap(), "03-04 10:00 Consented.1");
    assert_eq!(asks(&mut world, "2026-03-04 12:00", "signed_up"), "03-04 12:00 news Sent s0");
    // A later step says so anew.
    assert_eq!(asks(&mut world, "2026-03-05 12:00", "downloaded"), "03-05 12:00 quiet Suppressed s0.5");
    assert_eq!(asks(&mut world, "2026-03-06 12:00", "downloaded"), "03-06 12:00 quiet Suppressed s0.6");
    assert_eq!(asks(&mut world, "2026-03-07 12:00", "signed_up"), "03-07 12:00 news Withheld s0.9");
}

#[test]
fn a_refusal_of_their_own_is_told_first_and_one_act_lifts_both() {
    let mut world = suppressed();
    world.at("2026-03-03 10:00").event("ada", "Unsubscribed", json!({})).run();
    assert_eq!(asks(&mut world, "2026-03-03 12:00", "signed_up"), "03-03 12:00 news Withheld s0.3");
    world.at("2026-03-04 10:00").event("ada", "Subscribed", json!({})).run();
    assert_eq!(asks(&mut world, "2026-03-04 12:00", "signed_up"), "03-04 12:00 news Sent s0");
}

/// It holds for what waits for its window, and for what a server has put off, in any workflow.
#[test]
fn what_is_on_its_way_is_asked_about_again() {
    let mut world = world(&format!(
        "{QUIET}workflow monday {{\n enter when visited\n reenter never\n send on monday in contact timezone\n send again\n}}"
    ));
    world.identify("ada", &[("email", "busy@x.example")]);
    world.at("2026-03-03 10:00").event("ada", "visited", json!({})).event("ada", "signed_up", json!({})).run();
    world.event("ada", "downloaded", json!({})).run().at("2026-03-10").run();
    let story = world.story("ada");
    assert!(story.contains(&"03-09 00:00 monday Withheld s0.9".to_owned()), "{story:?}");
    let news: Vec<&String> = story.iter().filter(|line| line.contains("news Withheld")).collect();
    assert!(news.len() == 1 && news[0].ends_with("s0.9"), "{story:?}");
    assert_eq!(world.sent()["busy@x.example"].len(), 1, "the attempt before it");
}

#[test]
fn it_stays_when_two_contacts_prove_to_be_one() {
    let mut world = world(QUIET);
    world.contact("ada", &[]);
    world.at("2026-03-02 10:00").event("", "downloaded", json!({})).only_key("anonymous:d1").run();
    assert_eq!(asks(&mut world, "2026-03-02 11:00", "signed_up"), "03-02 11:00 news Sent s0");
    world.at("2026-03-02 12:00").identify("ada", &[]).keys(&["anonymous:d1"]).run();
    assert_eq!(asks(&mut world, "2026-03-02 13:00", "signed_up"), "03-02 13:00 news Withheld s0.9");
}

#[test]
fn a_goal_and_the_steps_behind_it_go_on() {
    let steps = "goal \"Demo\" when requested_demo within 9 days\n suppress because \"quiet\"\n send hello\n wait 1 day\n score += 1";
    let mut world = world(&format!("workflow go {{\n enter when signed_up\n reenter never\n {steps}\n}}")).native();
    world.contact("ada", &[]);
    world.at("2026-03-02 10:00").event("ada", "signed_up", json!({})).run().at("2026-03-04").run();
    world.event("ada", "requested_demo", json!({})).run();
    assert_eq!(world.score("ada"), 1);
    for line in ["03-02 10:00 go Suppressed s0.5", "03-02 10:00 go Withheld s1.9", "03-04 00:00 go Attributed"] {
        assert!(world.story("ada").contains(&line.to_owned()), "{line}: {:?}", world.story("ada"));
    }
}
