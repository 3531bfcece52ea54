//! E14 Total.
//!
//! Not there yet: a pause as a reason to be alive. Every test of this folder looks at each store that it leaves behind
//! (`World::check_invariants`).

use crate::support::{Place, World, at};
use crate::{MONDAY, does, everywhere, go};
use flow_runtime::store::{Changes, JourneyRecord, JourneyStatus};
use std::panic::{AssertUnwindSafe, catch_unwind};

fn alive(world: &World) -> JourneyRecord {
    let live: Vec<JourneyRecord> =
        world.journeys("ada").into_iter().filter(|journey| journey.status != JourneyStatus::Ended).collect();
    assert_eq!(live.len(), 1);
    live[0].clone()
}

/// Ada in `steps`, her mail to this address.
fn in_steps(place: Place, steps: &str, address: &str) -> World {
    let mut world = place.world(&go(steps));
    world.contact("ada", &[("email", address)]);
    does(&mut world, MONDAY, "ada", "signed_up");
    world
}

#[test]
fn e14_a_live_journey_waits_for_a_due_instant() {
    everywhere(|place| {
        let world = in_steps(place, "wait 1 day", "ada@x.example");
        let journey = alive(&world);
        assert_eq!((journey.status, journey.due_at), (JourneyStatus::Waiting, Some(at("2026-03-03 10:00"))));
    });
}

#[test]
fn e14_or_for_an_event_with_the_instant_at_which_it_is_too_late() {
    everywhere(|place| {
        let world = in_steps(place, "wait until visited up to 2 days", "ada@x.example");
        let journey = alive(&world);
        assert_eq!((journey.status, journey.due_at), (JourneyStatus::Awaiting, Some(at("2026-03-04 10:00"))));
    });
}

#[test]
fn e14_or_with_a_held_message() {
    everywhere(|place| {
        let world = in_steps(place, "send on saturday in contact timezone\n send hello", "ada@x.example");
        let journey = alive(&world);
        assert_eq!((journey.status, journey.due_at), (JourneyStatus::Held, Some(at("2026-03-07"))));
    });
}

#[test]
fn e14_or_for_an_answer() {
    everywhere(|place| {
        let world = in_steps(place, "send hello\n wait 1 day", "slow@x.example");
        let journey = alive(&world);
        assert_eq!(journey.status, JourneyStatus::Sending);
        let row = world.snapshot().outbox[0].0.clone();
        assert!(journey.outbox == Some(row.id) && row.state.is_unsettled());
    });
}

#[test]
fn e14_whoever_has_none_of_them_has_ended() {
    everywhere(|place| {
        for (steps, exits) in [("score += 1", false), ("exit", true), ("handoff to sales", false)] {
            let world = in_steps(place, steps, "ada@x.example");
            let journeys = world.journeys("ada");
            assert_eq!(
                journeys.iter().map(|journey| journey.status).collect::<Vec<_>>(),
                [JourneyStatus::Ended],
                "{steps}"
            );
            assert_eq!(world.decisions("ada").iter().any(|line| line.contains("Exited")), exits);
        }
    });
}

/// What the other tests rely on: a store with a journey that nothing wakes is found.
#[test]
fn e14_a_journey_without_a_reason_to_be_alive_is_found() {
    everywhere(|place| {
        for breaks in [true, false] {
            let mut world = in_steps(place, "wait 1 day", "ada@x.example");
            let mut contact = world.snapshot().contacts.remove(0);
            if breaks {
                contact.kept[0].due_at = None;
            }
            world.is_checked_at_its_end = false;
            world.write(Changes { contacts: vec![contact].into(), ..Changes::default() });
            let looked = catch_unwind(AssertUnwindSafe(|| world.check_invariants()));
            assert_eq!(looked.is_err(), breaks);
        }
    });
}
