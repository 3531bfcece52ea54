//! Since when events count in a journey: from its entry on, from a wait's begin, from a send.

use crate::support::{MINUTE, World, at, world};
use serde_json::json;
use std::collections::BTreeSet;

const HOUR: i64 = 60 * MINUTE;

/// Ada signs up on Monday at ten.
fn signed_up(header_and_steps: &str) -> World {
    let mut world = world(&format!("workflow go {{\n enter when signed_up\n reenter never\n {header_and_steps}\n}}"));
    world.contact("ada", &[]);
    world.at("2026-03-02 10:00").event("ada", "signed_up", json!({})).run();
    world
}

fn visit(world: &mut World, instant: &str) {
    world.at(instant).event("ada", "visited", json!({"page": "/"})).run();
}

/// How many points Ada has at the end: a point for each outcome, told apart by its size.
fn score(mut world: World) -> i64 {
    world.at("2026-04-30").run();
    world.score("ada")
}

#[test]
fn a_wait_sees_what_came_before_it_began() {
    const WAIT: &str = "wait 3 days\n wait until visited up to 5 days, otherwise { score += 100 }\n score += 1";
    let mut world = signed_up(WAIT);
    visit(&mut world, "2026-03-03");
    world.at("2026-03-05 10:00").run();
    assert_eq!(world.score("ada"), 1, "at once");
    assert_eq!(score(signed_up(WAIT)), 101);
    let from_now = WAIT.replace("visited", "visited from now");
    let mut world = signed_up(&from_now);
    visit(&mut world, "2026-03-03");
    assert_eq!(score(world), 101);
    let mut world = signed_up(&from_now);
    visit(&mut world, "2026-03-06");
    assert_eq!(score(world), 1);
}

/// An event of the instant at which a wait begins comes before it: in the order of arrival, not by the clock.
#[test]
fn from_now_begins_with_the_wait_and_not_with_its_instant() {
    const WAIT: &str = "wait 1 day\n wait until visited from now up to 2 days, otherwise { score += 100 }\n score += 1";
    let mut world = signed_up(WAIT);
    visit(&mut world, "2026-03-03 10:00");
    assert_eq!(score(world), 101);
    let mut world = signed_up(WAIT);
    world.at("2026-03-03 10:00").run();
    visit(&mut world, "2026-03-03 10:01");
    assert_eq!(score(world), 1);
}

#[test]
fn each_wait_counts_from_its_own_begin() {
    const TWICE: &str = "wait until visited from now up to 2 days, otherwise { score += 100 }
  wait until visited from now up to 2 days, otherwise { score += 1000 }";
    let mut world = signed_up(TWICE);
    visit(&mut world, "2026-03-03");
    assert_eq!(score(world), 1000);
    let mut world = signed_up(TWICE);
    visit(&mut world, "2026-03-03");
    visit(&mut world, "2026-03-04");
    assert_eq!(score(world), 0);
}

#[test]
fn from_now_behind_a_held_mail_begins_when_it_left() {
    const HELD: &str = "send on every day from 20:00 to 21:00 in contact timezone
  send hello
  wait until visited from now up to 2 days, otherwise { exit }
  score += 1";
    let mut world = signed_up(HELD);
    visit(&mut world, "2026-03-02 12:00");
    world.at("2026-03-09").run();
    let story: Vec<_> = world.story("ada").into_iter().skip(3).collect();
    assert_eq!(story[0], "03-04 20:00 go TimedOut s1");
    assert_eq!(world.score("ada"), 0);
    let mut world = signed_up(HELD);
    world.at("2026-03-02 20:00").run();
    visit(&mut world, "2026-03-02 20:01");
    assert_eq!(score(world), 1);
}

#[test]
fn since_a_send_begins_when_it_left() {
    const SENT: &str = "wait 1 day
  send hello
  wait 2 days
  if visited since hello { score += 1 } else { score += 100 }
  if visited { score += 10 }";
    let mut world = signed_up(SENT);
    visit(&mut world, "2026-03-03");
    assert_eq!(score(world), 110);
    let mut world = signed_up(SENT);
    visit(&mut world, "2026-03-04");
    assert_eq!(score(world), 11);
    // Nothing counts from a mail that never left.
    let mut world = signed_up(SENT);
    world.at("2026-03-03").identify("ada", &[("unsubscribed", "yes")]).run();
    visit(&mut world, "2026-03-04");
    assert_eq!(score(world), 110);
}

#[test]
fn the_trigger_meets_neither_its_goal_nor_its_exit_however_late_it_comes() {
    for (header, end) in
        [("goal \"again\" when signed_up within 60 days", "Converted"), ("exit when signed_up", "ExitedWhen s0")]
    {
        for late in [0, 1, 2 * HOUR] {
            let text = format!(
                "workflow go {{\n {header}\n enter when signed_up\n reenter never\n wait 3 days\n score += 1\n wait 30 days\n}}"
            );
            let mut world = world(&text);
            world.contact("ada", &[]);
            world.at("2026-03-02 10:00").event_of("ada", "signed_up", json!({}), at("2026-03-02 10:00") - late).run();
            world.at("2026-03-05 10:00").run();
            assert_eq!(world.score("ada"), 1, "{header}, {late} ms late");
            world.at("2026-03-09").event("ada", "signed_up", json!({})).run();
            let story = world.story("ada");
            assert!(story.contains(&format!("03-09 00:00 go {end}")), "{header}, {late} ms late: {story:?}");
        }
    }
}

