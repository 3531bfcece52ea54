//! E3 Arrival is idempotent.

use crate::support::{World, at};
use crate::{MONDAY, does, everywhere, go, told};
use flow_runtime::engine::counter;
use flow_runtime::store::{Changes, ContactWrite, EventRecord, MessageId, MessageKey, RECENT_MESSAGES, Total};
use flow_runtime::time::Instant;
use serde_json::json;

const OFTEN: &str = "workflow go { enter when downloaded; reenter after 1 minute; score += 1 }";

fn arrived(world: &World) -> usize {
    world.snapshot().events.iter().filter(|event| event.name == "downloaded").count()
}

#[test]
fn e3_a_known_message_changes_nothing_however_late() {
    everywhere(|place| {
        let mut world = place.world(OFTEN);
        world.contact("ada", &[]).at(MONDAY).event("ada", "downloaded", json!({"asset": "guide"})).run();
        let before = world.snapshot();
        for day in ["2026-03-02 11:00", "2026-03-20 10:00", "2026-06-20 10:00"] {
            world.at(day).again(Some(at(MONDAY))).run().reopen();
        }
        let after = world.snapshot();
        assert_eq!((after.events, after.decisions, world.score("ada")), (before.events, before.decisions, 1));
        assert_eq!(world.counter(counter::REPEATS), 3);
        does(&mut world, "2026-06-20 11:00", "ada", "downloaded");
        assert_eq!((arrived(&world), world.score("ada")), (2, 2), "another one is new");
    });
}

#[test]
fn e3_ids_are_kept_by_the_day_the_event_says_and_looked_for_in_the_log_where_it_says_another() {
    everywhere(|place| {
        for dated in [Some("2026-03-02 23:59"), Some("2026-03-05 09:00"), None] {
            let mut world = place.world(OFTEN);
            world.contact("ada", &[]).at("2026-03-03 00:01").event("ada", "downloaded", json!({})).run();
            world.reopen().at("2026-03-09 09:00").again(dated.map(at)).run();
            assert_eq!((arrived(&world), world.counter(counter::REPEATS)), (1, 1), "{dated:?}");
        }
    });
}

/// So many have arrived since then that its id is in nobody's memory any more.
#[test]
fn e3_one_older_than_what_is_at_hand_is_looked_for_in_the_log_before_it_is_taken() {
    everywhere(|place| {
        let mut world = place.world(OFTEN);
        world.contact("ada", &[]).at(MONDAY).event("ada", "downloaded", json!({})).run();
        let kept = world.snapshot();
        let first =
            kept.events.iter().map(|event| event.id).chain(kept.decisions.iter().map(|row| row.id)).max().unwrap();
        let visited = |nth: u64| {
            let mut message = MessageId([9; 16]);
            message.0[..8].copy_from_slice(&nth.to_le_bytes());
            let event = kept.events.last().unwrap().clone();
            let (id, message) = (first + nth, MessageKey { id: message, ..event.message });
            EventRecord { id, previous: id - 1, message, name: "visited".to_owned(), ..event }
        };
        let events: Vec<EventRecord> = (1..=RECENT_MESSAGES as u64).map(visited).collect();
        let newest = events.last().unwrap().id;
        let contacts = vec![ContactWrite { newest, ..kept.contacts[0].clone() }];
        let totals = vec![(Total::Counter(counter::EVENTS.to_owned()), RECENT_MESSAGES as i64)];
        world.write(Changes { contacts: contacts.into(), events, totals, ..Changes::default() });
        world.at("2026-03-20 10:00").again(Some(at(MONDAY))).run();
        assert_eq!((arrived(&world), world.score("ada"), world.counter(counter::REPEATS)), (1, 1, 1));
        does(&mut world, "2026-03-20 11:00", "ada", "downloaded");
        assert_eq!(arrived(&world), 2);
    });
}

const KEEN: &str =
    "workflow keen { enter when visited at least 2 times in the last 7 days new only; reenter never; score += 1 }";

