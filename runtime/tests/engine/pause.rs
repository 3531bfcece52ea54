//! `paused_until` keeps marketing mail from somebody until a day (E7).

use crate::support::{World, at, world};
use serde_json::json;

const NEWS: &str = r#"
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

/// Ada, who has paused mail until 10 March.
fn paused() -> World {
    let mut world = world(NEWS);
    world.contact("ada", &[("paused_until", "2026-03-10")]);
    world
}

/// What comes of it when she asks for the news, or for what she has bought.
fn asks(world: &mut World, at: &str, event: &str) -> String {
    world.at(at).event("ada", event, json!({})).run();
    let story = world.story("ada");
    story.into_iter().rev().find(|line| !line.contains("Finished")).unwrap()
}

#[test]
fn marketing_is_withheld_until_the_day_and_receipts_leave() {
    let mut world = paused();
    assert!(world.story("ada")[0].ends_with(" Suppressed.7"), "{:?}", world.story("ada"));
    assert_eq!(asks(&mut world, "2026-03-03 10:00", "signed_up"), "03-03 10:00 news Withheld s0.11");
    assert_eq!(asks(&mut world, "2026-03-03 11:00", "requested_demo"), "03-03 11:00 receipts Sent s0");
    assert_eq!(asks(&mut world, "2026-03-09 23:59", "signed_up"), "03-09 23:59 news Withheld s0.11");
    assert_eq!(asks(&mut world, "2026-03-10 00:00", "signed_up"), "03-10 00:00 news Sent s0");
    assert_eq!(world.read("ada", "unsubscribed"), 0, "it is no opt-out");
}

#[test]
fn no_sync_makes_it_shorter_and_their_own_later_consent_ends_it() {
    let mut world = paused();
    world.at("2026-03-03 10:00").identify("ada", &[("paused_until", "2026-03-04")]).run();
    assert_eq!(asks(&mut world, "2026-03-05 10:00", "signed_up"), "03-05 10:00 news Withheld s0.11");
    // It occurred before it was last said that she wants none.
    world.at("2026-03-05 11:00").event_of("ada", "Subscribed", json!({}), at("2026-03-02 09:00")).run();
    assert_eq!(asks(&mut world, "2026-03-05 12:00", "signed_up"), "03-05 12:00 news Withheld s0.11");
    world.at("2026-03-06 10:00").event("ada", "Subscribed", json!({})).run();
    assert_eq!(world.story("ada").last().unwrap(), "03-06 10:00 Consented.2");
    assert_eq!(asks(&mut world, "2026-03-06 12:00", "signed_up"), "03-06 12:00 news Sent s0");
    // What is said later counts anew.
    world.at("2026-03-07 10:00").identify("ada", &[("paused_until", "2026-03-09")]).run();
    assert_eq!(world.story("ada").last().unwrap(), "03-07 10:00 Suppressed.8");
    assert_eq!(asks(&mut world, "2026-03-08 12:00", "signed_up"), "03-08 12:00 news Withheld s0.11");
    assert_eq!(asks(&mut world, "2026-03-09 12:00", "signed_up"), "03-09 12:00 news Sent s0");
}

/// A mail that waits for its window is asked about again, whoever has said it meanwhile.
#[test]
fn a_mail_that_is_held_is_asked_about_again() {
    let mut world = world(
        "workflow monday {\n enter when signed_up\n reenter never\n send on monday in contact timezone\n send hello\n}",
    );
    world.contact("ada", &[]).contact("ben", &[]);
    world.at("2026-03-03 10:00").event("ada", "signed_up", json!({})).event("ben", "signed_up", json!({})).run();
    world.at("2026-03-04 10:00").identify("ada", &[("paused_until", "2026-03-20")]);
    world.at("2026-03-04 10:00").identify("ben", &[("paused_until", "2026-03-09")]);
    world.at("2026-03-20 10:00").run();
    let last = |name: &str| world.story(name).into_iter().rev().find(|line| !line.contains("Finished")).unwrap();
    assert_eq!(last("ada"), "03-09 00:00 monday Withheld s0.11");
    assert_eq!(last("ben"), "03-09 00:00 monday Sent s0");
}
