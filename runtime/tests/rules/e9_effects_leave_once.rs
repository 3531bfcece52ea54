//! E9 Effects leave once.
//!
//! That keys are unique over stores (each ends in its store's own name) is shown where messages are written (`runtime/src/compose`); what a
//! mail server that dies in the middle of a dialogue leaves behind, by the tests of the channel and by `tests/kill.rs`.

use crate::support::{Crash, World, at};
use crate::{MONDAY, does, everywhere, go, mails, told};
use flow_runtime::dispatch::channels::Uncertain;
use flow_runtime::store::OutboxState;
use serde_json::json;
use std::collections::BTreeSet;

const SENDS: &str = "send hello\n wait 1 day\n send again";

fn state(world: &World) -> (OutboxState, u32) {
    let row = world.snapshot().outbox.remove(0).0;
    (row.state, row.attempts)
}

#[test]
fn e9_a_step_writes_its_effects_in_its_own_transaction_and_nothing_leaves_before() {
    everywhere(|place| {
        for (crash, rows) in [(Crash::InCommit(0), 0), (Crash::AfterCommit(1), 1)] {
            let mut world = place.world(&go(SENDS));
            world.contact("ada", &[]).at(MONDAY).event("ada", "signed_up", json!({}));
            *world.shared.crash.lock().unwrap() = crash;
            world.run_all(MONDAY).unwrap_err();
            *world.shared.crash.lock().unwrap() = Crash::Never;
            world.reopen();
            assert_eq!((world.snapshot().outbox.len(), mails(&world)), (rows, 0), "{crash:?}");
            world.reopen().run_all("2026-03-05").unwrap();
            assert_eq!(world.sent()["ada@people.example"], ["c1.go.1.s0.v0", "c1.go.1.s2.v1"]);
        }
    });
}

#[test]
fn e9_delivery_retries_with_backoff_under_one_key() {
    everywhere(|place| {
        let mut world = place.world(&go("send hello"));
        world.contact("ada", &[("email", "down@x.example")]);
        does(&mut world, MONDAY, "ada", "signed_up");
        let mut due = vec![at(MONDAY)];
        while state(&world).0 == OutboxState::Queued {
            let next = world.snapshot().outbox[0].0.due_at;
            due.push(next);
            world.set_now(next);
            world.run();
        }
        assert_eq!(state(&world).0, OutboxState::Failed);
        assert_eq!(told(&world, "ada", &["Undelivered"]).len(), 1);
        let pauses: Vec<i64> = due.windows(2).map(|pair| pair[1] - pair[0]).collect();
        assert!(pauses.len() > 3 && pauses[0] < pauses[pauses.len() - 1], "it waits longer each time: {pauses:?}");
        let keys: BTreeSet<String> = world.sent()["down@x.example"].iter().cloned().collect();
        assert_eq!(keys.into_iter().collect::<Vec<_>>(), ["c1.go.1.s0.v0"]);
    });
}

#[test]
fn e9_a_key_is_of_contact_workflow_run_step_and_visit_and_never_of_a_version() {
    const OFTEN: &str = "workflow go { enter when signed_up; reenter after 1 hour; send hello; wait 1 day; send again }
workflow other { enter when signed_up; reenter after 1 hour; send hello }";
    everywhere(|place| {
        let mut world = place.world(OFTEN);
        for user in ["ada", "bo"] {
            world.contact(user, &[]);
        }
        for time in [MONDAY, "2026-03-04 10:00"] {
            world.at(time).event("ada", "signed_up", json!({})).event("bo", "signed_up", json!({})).run();
        }
        world.at("2026-03-09").run();
        let keys: Vec<String> = world.sent().into_values().flatten().collect();
        assert_eq!(keys.iter().collect::<BTreeSet<_>>().len(), 12, "{keys:?}");
        assert_eq!(keys.len(), 12);
        // The key of a message that a new version finds waiting is the one that it had.
        let mut world = place.world(&go("send hello"));
        world.contact("ada", &[("email", "busy@x.example")]);
        does(&mut world, MONDAY, "ada", "signed_up");
        world.becomes(&go("score += 1\n send again\n send hello")).at("2026-03-03").run();
        assert_eq!(world.sent()["busy@x.example"], ["c1.go.1.s0.v0"; 2]);
    });
}

