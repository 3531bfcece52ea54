//! Who is who (E11), and what somebody refuses (E7).

use crate::support::{World, at, world};
use flow_runtime::engine::counter;
use serde_json::json;

const RULES: &str = r#"
workflow look {
  enter when visited(page is "/pricing") at least 2 times in the last 7 days new only
  reenter never
  send hello
}
workflow warm {
  enter when visited
  reenter after 30 days
  wait 5 days
  score += 10
  send again
}
"#;

fn visits(world: &mut World, time: &str, key: &str) {
    world.at(time).event("", "visited", json!({"page": "/pricing"})).only_key(key).run();
}

fn logs_in(world: &mut World, time: &str, user: &str, device: &str) {
    world.at(time).identify(user, &[]).keys(&[&format!("anonymous:{device}")]).run();
}

#[test]
fn what_somebody_did_before_they_logged_in_is_theirs() {
    let mut world = world(RULES);
    world.contact("ada", &[]);
    visits(&mut world, "2026-03-03 10:00", "anonymous:d1");
    logs_in(&mut world, "2026-03-03 10:05", "ada", "d1");
    assert_eq!(world.counter(counter::JOINED), 1);
    assert_eq!(world.story("ada").iter().filter(|line| line.contains("look")).count(), 0, "one visit so far");
    visits(&mut world, "2026-03-03 10:06", "anonymous:d1");
    let story = world.story("ada");
    assert!(story.contains(&"03-03 10:06 look Entered".to_owned()), "{story:?}");
}

/// Joining makes conditions true and is no trigger.
#[test]
fn joining_lets_nobody_in() {
    let mut world = world(RULES);
    world.contact("ada", &[]);
    visits(&mut world, "2026-03-03 10:00", "anonymous:d1");
    visits(&mut world, "2026-03-03 10:01", "anonymous:d1");
    logs_in(&mut world, "2026-03-03 10:05", "ada", "d1");
    visits(&mut world, "2026-03-03 10:06", "user:ada");
    let looks = world.story("ada").into_iter().filter(|line| line.contains("look Entered")).count();
    assert_eq!(looks, 0);
}

/// Of two journeys in one workflow the older goes on.
#[test]
fn the_older_journey_goes_on() {
    // Without mail, so that somebody without an address comes in.
    let mut world = world(&RULES.replace("  send again\n", ""));
    visits(&mut world, "2026-03-03 10:00", "anonymous:d1");
    world.contact("ada", &[]);
    visits(&mut world, "2026-03-04 10:00", "user:ada");
    logs_in(&mut world, "2026-03-04 12:00", "ada", "d1");
    world.check_invariants();
    world.at("2026-03-08 11:00").run();
    assert_eq!(world.score("ada"), 10, "five days after the visit on the device");
    world.at("2026-03-10 11:00").run();
    assert_eq!(world.score("ada"), 10);
    let ada = world.id("ada");
    let contact = world.snapshot().contacts.into_iter().find(|contact| contact.id == ada).unwrap();
    assert_eq!(contact.kept.len(), 1, "one of them still matters");
    let gave_way = world.story("ada").into_iter().filter(|line| line.contains("GaveWay")).count();
    assert_eq!(gave_way, 1, "the younger ended for the older: {:?}", world.story("ada"));
}

#[test]
fn a_device_of_two_users_joins_nobody() {
    let mut world = world(RULES);
    world.contact("ada", &[("first_name", "Ada")]).contact("bob", &[("first_name", "Bob")]);
    logs_in(&mut world, "2026-03-03 10:00", "ada", "d1");
    logs_in(&mut world, "2026-03-03 11:00", "bob", "d1");
    assert_eq!((world.counter(counter::JOINED), world.text("ada", "first_name").unwrap()), (0, "Ada".to_owned()));
    // Whoever logged in last owns what comes from it without a user id.
    visits(&mut world, "2026-03-03 12:00", "anonymous:d1");
    assert_eq!((world.story("ada").len(), world.story("bob").len()), (0, 1));
}

#[test]
fn only_the_persons_own_later_act_lifts_a_refusal() {
    let mut world = world(RULES);
    world.contact("ada", &[]);
    world.at("2026-03-03 10:00").event("ada", "Unsubscribed", json!({})).run();
    world.at("2026-03-03 11:00").identify("ada", &[("unsubscribed", "no")]).run();
    assert_eq!(world.read("ada", "unsubscribed"), 1);
    world.at("2026-03-03 12:00").event_of("ada", "Subscribed", json!({}), at("2026-03-03 09:00")).run();
    assert_eq!(world.read("ada", "unsubscribed"), 1, "it occurred before");
    world.at("2026-03-03 13:00").event("ada", "Subscribed", json!({})).run();
    assert_eq!(world.read("ada", "unsubscribed"), 0);
    assert!(world.story("ada").iter().any(|line| line.contains("Consented")), "{:?}", world.story("ada"));
}

#[test]
fn what_refused_mail_is_the_address() {
    let mut world = world(RULES);
    let moves = |world: &mut World, time: &str, user: &str, address: &str| {
        world.at(time).identify(user, &[("email", address)]).keys(&[&format!("email:{address}")]).run();
    };
    moves(&mut world, "2026-03-02 10:00", "ada", "old@x.example");
    world.at("2026-03-03 10:00").event("ada", "Email Bounced", json!({"bounce_type": "hard"})).run();
    assert_eq!(world.read("ada", "hard_bounced"), 1);
    moves(&mut world, "2026-03-04 10:00", "ada", "new@x.example");
    assert_eq!(world.read("ada", "hard_bounced"), 0);
    moves(&mut world, "2026-03-05 10:00", "bob", "old@x.example");
    assert_eq!(world.read("bob", "hard_bounced"), 1);
    world
        .at("2026-03-06 10:00")
        .event("bob", "Email Bounced", json!({"bounce_type": "hard", "email": "new@x.example"}))
        .run();
    assert_eq!(world.read("ada", "hard_bounced"), 0, "it says so of bob's line alone, and ada comes back to it");
    moves(&mut world, "2026-03-07 10:00", "ada", "third@x.example");
    moves(&mut world, "2026-03-08 10:00", "ada", "new@x.example");
    assert_eq!(world.read("ada", "hard_bounced"), 1);
}
