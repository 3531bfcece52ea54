//! Events: known or new, whose they are, what they say.

use crate::support::{World, at, world};
use flow_runtime::engine::counter;
use serde_json::json;

const GREET: &str = r#"workflow greet {
  enter when downloaded(asset is "guide")
  reenter never
  send hello
  wait 1 day
  score += 5
}"#;

#[test]
fn an_event_enters_and_the_steps_run_in_their_time() {
    let mut world = world(GREET);
    world.contact("ada", &[("first_name", "Ada")]);
    world.at("2026-03-02 10:00").event("ada", "Downloaded", json!({"asset": "Guide"})).run();
    assert_eq!(world.story("ada"), ["03-02 10:00 greet Entered", "03-02 10:00 greet Sent s0"]);
    world.at("2026-03-03 09:59").run();
    assert_eq!(world.score("ada"), 0);
    world.at("2026-03-04").run();
    assert_eq!(world.score("ada"), 5);
    assert_eq!(world.story("ada").last().unwrap(), "03-03 10:00 greet Finished.1");
}

#[test]
fn a_message_that_arrived_before_changes_nothing_and_is_counted() {
    let mut world = world(GREET);
    world.contact("ada", &[]);
    world.at("2026-03-02 10:00").event("ada", "downloaded", json!({"asset": "guide"}));
    let again = world.stream.last().unwrap().clone();
    world.at("2026-03-02 11:00").event("ada", "visited", json!({"page": "/"}));
    world.stream.last_mut().unwrap().message = again.message;
    world.run();
    assert_eq!(world.snapshot().events.len(), 2);
    assert_eq!(world.counter(counter::REPEATS), 1);
}

/// A sender corrects its clock between two sendings, and midnight lies between what the two say.
#[test]
fn a_message_sent_again_around_midnight_is_the_same() {
    for minutes in [0, 59] {
        let mut world = world(GREET);
        world.contact("ada", &[]);
        let before = at("2026-03-03") - 1 - minutes * 60_000;
        world.at("2026-03-03 09:00").event_of("ada", "downloaded", json!({"asset": "guide"}), before);
        world.again(Some(at("2026-03-03") + 1)).run();
        world.at("2026-03-05 09:00").again(Some(before)).run();
        world.reopen().at("2026-03-06 09:00").again(Some(at("2026-03-03") + 1)).run();
        assert_eq!(downloads(&world), 1);
        assert_eq!(world.counter(counter::REPEATS), 3);
    }
}

/// Nobody knows on which day it happened, so it is looked for among all that say nothing.
#[test]
fn a_message_without_a_time_sent_again_on_another_day_is_the_same() {
    let mut world = world(GREET);
    world.contact("ada", &[]);
    world.at("2026-03-03 09:00").event("ada", "downloaded", json!({"asset": "guide"}));
    world.stream.last_mut().unwrap().claimed_at = None;
    world.at("2026-03-20 09:00").again(None).run();
    world.at("2026-04-20 09:00").again(None).run();
    assert_eq!((downloads(&world), world.counter(counter::REPEATS)), (1, 2));
}

fn downloads(world: &World) -> usize {
    world.snapshot().events.iter().filter(|event| event.name == "downloaded").count()
}

#[test]
fn a_stream_given_again_from_its_start_is_not_even_counted() {
    let mut world = world(GREET);
    world.contact("ada", &[]);
    world.at("2026-03-02 10:00").event("ada", "downloaded", json!({"asset": "guide"})).run();
    let before = (world.snapshot(), world.report());
    world.run_all("2026-03-02 10:00").unwrap();
    world.reopen().run_all("2026-03-02 10:00").unwrap();
    assert_eq!((world.snapshot(), world.report()), before);
}

#[test]
fn an_event_nobody_declared_is_kept_and_counts_as_activity() {
    let mut world = world("workflow quiet {\n enter when inactive for 10 days\n reenter never\n send hello\n}");
    world.contact("ada", &[]);
    world.at("2026-03-08").event("ada", "Product Viewed", json!({"sku": 7})).run();
    assert_eq!(world.counter(counter::UNKNOWN_EVENTS), 1);
    assert_eq!(world.snapshot().events.iter().filter(|event| event.name == "Product Viewed").count(), 1);
    world.at("2026-03-17 23:59").run();
    assert_eq!(world.story("ada"), Vec::<String>::new());
    world.at("2026-03-19").run();
    assert_eq!(world.story("ada")[0], "03-18 00:00 quiet Entered");
}