#[test]
fn e9_a_receiver_that_honours_the_key_sees_one_effect_whatever_dies() {
    everywhere(|place| {
        for crash in [Crash::InCommit(0), Crash::InCommit(1), Crash::AfterCommit(1), Crash::AfterCommit(2)] {
            let mut world = place.world(&go(SENDS));
            world.contact("ada", &[]).at(MONDAY).event("ada", "signed_up", json!({}));
            for _ in 0..4 {
                *world.shared.crash.lock().unwrap() = crash;
                let died = world.reopen().run_all("2026-03-05").is_err();
                *world.shared.crash.lock().unwrap() = Crash::Never;
                if !died {
                    break;
                }
            }
            world.reopen().run_all("2026-03-05").unwrap();
            let keys: BTreeSet<String> = world.sent()["ada@people.example"].iter().cloned().collect();
            assert_eq!(keys.len(), 2, "{crash:?}");
            assert_eq!(told(&world, "ada", &["Sent"]).len(), 2, "{crash:?}");
        }
    });
}

#[test]
fn e9_a_kill_between_sending_and_recording_is_resolved_by_the_channels_policy() {
    everywhere(|place| {
        for (policy, expected, word, handed) in [
            (Uncertain::GiveUp, OutboxState::Unknown, "Undelivered s0.5", 1),
            (Uncertain::Resend, OutboxState::Delivered, "Sent s0", 2),
        ] {
            let mut world = place.world(&go("send hello")).policy(policy);
            world.contact("ada", &[("email", "slow@x.example")]);
            world.at(MONDAY).event("ada", "signed_up", json!({}));
            // The message has left, and the commit that would keep the answer is lost.
            *world.shared.crash.lock().unwrap() = Crash::InCommit(1);
            world.run_all("2026-03-02 12:00").unwrap_err();
            *world.shared.crash.lock().unwrap() = Crash::Never;
            assert_eq!((state(&world).0, mails(&world)), (OutboxState::Claimed, 1));
            world.reopen().run_all("2026-03-05").unwrap();
            assert_eq!((state(&world).0, mails(&world)), (expected, handed), "{policy:?}");
            let told = told(&world, "ada", &["Sent", "Undelivered"]);
            assert!(told.len() == 1 && told[0].ends_with(word), "always recorded: {told:?}");
        }
    });
}

#[test]
fn e9_what_nobody_can_know_is_recorded_as_such() {
    everywhere(|place| {
        for (policy, expected) in [(Uncertain::GiveUp, OutboxState::Unknown), (Uncertain::Resend, OutboxState::Queued)]
        {
            let mut world = place.world(&go("send hello")).policy(policy);
            world.contact("ada", &[("email", "lost@x.example")]);
            does(&mut world, MONDAY, "ada", "signed_up");
            assert_eq!(state(&world), (expected, 1), "{policy:?}");
            let word = if policy == Uncertain::GiveUp { "Undelivered s0.5" } else { "InDoubt s0" };
            assert_eq!(
                told(&world, "ada", &["Undelivered", "InDoubt"]),
                [format!("03-02 10:00 go {word}")],
                "{policy:?}"
            );
            // What keeps the next attempt back does not make the first one nothing.
            world.set_now(at(MONDAY) + 30_000);
            world.identify("ada", &[("unsubscribed", "yes")]).run();
            world.at("2026-03-03").run();
            let told = told(&world, "ada", &["Undelivered", "InDoubt", "Withheld"]);
            assert_eq!(told.len(), if policy == Uncertain::GiveUp { 1 } else { 2 }, "{told:?}");
        }
    });
}
