//! E2 Deterministic.
//!
//! Not there yet: random choices (`split`, experiments, holdouts), and `now` and `today` as values.

use crate::support::{Place, World, at};
use crate::{MONDAY, becomes, does, everywhere, mails, visits};
use flow_runtime::time::Instant;
use serde_json::json;

const SEVERAL: &str = r#"
segment keen = visited at least 2 times in the last 7 days
workflow go {
  goal "demo" when requested_demo within 9 days
  enter when signed_up
  reenter after 1 day
  send hello
  wait until clicked hello up to 2 days
  if timed out { score += 1 } else { score += 10 }
  handoff to sales { note "{first_name or "somebody"}" }
}
workflow warm { enter when entered keen; reenter after 1 day; rate 1 an hour; send again }
"#;

fn lived(place: Place) -> World {
    let mut world = place.world(SEVERAL);
    for user in ["cy", "ada", "bo"] {
        world.contact(user, &[("first_name", user)]);
    }
    world.at(MONDAY);
    for user in ["bo", "cy", "ada"] {
        world.event(user, "signed_up", json!({})).event(user, "visited", json!({"page": "/"}));
        world.event(user, "visited", json!({"page": "/pricing"}));
    }
    world.run();
    world
        .at("2026-03-03 12:00")
        .event("bo", "Email Link Clicked", json!({"email_id": "hello", "link_id": "more"}))
        .run();
    does(&mut world, "2026-03-04 12:00", "cy", "requested_demo");
    world.reopen().at("2026-03-20").run();
    world
}

#[test]
fn e2_the_same_program_log_and_clock_give_the_same_result_bit_for_bit() {
    let first = lived(Place::ALL[0]);
    assert!(mails(&first) > 6, "something has happened: {}", mails(&first));
    everywhere(|place| {
        let again = lived(place);
        assert_eq!(again.snapshot().digest(), first.snapshot().digest());
        assert_eq!(again.snapshot().decisions, first.snapshot().decisions);
        assert_eq!(again.sent(), first.sent());
        // Another log gives another result.
        let mut other = lived(place);
        visits(&mut other, "2026-03-21", "bo", "/");
        assert_ne!(other.snapshot().digest(), first.snapshot().digest());
    });
}

/// What a step asks, it asks as of the instant that is recorded, not as of when it should have run.
#[test]
fn e2_now_is_the_recorded_instant_of_the_step() {
    const ASKS: &str = "workflow go { enter when signed_up; reenter never; wait 1 hour; if visited in the last 2 hours { score += 1 } else { score += 10 } }";
    everywhere(|place| {
        for (looked_at, score) in [("2026-03-02 11:00", 1), ("2026-03-02 12:00", 10)] {
            let mut world = place.world(ASKS);
            world.contact("ada", &[]);
            visits(&mut world, "2026-03-02 09:30", "ada", "/");
            does(&mut world, MONDAY, "ada", "signed_up");
            world.engine().catch_up(Instant(at(looked_at)), &mut std::iter::empty(), &mut |_| {}).unwrap();
            assert_eq!(world.score("ada"), score, "{looked_at}");
            let end = world.snapshot().decisions.last().unwrap().at;
            assert_eq!(end, at(looked_at));
            becomes(&mut world, "2026-03-05", "ada", &[("first_name", "Ada")]);
        }
    });
}
