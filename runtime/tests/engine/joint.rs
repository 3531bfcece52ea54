//! What counts since entry, where the entry was held or the person did it without their name (E4, E11).

use crate::support::{World, at, program, world};
use flow_runtime::store::DecisionCode;
use flow_runtime::store::digest::digest;
use flow_runtime::store::sqlite::OpenOptions;
use flow_runtime::time::Instant;
use serde_json::json;

const WAITS: &str = r#"
workflow go {
  goal "demo" when requested_demo within 10 days
  enter when downloaded
  reenter never
  wait until visited at least 2 times up to 2 days
  if timed out {
    score += 100
  }
  score += 1
  wait 1 day
  if signed_up {
    score += 10
  }
}
"#;
const MAILS: &str = r#"
workflow go {
  goal "demo" when requested_demo within 10 days
  enter when downloaded
  reenter never
  send hello
  wait until visited up to 2 days
  if not timed out {
    score += 1
  }
}
"#;

fn does(world: &mut World, time: &str, key: &str, name: &str) {
    world.at(time).event("", name, json!({})).only_key(key).run();
}

/// Ada, of whom no address is known.
fn known(world: &mut World) {
    world.at("2026-03-02 09:00").identify("ada", &[]).run();
}

fn logs_in(world: &mut World, time: &str, device: &str) {
    world.at(time).identify("ada", &[]).keys(&[&format!("anonymous:{device}")]).run();
}

fn brings_address(world: &mut World, time: &str, keys: &[&str]) {
    world.at(time).identify("ada", &[("email", "ada@x.example")]).keys(keys).run();
}

fn score(world: &mut World, user: &str) -> i64 {
    world.at("2026-03-20").run();
    world.score(user)
}

/// By order of arrival, where the instants are the same.
#[test]
fn what_was_done_without_a_name_after_the_entry_counts() {
    let mut world = world(WAITS);
    world.contact("ada", &[]);
    does(&mut world, "2026-03-02 10:00", "anonymous:d1", "visited");
    does(&mut world, "2026-03-02 10:00", "user:ada", "downloaded");
    does(&mut world, "2026-03-02 10:00", "anonymous:d1", "visited");
    does(&mut world, "2026-03-02 11:00", "anonymous:d2", "visited");
    does(&mut world, "2026-03-02 11:00", "anonymous:d2", "signed_up");
    logs_in(&mut world, "2026-03-02 12:00", "d1");
    assert_eq!(world.score("ada"), 0, "one visit after the entry");
    world.reopen();
    logs_in(&mut world, "2026-03-02 13:00", "d2");
    assert_eq!(world.score("ada"), 1, "two, and the wait is over");
    assert_eq!(score(&mut world, "ada"), 11);
}

#[test]
fn a_goal_that_was_met_without_a_name_is_met_at_the_login() {
    let mut world = world(WAITS);
    world.contact("ada", &[]);
    does(&mut world, "2026-03-02 09:00", "anonymous:d1", "requested_demo");
    does(&mut world, "2026-03-02 10:00", "user:ada", "downloaded");
    does(&mut world, "2026-03-02 10:30", "anonymous:d2", "requested_demo");
    logs_in(&mut world, "2026-03-02 12:00", "d1");
    assert_eq!(world.story("ada").len(), 1, "{:?}", world.story("ada"));
    logs_in(&mut world, "2026-03-02 13:00", "d2");
    assert_eq!(world.story("ada")[1], "03-02 13:00 go Converted");
}

#[test]
fn a_goal_that_counts_on_after_the_end_is_met_too() {
    let mut world = world(&WAITS.replace("up to 2 days", "up to 1 minute").replace("wait 1 day", "wait 1 minute"));
    world.contact("ada", &[]);
    does(&mut world, "2026-03-02 10:00", "user:ada", "downloaded");
    does(&mut world, "2026-03-02 11:00", "anonymous:d1", "requested_demo");
    logs_in(&mut world, "2026-03-02 12:00", "d1");
    assert_eq!(world.story("ada").last().unwrap(), "03-02 12:00 go Attributed");
}