/// What occurred up to an hour before the trigger and arrives after it counts; what is older is history.
#[test]
fn an_hour_before_the_trigger_is_not_too_early() {
    const WAIT: &str = "wait until visited up to 2 days, otherwise { exit }\n score += 1";
    let visited = |occurred: i64| {
        let mut world = signed_up(WAIT);
        world.at("2026-03-02 13:00").event_of("ada", "visited", json!({"page": "/"}), occurred).run();
        score(world)
    };
    let trigger = at("2026-03-02 10:00");
    assert_eq!((visited(trigger - HOUR), visited(trigger - HOUR - 1)), (1, 0));
    // Counted from when the trigger occurred, which may have come late itself.
    let late = |occurred: i64| {
        let mut world = world(&format!("workflow go {{\n enter when signed_up\n reenter never\n {WAIT}\n}}"));
        world.contact("ada", &[]);
        let at_once = world.at("2026-03-02 10:00");
        at_once.event_of("ada", "signed_up", json!({}), trigger - 5 * HOUR);
        at_once.event_of("ada", "visited", json!({"page": "/"}), occurred).run();
        score(world)
    };
    assert_eq!((late(trigger - 6 * HOUR), late(trigger - 6 * HOUR - 1)), (1, 0));
}

/// Neither what came before the trigger nor the trigger's own instant decides: the order of arrival does.
#[test]
fn what_arrived_before_the_trigger_is_history() {
    let mut world = world(
        "workflow go {\n enter when signed_up\n reenter never\n wait 1 minute\n if visited { score += 1 }\n wait 1 day\n if visited { score += 10 }\n}",
    );
    world.contact("ada", &[]);
    let at_once = world.at("2026-03-02 10:00");
    at_once.event("ada", "visited", json!({"page": "/"})).event("ada", "signed_up", json!({})).run();
    world.at("2026-03-04 10:00").run();
    assert_eq!(score(world), 0);
}

#[test]
fn counts_are_of_one_journey() {
    const TWICE: &str = "workflow go {\n goal \"twice\" when visited at least 2 times within 9 days\n enter when signed_up\n reenter after 1 day\n wait 1 day\n score += 1\n}";
    let mut world = world(TWICE);
    world.contact("ada", &[]);
    world.at("2026-03-02 10:00").event("ada", "signed_up", json!({})).run();
    visit(&mut world, "2026-03-02 11:00");
    world.at("2026-03-05 10:00").event("ada", "signed_up", json!({})).run().reopen();
    visit(&mut world, "2026-03-05 11:00");
    let met = |world: &mut World| {
        let story = world.story("ada");
        story.into_iter().filter(|line| line.contains("Converted") || line.contains("Attributed")).collect::<Vec<_>>()
    };
    // The first journey is over, and its goal counts on: since its entry there were two.
    assert_eq!(met(&mut world), ["03-05 11:00 go Attributed"]);
    visit(&mut world, "2026-03-05 12:00");
    assert_eq!(met(&mut world), ["03-05 11:00 go Attributed", "03-05 12:00 go Converted"]);
}

#[test]
fn a_segment_that_is_entered_counts_from_then_on() {
    const ENTERED: &str = "segment hot = score >= 50 or visited ever
workflow go { enter when visited; reenter never; exit when entered hot; score += 100; wait 1 day; score += 1 }
workflow warm { enter when visited; reenter never; wait until entered hot up to 2 days, otherwise { score += 10 } }";
    // The visit that let her in also brought her into the segment: that was before.
    let mut world = world(ENTERED);
    world.contact("ada", &[]);
    visit(&mut world, "2026-03-02 10:00");
    assert_eq!(score(world), 111);
}

/// A goal that is met after the end counts for each journey whose time for it is not over.
#[test]
fn a_goal_after_the_end_counts_for_every_journey_that_it_is_in_time_for() {
    const OFTEN: &str = "workflow go {\n goal \"demo\" when requested_demo within 9 days\n enter when signed_up\n reenter after 1 hour\n score += 1\n}";
    let met = |entries: u32, demo: &str| {
        let mut world = world(OFTEN).native();
        world.contact("ada", &[]);
        for entry in 0..entries {
            let at = format!("2026-03-{:02} {:02}:00", 2 + entry / 8, 8 + entry % 8 * 2);
            world.at(&at).event("ada", "signed_up", json!({})).run();
        }
        world.reopen().at(demo).event("ada", "requested_demo", json!({})).run();
        world.check_invariants();
        let story = world.story("ada");
        let kept = world.snapshot().contacts.iter().map(|contact| contact.kept.len()).max().unwrap();
        let entered = story.iter().filter(|line| line.contains("Entered")).count();
        let runs: BTreeSet<u32> = world.snapshot().journeys().iter().map(|journey| journey.run).collect();
        assert_eq!((entered, runs.len()), (entries as usize, entries as usize), "{story:?}");
        (story.iter().filter(|line| line.contains("Attributed")).count(), kept)
    };
    assert_eq!(met(3, "2026-03-05"), (3, 3));
    // Of those of the second of March the time is over.
    assert_eq!(met(10, "2026-03-12 07:30"), (2, 10));
    // Of many the newest.
    assert_eq!(met(30, "2026-03-06"), (16, 16));
}
