//! What did not happen: nothing is said of a time in which nobody looked (LANGUAGE.md 6), and history is looked at too (E3).

use crate::support::{World, at, world};
use flow_runtime::time::Instant;
use serde_json::json;

const QUIET: &str =
    "workflow quiet {\n enter when no visited in the last 3 days new only\n reenter never\n score += 1\n}
workflow ask {
  enter when downloaded
  reenter never
  if no visited in the last 3 days { score += 10 }
  if not (visited in the last 3 days) { score += 100 }
  wait 4 days
  if no visited in the last 3 days { score += 1000 }
}";

fn entered(world: &World, user: &str) -> Vec<String> {
    world.story(user).into_iter().filter(|line| line.contains("Entered")).collect()
}

#[test]
fn who_has_just_become_known_has_not_been_silent() {
    for native in [false, true] {
        let mut world = if native { world(QUIET).native() } else { world(QUIET) };
        world.at("2026-03-04 10:00").event("ada", "downloaded", json!({"asset": "guide"})).run();
        assert_eq!(
            world.score("ada"),
            100,
            "nobody knows what she did before; to have counted no visit is another thing"
        );
        world.at("2026-03-07 09:59").run();
        assert_eq!(world.score("ada"), 100);
        world.at("2026-03-07 10:00").run().at("2026-03-10").run();
        assert_eq!(entered(&world, "ada"), ["03-04 10:00 ask Entered", "03-07 10:00 quiet Entered"]);
        assert_eq!(world.score("ada"), 1101);
        world.check_invariants();
    }
}

#[test]
fn who_is_imported_and_never_comes_is_silent_when_the_time_is_over() {
    let mut world = world(QUIET);
    world.contact("ada", &[]).contact("bo", &[]);
    // The visit of the last instant is before the timer.
    world.at("2026-03-05").event("bo", "visited", json!({"page": "/"})).run().at("2026-03-20").run();
    assert_eq!(entered(&world, "ada"), ["03-05 00:00 quiet Entered"]);
    assert_eq!(entered(&world, "bo"), ["03-08 00:00 quiet Entered"]);
}

#[test]
fn nobody_has_kept_from_leaving_a_segment_before_they_were_known() {
    let mut world = world(
        "segment hot = employees >= 60\nworkflow calm {\n enter when no left hot in the last 2 days new only\n reenter never\n score += 1\n}",
    );
    world.contact("ada", &[]).at("2026-03-10").run();
    assert_eq!(entered(&world, "ada"), ["03-04 00:00 calm Entered"]);
}

const INACTIVE: &str = "workflow gone {\n enter when inactive for 30 days\n reenter never\n score += 1\n}
segment away = inactive for 30 days
workflow left {\n enter when entered away\n reenter never\n score += 10\n}
workflow all {\n enter when inactive for 30 days including existing\n reenter never\n score += 100\n}";

/// A store whose first day is 2 March, with Ada in it.
fn with_ada(rules: &str) -> World {
    let mut world = world(rules);
    world.engine().begin(Instant(at("2026-03-02")), None).unwrap();
    world.contact("ada", &[]);
    world
}

fn visited(world: &mut World, instant: &str) {
    world.event_of("ada", "visited", json!({"page": "/"}), at(instant)).run();
}

#[test]
fn silence_is_counted_from_the_last_thing_that_history_tells() {
    let mut world = with_ada(INACTIVE);
    visited(&mut world, "2026-02-20 10:00");
    visited(&mut world, "2026-01-10 10:00");
    world.at("2026-03-22 09:59").run();
    assert_eq!(entered(&world, "ada"), [""; 0]);
    world.at("2026-04-10").run();
    let at_once = ["03-22 10:00 gone Entered", "03-22 10:00 left Entered", "03-22 10:00 all Entered"];
    assert_eq!(entered(&world, "ada"), at_once);
    world.check_invariants();
}

/// LANGUAGE.md 5: what history makes true counts as already true.
#[test]
fn who_was_silent_before_the_first_day_does_not_become_so() {
    let mut world = with_ada(INACTIVE);
    visited(&mut world, "2026-01-10 10:00");
    assert_eq!(entered(&world, "ada"), ["03-02 00:00 all Entered"]);
    world.at("2026-05-10").run();
    assert_eq!(entered(&world, "ada"), ["03-02 00:00 all Entered"]);
    // Once they have been back, they can fall silent.
    world.event("ada", "visited", json!({"page": "/"})).run().at("2026-06-20").run();
    assert_eq!(entered(&world, "ada")[1..], ["06-09 00:00 gone Entered", "06-09 00:00 left Entered"]);
}

#[test]
fn history_in_a_later_run_says_since_when_somebody_is_known() {
    let mut world = with_ada(INACTIVE);
    // Nothing that she did, and yet she was known.
    world.at("2026-03-05").event_of("ada", "Email Opened", json!({"email_id": "hello"}), at("2026-02-20 10:00"));
    world.run().at("2026-03-22 10:00").run();
    assert_eq!(entered(&world, "ada").len(), 3);
    let mut world = with_ada(INACTIVE);
    world.at("2026-03-25").run();
    visited(&mut world, "2026-02-20 10:00");
    assert_eq!(entered(&world, "ada"), ["03-25 00:00 all Entered"], "it triggers nothing");
}

#[test]
fn who_has_no_history_is_known_from_the_import_on() {
    let mut world = with_ada(INACTIVE);
    world.at("2026-03-31 23:59").run();
    assert_eq!(entered(&world, "ada"), [""; 0]);
    world.at("2026-04-01").run();
    assert_eq!(entered(&world, "ada").len(), 3);
}

#[test]
fn a_question_that_is_new_knows_the_history() {
    let mut world = with_ada("workflow other {\n enter when requested_demo\n reenter never\n score += 1\n}");
    visited(&mut world, "2026-02-20 10:00");
    world.at("2026-03-03").run();
    world.becomes(INACTIVE).at("2026-03-04").run();
    assert_eq!(entered(&world, "ada"), [""; 0], "the identify call of 2 March is no activity");
    world.at("2026-03-22 10:00").run();
    assert_eq!(entered(&world, "ada").len(), 3);
}