/// The one that goes on began on the device, and the user visits meanwhile.
#[test]
fn a_journey_of_the_device_counts_what_the_user_did() {
    let mut world = world(WAITS);
    world.contact("ada", &[]);
    does(&mut world, "2026-03-02 10:00", "anonymous:d1", "downloaded");
    does(&mut world, "2026-03-02 10:30", "user:ada", "visited");
    does(&mut world, "2026-03-02 11:00", "user:ada", "downloaded");
    does(&mut world, "2026-03-02 11:00", "user:ada", "visited");
    logs_in(&mut world, "2026-03-02 12:00", "d1");
    assert_eq!(score(&mut world, "ada"), 1);
}

/// Of two journeys that prove to be one person's, one may have its mail in the hands of a mail server: the other does not send it again.
#[test]
fn a_mail_on_its_way_from_a_journey_that_gives_way_is_not_sent_again() {
    let mut world = world(
        "workflow w { enter when downloaded; reenter never; exit when requested_demo; wait until visited up to 1 day; send hello; wait 1 day }",
    );
    world.contact("ada", &[("email", "ada@x.example")]);
    world.at("2026-03-02 10:00").event("ada", "downloaded", json!({})).run();
    world.at("2026-03-02 10:01").identify("", &[("email", "slow@x.example")]).only_key("anonymous:d1").run();
    does(&mut world, "2026-03-02 10:02", "anonymous:d1", "downloaded");
    does(&mut world, "2026-03-02 10:03", "anonymous:d1", "visited");
    logs_in(&mut world, "2026-03-02 10:10", "d1");
    world.at("2026-03-02 10:12").event("ada", "visited", json!({})).run();
    world.at("2026-03-05").run();
    let attempts: usize = world.sent().values().map(Vec::len).sum();
    assert_eq!(attempts, 1, "{:?}", world.story("ada"));
}

/// Whoever was joined before is part of who is joined now, in whatever batch that was.
#[test]
fn what_somebody_did_who_was_joined_before_counts() {
    for batch_items in [1, 1000] {
        let mut world = World::of(program(WAITS)).limits(batch_items, 1);
        world.at("2026-03-02 10:00").event("ada", "downloaded", json!({}));
        world.at("2026-03-02 11:00").event("", "visited", json!({})).only_key("anonymous:d1");
        world.event("", "visited", json!({})).only_key("anonymous:d2");
        world.at("2026-03-02 12:00").identify("", &[]).only_key("anonymous:d1").keys(&["email:a@x.example"]);
        world.identify("", &[]).only_key("anonymous:d2").keys(&["email:a@x.example"]);
        world.at("2026-03-02 13:00").identify("ada", &[]).keys(&["email:a@x.example"]);
        world.run_all("2026-03-02 14:00").unwrap();
        world.check_invariants();
        assert_eq!(world.score("ada"), 1, "{batch_items}: {:?}", world.story("ada"));
    }
}

#[test]
fn from_now_and_since_a_mail_are_counted_by_when_it_arrived() {
    let text = r#"
workflow go {
  enter when downloaded
  reenter never
  wait 1 day
  send hello
  wait until visited since hello and signed_up from now up to 2 days
  if not timed out {
    score += 1
  }
}
"#;
    for (time, points) in [("2026-03-02 11:00", 0), ("2026-03-03 11:00", 1)] {
        let mut world = world(text);
        world.contact("ada", &[("email", "ada@x.example")]);
        does(&mut world, "2026-03-02 10:00", "user:ada", "downloaded");
        does(&mut world, time, "anonymous:d1", "visited");
        does(&mut world, time, "anonymous:d1", "signed_up");
        logs_in(&mut world, "2026-03-03 12:00", "d1");
        assert_eq!(world.score("ada"), points);
    }
}