/// Whoever meant one goes on getting mail until somebody looks, so its name is kept; and there is an end to the names.
#[test]
fn refusals_that_are_none_are_counted_by_name_also_after_a_start() {
    let mut world = world(GREET);
    world.contact("ada", &[]);
    world.at("2026-03-02").event("ada", "Newsletter opt-out", json!({})).run();
    let count = |world: &mut World, name: &str| world.counter(&format!("{}{name}", counter::UNKNOWN_REFUSALS));
    for nth in 0..120 {
        world.event("ada", &format!("Unsubscribed from list {nth}"), json!({}));
    }
    world.run();
    world
        .reopen()
        .at("2026-03-03")
        .event("ada", "Newsletter opt-out", json!({}))
        .event("ada", "List Unsubscribe 121", json!({}))
        .run();
    assert_eq!(count(&mut world, "Newsletter opt-out"), 2);
    assert_eq!(count(&mut world, "Unsubscribed from list 5"), 1);
    assert_eq!(count(&mut world, "(others)"), 22);
    assert_eq!(world.counter(counter::UNKNOWN_EVENTS), 123);
}

/// Else a mail to Bob would reach somebody who may have said no under another id.
#[test]
fn an_address_that_is_somebody_elses_stays_theirs() {
    let mut world = world(GREET);
    world.contact("ada", &[]).contact("bob", &[]);
    let (theirs, bobs) = (world.text("ada", "email").unwrap(), world.text("bob", "email"));
    for user in ["ada", "bob"] {
        world.at("2026-03-02 10:00").identify(user, &[("email", &theirs), ("first_name", "Bob")]);
        world.stream.last_mut().unwrap().keys.push(format!("email:{theirs}"));
        world.run();
    }
    assert_eq!((world.text("bob", "email"), world.text("bob", "first_name")), (bobs, Some("Bob".to_owned())));
    assert_eq!(world.counter(counter::ADDRESSES_LEFT_OUT), 1);
}

#[test]
fn an_event_without_a_key_is_nobodys() {
    let mut world = world(GREET);
    world.at("2026-03-02 10:00").event("ada", "downloaded", json!({"asset": "guide"}));
    world.stream.last_mut().unwrap().keys.clear();
    world.run();
    assert_eq!(world.counter(counter::EVENTS_OF_NOBODY), 1);
    assert!(world.snapshot().contacts.is_empty());
}

#[test]
fn someone_known_only_by_their_events_is_not_enrolled() {
    let mut world = world(
        "contact { country_code text }
         workflow greet { enter when downloaded; reenter never; skip when country_code is \"FR\"; send hello }",
    );
    world.at("2026-03-02 10:00").event("eve", "downloaded", json!({"asset": "guide"})).run();
    world.at("2026-03-02 10:11").run();
    let lacked = ["03-02 10:10 greet Lacked email", "03-02 10:10 greet Lacked country_code"];
    assert_eq!(world.story("eve"), [&["03-02 10:10 greet Ignored.1"], &lacked[..]].concat());
    world.at("2026-03-02 11:00").identify("eve", &[("country_code", "DE"), ("email", "eve@people.example")]);
    world.at("2026-03-02 12:00").event("eve", "downloaded", json!({"asset": "guide"})).run();
    assert_eq!(world.story("eve")[3..5], ["03-02 12:00 greet Entered", "03-02 12:00 greet Sent s0"]);
}

#[test]
fn the_same_value_again_is_no_change() {
    let mut world =
        world("workflow up {\n enter when region is \"EMEA\" new only\n reenter after 1 minute\n score += 1\n}");
    world.contact("ada", &[]);
    for (day, region) in
        [("2026-03-03", "EMEA"), ("2026-03-04", "EMEA"), ("2026-03-05", "APAC"), ("2026-03-06", "EMEA")]
    {
        world.at(day).identify("ada", &[("region", region)]).run();
    }
    let entered: Vec<_> = world.story("ada").into_iter().filter(|line| line.contains("Entered")).collect();
    assert_eq!(entered, ["03-03 00:00 up Entered", "03-06 00:00 up Entered"]);
}

#[test]
fn texts_are_searched_and_compared_as_they_are_now() {
    let mut world = world(
        "workflow vp {\n enter when job_title contains \"vp\" new only\n reenter after 1 minute\n score += 1\n}
         workflow acme {\n enter when company_name is \"Acme\" new only\n reenter after 1 minute\n score += 10\n}",
    );
    world.contact("ada", &[("job_title", "Clerk"), ("company_name", "Other")]);
    assert_eq!(world.score("ada"), 0);
    world.at("2026-03-03").identify("ada", &[("job_title", "Deputy VP"), ("company_name", " ACME ")]).run();
    assert_eq!(world.score("ada"), 11);
}