#[test]
fn e3_late_events_count_by_when_they_occurred_for_windows() {
    everywhere(|place| {
        for (occurred, score) in [("2026-03-05 10:00", 0), ("2026-03-05 10:01", 1)] {
            let mut world = place.world(KEEN);
            world.contact("ada", &[]);
            does(&mut world, "2026-03-12 09:00", "ada", "visited");
            world.at("2026-03-12 10:00").event_of("ada", "visited", json!({}), at(occurred)).run();
            assert_eq!(world.score("ada"), score, "{occurred}");
        }
    });
}

#[test]
fn e3_late_events_count_by_when_they_arrived_for_triggering() {
    everywhere(|place| {
        let mut world = place.world(OFTEN);
        world.contact("ada", &[]);
        world.at("2026-03-12 10:00").event_of("ada", "downloaded", json!({}), at("2026-03-04 10:00")).run();
        assert_eq!(told(&world, "ada", &["Entered"]), ["03-12 10:00 go Entered"]);
    });
}

#[test]
fn e3_a_future_occurred_at_is_clamped_and_noted() {
    everywhere(|place| {
        for (occurred, noted) in [("2031-01-01", 1), ("2026-03-02 09:59", 0)] {
            let mut world = place.world(KEEN);
            world.contact("ada", &[]).at(MONDAY).event_of("ada", "visited", json!({}), at(occurred)).run();
            assert_eq!(world.counter(counter::FUTURE_EVENTS), noted);
            assert_eq!(world.snapshot().events.last().unwrap().occurred_at, at(occurred).min(at(MONDAY)));
            does(&mut world, "2026-03-09 09:59", "ada", "visited");
            // As of its arrival it is within seven days.
            assert_eq!(world.score("ada"), noted, "{occurred}");
        }
    });
}

const HISTORY: &str = "workflow go { enter when downloaded; reenter never; score += 1 }
workflow keen { enter when visited at least 2 times in the last 30 days new only; reenter never; score += 10 }
workflow away { enter when inactive for 30 days new only; reenter never; score += 100 }";

#[test]
fn e3_history_fills_facts_and_last_activity_and_triggers_nothing_in_whatever_run_it_arrives() {
    everywhere(|place| {
        for arrives in ["2026-03-02 10:00", "2026-03-10 10:00"] {
            let mut world = place.world(HISTORY);
            world.engine().begin(Instant(at("2026-03-02")), None).unwrap();
            world.contact("ada", &[]).at(arrives);
            for name in ["downloaded", "visited"] {
                world.event_of("ada", name, json!({}), at("2026-02-25 10:00"));
            }
            world.run();
            assert_eq!(world.score("ada"), 0, "{arrives}: it triggers nothing");
            does(&mut world, "2026-03-11 10:00", "ada", "visited");
            assert_eq!(world.score("ada"), 10, "{arrives}: it is the first of two");
        }
        // The silence is counted from what history tells, and whoever did nothing is known from the import on.
        for (history, since) in [(true, "03-27 10:00"), (false, "04-01 00:00")] {
            let mut world = place.world(HISTORY);
            world.engine().begin(Instant(at("2026-03-02")), None).unwrap();
            world.contact("ada", &[]);
            if history {
                world.event_of("ada", "visited", json!({}), at("2026-02-25 10:00")).run();
            }
            world.at("2026-04-20").run();
            assert_eq!(told(&world, "ada", &["Entered"]), [format!("{since} away Entered")]);
        }
    });
}

#[test]
fn e3_a_stream_that_is_given_again_from_its_start_changes_nothing() {
    everywhere(|place| {
        let mut world = place.world(&go("send hello\n wait 1 day\n score += 1"));
        world.contact("ada", &[]).at(MONDAY).event("ada", "signed_up", json!({})).run().at("2026-03-05").run();
        let before = (world.snapshot(), world.sent());
        world.reopen().run_all("2026-03-05").unwrap();
        assert_eq!((world.snapshot(), world.sent()), before);
    });
}