#[test]
fn what_comes_after_a_held_event_counts() {
    let mut world = world(MAILS);
    known(&mut world);
    does(&mut world, "2026-03-02 09:50", "user:ada", "visited");
    does(&mut world, "2026-03-02 10:00", "user:ada", "downloaded");
    does(&mut world, "2026-03-02 10:02", "user:ada", "visited");
    world.reopen();
    brings_address(&mut world, "2026-03-02 10:04", &[]);
    assert_eq!(world.score("ada"), 1);

    let mut world = self::world(MAILS);
    known(&mut world);
    does(&mut world, "2026-03-02 09:50", "user:ada", "visited");
    does(&mut world, "2026-03-02 10:00", "user:ada", "downloaded");
    brings_address(&mut world, "2026-03-02 10:04", &[]);
    assert_eq!(score(&mut world, "ada"), 0, "a visit before it does not");
}

#[test]
fn a_goal_that_is_met_while_the_entry_is_held_refuses_it() {
    let mut world = world(MAILS);
    known(&mut world);
    does(&mut world, "2026-03-02 10:00", "user:ada", "downloaded");
    does(&mut world, "2026-03-02 10:02", "user:ada", "requested_demo");
    brings_address(&mut world, "2026-03-02 10:04", &[]);
    assert_eq!(world.story("ada"), ["03-02 10:04 go Ignored.6"]);
}

/// A second trigger joins the first, from which on everything counts.
#[test]
fn a_second_trigger_does_not_count_anew() {
    let mut world = world(MAILS);
    known(&mut world);
    does(&mut world, "2026-03-02 10:00", "user:ada", "downloaded");
    does(&mut world, "2026-03-02 10:02", "user:ada", "visited");
    does(&mut world, "2026-03-02 10:03", "user:ada", "downloaded");
    brings_address(&mut world, "2026-03-02 10:12", &[]);
    assert_eq!(world.score("ada"), 1);
}

#[test]
fn a_held_entry_counts_what_the_other_contact_did() {
    for (holder, other) in [("user:ada", "anonymous:d1"), ("anonymous:d1", "user:ada")] {
        let mut world = world(MAILS);
        known(&mut world);
        does(&mut world, "2026-03-02 10:00", holder, "downloaded");
        does(&mut world, "2026-03-02 10:02", other, "visited");
        // Held as well, and younger.
        does(&mut world, "2026-03-02 10:03", other, "downloaded");
        brings_address(&mut world, "2026-03-02 10:04", &["anonymous:d1"]);
        assert_eq!(world.score("ada"), 1, "held for {holder}");
    }
}

/// Who is held for an address, comes in by the rate and waits for their turn has the same place as before.
#[test]
fn whoever_waits_for_their_turn_has_what_was_counted_before() {
    for (time, key) in [("10:02", "user:ada"), ("10:20", "anonymous:d1"), ("10:02", "anonymous:d1")] {
        let mut world = world(&MAILS.replace("reenter never", "reenter never\n rate 1 an hour"));
        world.contact("bob", &[("email", "bob@x.example")]);
        known(&mut world);
        does(&mut world, "2026-03-02 09:59", "user:bob", "downloaded");
        does(&mut world, "2026-03-02 10:00", "user:ada", "downloaded");
        if time == "10:02" {
            does(&mut world, "2026-03-02 10:02", key, "requested_demo");
        }
        brings_address(&mut world, "2026-03-02 10:04", &[]);
        if time == "10:20" {
            does(&mut world, "2026-03-02 10:20", key, "requested_demo");
        }
        logs_in(&mut world, "2026-03-02 10:30", "d1");
        world.at("2026-03-02 12:00").run();
        let refused = world.story("ada").into_iter().filter(|line| line.ends_with("go Ignored.6")).count();
        assert_eq!(refused, 1, "{time} {key}: {:?}", world.story("ada"));
    }
}

