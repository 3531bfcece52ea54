//! What did not happen: nothing is said of a time in which nobody looked (LANGUAGE.md 6).

use crate::support::{World, world};
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