/// The rest of a day that somebody spends as two contacts, cut into batches in every way.
#[test]
fn the_border_of_a_batch_changes_nothing_of_it() {
    let program = program(&format!("{WAITS}{}", MAILS.replace(" go ", " mails ")));
    let people = |batch_items| {
        let mut world = World::of(std::sync::Arc::clone(&program)).limits(batch_items, 2);
        let names = ["downloaded", "visited", "requested_demo", "visited", "signed_up"];
        for person in 0..20_usize {
            let (user, device) = (format!("user:u{person}"), format!("anonymous:d{person}"));
            for minute in 0..6_usize {
                let drawn = person * 7 + minute * 5 + person * minute;
                world.set_now(at("2026-03-02 10:00") + (person * 3 + minute) as i64 * 60_000);
                let key = if drawn.is_multiple_of(2) { &user } else { &device };
                world.event("", names[drawn / 2 % names.len()], json!({})).only_key(key);
            }
            let address = format!("u{person}@x.example");
            world.identify(&format!("u{person}"), &[("email", &address)]).keys(&[&device]);
        }
        world.stream.sort_by_key(|arrival| arrival.arrived_at);
        world
    };
    let mut whole = people(1000);
    whole.run_all("2026-03-10").unwrap();
    whole.check_invariants();
    let converted = whole.report().decided(None, DecisionCode::Converted);
    assert!(converted > 1, "{converted}");
    for batch_items in [1, 2, 3, 7, 50] {
        let mut other = people(batch_items);
        other.run_all("2026-03-02 10:20").unwrap();
        other.reopen().run_all("2026-03-10").unwrap();
        other.check_invariants();
        assert_eq!(other.snapshot().digest(), whole.snapshot().digest(), "{batch_items}");
    }
    // In a file, by machine code, and by several processes one after another.
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("flow.db");
    let texts = program.texts.values().cloned().collect();
    let store = OpenOptions { texts, ..OpenOptions::new(&path) };
    let world = people(3);
    for until in ["2026-03-02 10:13", "2026-03-02 10:31", "2026-03-10"] {
        let backend = std::sync::Arc::new(flow_native::compile(&program).unwrap());
        let mut engine = world.engine_over(backend, store.open().unwrap());
        engine.run_until(Instant(at(until)), &mut world.stream.iter().cloned().map(Ok), &mut |_| {}).unwrap();
        engine.into_store().close().unwrap();
    }
    assert_eq!(digest(&path).unwrap(), whole.snapshot().digest());
}

/// What a machine did with the mail of a device is no more the person's where the device proves to be theirs.
#[test]
fn a_machines_click_counts_for_nobody_else_either() {
    const CLICKS: &str = "event email_link_clicked { link_id text }\n\
        workflow mailing { enter when signed_up; reenter never; send hello; wait 9 days }\n\
        workflow go { enter when downloaded; reenter never; wait until email_link_clicked up to 3 days; score += 1 }";
    for (after_ms, ends_at) in [(3_000, "03-05 10:00 go Finished.1"), (60_000, "03-02 12:00 go Finished.1")] {
        let mut world = world(CLICKS);
        world.contact("ada", &[]);
        does(&mut world, "2026-03-02 10:00", "user:ada", "downloaded");
        world.at("2026-03-02 10:30").identify("", &[("email", "device@x.example")]).only_key("anonymous:d1").run();
        does(&mut world, "2026-03-02 11:00", "anonymous:d1", "signed_up");
        world.set_now(at("2026-03-02 11:00") + after_ms);
        let click = json!({"email_id": "hello", "link_id": "more"});
        world.event("", "Email Link Clicked", click).only_key("anonymous:d1").run();
        logs_in(&mut world, "2026-03-02 12:00", "d1");
        world.at("2026-03-06").run();
        let story = world.story("ada");
        assert!(story.iter().any(|line| line == ends_at), "{after_ms}: {story:?}");
    }
}
