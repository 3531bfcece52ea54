//! Batches only group work: where their borders fall, what is in memory and when the process dies changes nothing.

use crate::support::{Crash, World, at, program, world};
use flow_ir::Program;

use flow_runtime::engine::{EngineError, Unread, counter};
use flow_runtime::inbound::Arrival;
use flow_runtime::store::{DecisionCode, JourneyStatus};
use flow_runtime::time::Instant;
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// Everything that could reach from one contact to another or across an instant: turns in a team taken by steps, by bounces and
/// after waits; places of a rate; mails that fail, wait and are tried again; windows, deadlines, silence, entries that set each other going.
const MESH: &str = r#"
workflow nurture {
  goal "demo" when requested_demo within 20 days
  enter when downloaded
  reenter after 5 days
  exit when stage >= opportunity
  skip when has_open_deal
  send on weekdays from 09:00 to 17:00 in contact timezone
  send hello
  wait 2 days
  if clicked hello {
    score += 10
  }
  wait until visited(page is "/pricing") up to 3 days
  if timed out {
    exit
  }
  score += 30
  send again
  handoff to sales {
    note "read it"
  }
}
workflow warm {
  enter when score >= 30 new only
  reenter after 2 days
  rate 1 an hour
  advance stage to mql
  send bill
}
workflow clean {
  enter when hard_bounced new only
  reenter never
  handoff to sales {
    note "wrong address"
    keep in workflow
  }
  wait 3 hours
  handoff to sales {
    note "still wrong"
  }
}
workflow quiet {
  enter when inactive for 6 days
  reenter after 10 days
  send again
  wait 1 day
  score -= 5
}
workflow renew {
  enter when signed_up
  reenter after 3 days
  wait until next tuesday at 09:00
  wait until 2 days before renewal_date at 10:00, if past {
    wait 1 day when region is "EMEA", otherwise 30 hours
  }
  wait until day 12
  score -= 1
}
workflow now {
  enter when signed_up
  reenter after 1 day
  rate 1 a day
  handoff to sales {
    note "signed up"
  }
}
"#;

const PEOPLE: u64 = 24;
const DEVICES: u64 = 10;
const END: &str = "2026-04-20";

/// Numbers that look drawn and are the same every time.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

fn address(person: u64) -> String {
    let kinds = ["ada", "dead", "busy", "ben", "down", "blocked", "eve", "mute"];
    format!("{}{person}@x.example", kinds[(person % 8) as usize])
}

/// A month of events. Many share an instant.
fn stream(world: &mut World, seed: u64) {
    let mut numbers = Numbers(seed);
    let mut minute = 0;
    let start = at("2026-03-02");
    for _ in 0..400 {
        minute += numbers.below(4) * numbers.below(120);
        let now = start + i64::try_from(minute).unwrap() * 60_000;
        world.set_now(now);
        let person = numbers.below(PEOPLE);
        let user = format!("u{person}");
        let late = now - i64::try_from(numbers.below(3) * numbers.below(7_200_000)).unwrap();
        match numbers.below(12) {
            0..3 => {
                let zone = ["Europe/Berlin", "America/New_York", "Asia/Kolkata"][numbers.below(3) as usize];
                let region = ["EMEA", "AMER"][numbers.below(2) as usize];
                // Now and then somebody exchanges their address, perhaps for one that is another's, and logs in on a device.
                let address = address(if numbers.below(5) == 0 { numbers.below(PEOPLE) } else { person });
                let renewal = ["2026-03-20", "2026-03-27", "2026-04-03"][minute as usize % 3];
                let values =
                    [("email", address.as_str()), ("timezone", zone), ("region", region), ("renewal_date", renewal)];
                world.identify(&user, &values);
                world.keys(&[&format!("email:{address}")]);
                if numbers.below(3) == 0 {
                    world.keys(&[&format!("anonymous:d{}", numbers.below(DEVICES))]);
                }
                &mut *world
            }
            3..6 => world.event_of(&user, "downloaded", json!({"asset": "guide"}), late),
            6..9 => {
                world.event_of(&user, "visited", json!({"page": "/pricing"}), late);
                if numbers.below(4) == 0 {
                    world.only_key(&format!("anonymous:d{}", numbers.below(DEVICES)));
                }
                &mut *world
            }
            9 => world.event_of(&user, "Email Link Clicked", json!({"email_id": "hello"}), late),
            10 => world.event(&user, "signed_up", json!({})),
            _ => {
                let name = ["requested_demo", "Unsubscribed", "Other", "Subscribed"][numbers.below(4) as usize];
                world.event(&user, name, json!({}))
            }
        };
    }
}

fn mesh(program: &Arc<Program>, seed: u64, batch_items: usize, cache_contacts: usize) -> World {
    let mut world = World::of(Arc::clone(program)).limits(batch_items, cache_contacts);
    stream(&mut world, seed);
    world
}

fn run(program: &Arc<Program>, seed: u64, batch_items: usize, cache_contacts: usize) -> World {
    let mut world = mesh(program, seed, batch_items, cache_contacts);
    world.run_all(END).unwrap();
    world.check_invariants();
    world
}

#[test]
fn the_mesh_does_what_it_is_there_for() {
    let program = program(MESH);
    let mut world = run(&program, 1, 1000, 1000);
    let report = world.report();
    for (code, at_least) in [
        (DecisionCode::Entered, 50),
        (DecisionCode::Ignored, 5),
        (DecisionCode::Held, 5),
        (DecisionCode::TimedOut, 3),
        (DecisionCode::HandedOff, 15),
        (DecisionCode::Converted, 1),
        (DecisionCode::Delivered, 20),
        (DecisionCode::Undelivered, 5),
        (DecisionCode::Suppressed, 2),
    ] {
        assert!(report.decided(None, code) >= at_least, "{code:?}: {}", report.decided(None, code));
    }
    let waited = world.snapshot().decisions;
    let waited = waited.iter().filter(|one| one.code == DecisionCode::Held && one.step.is_none()).count();
    assert!(waited > 10, "{waited}");
    assert!(report.counter(counter::RETRIES) > 5);
    assert_eq!(report.counter(counter::ROUNDS_EXHAUSTED), 0);
    assert!(world.snapshot().journeys().iter().any(|journey| journey.status == JourneyStatus::Ended));
}

#[test]
fn the_border_of_a_batch_changes_nothing() {
    let program = program(MESH);
    for seed in 1..4 {
        let mut whole = run(&program, seed, 1000, 1000);
        for (batch_items, cache_contacts) in [(1, 1), (2, 1000), (7, 5), (40, 1)] {
            let mut other = run(&program, seed, batch_items, cache_contacts);
            let limits = (seed, batch_items, cache_contacts);
            assert_eq!(other.snapshot().handoffs, whole.snapshot().handoffs, "{limits:?}");
            assert_eq!(other.snapshot().decisions, whole.snapshot().decisions, "{limits:?}");
            assert_eq!(other.snapshot().digest(), whole.snapshot().digest(), "{limits:?}");
            assert_eq!(other.report(), whole.report(), "{limits:?}");
        }
    }
}

/// Whoever wants it to stop is heard behind each batch, and what goes on from there comes to the same.
#[test]
fn stopped_behind_any_batch_it_comes_to_the_same() {
    let program = program(MESH);
    let whole = run(&program, 3, 1000, 1000);
    for items in [1, 7] {
        let mut world = mesh(&program, 3, items, 1000);
        let mut stops = 0;
        loop {
            // The stream is read from its start each time, which fills batches, too.
            let (asked, most) = (AtomicU32::new(0), stops * 120 / items);
            world.engine().stop_when(move || asked.fetch_add(1, Ordering::Relaxed) >= u32::try_from(most).unwrap());
            match world.run_all(END) {
                Ok(()) => break,
                Err(EngineError::Stopped) if stops < 200 => stops += 1,
                Err(error) => panic!("{error}"),
            }
            world.engine().break_off().unwrap();
            world.reopen();
        }
        assert!(stops > 3, "{stops}");
        world.check_invariants();
        assert_eq!(world.snapshot().digest(), whole.snapshot().digest());
    }
}

/// Somebody cuts the file while it is read, or wishes it to stop: what stands behind may come before whatever is due next.
#[test]
fn a_stream_that_breaks_off_anywhere_comes_to_the_same_once_it_is_whole() {
    let program = program(MESH);
    let whole = run(&program, 3, 1000, 1000);
    for (items, ends_at_once) in [(1, true), (7, false), (1000, true), (1000, false)] {
        let mut world = mesh(&program, 3, items, 1000);
        let stream = world.stream.clone();
        let mut breaks = 0;
        for readable in (0..stream.len()).step_by(37) {
            let readable =
                |(place, arrival): (usize, &Arrival)| if place < readable { Ok(arrival.clone()) } else { Err(Unread) };
            let mut arrivals = stream.iter().enumerate().map(readable);
            let ran = world.engine().run_until(Instant(at(END)), &mut arrivals, &mut |_| {});
            assert!(matches!(ran, Err(EngineError::Unread)), "{ran:?}");
            if !ends_at_once {
                world.engine().break_off().unwrap();
            }
            world.reopen();
            breaks += 1;
        }
        assert!(breaks > 3, "{breaks}");
        world.run_all(END).unwrap();
        world.check_invariants();
        assert_eq!(world.snapshot().decisions, whole.snapshot().decisions);
        assert_eq!(world.snapshot().digest(), whole.snapshot().digest());
    }
}

/// What only holds between two events of one instant is no entry, and whether there is another one is not known of the last that can be read.
#[test]
fn the_last_event_that_can_be_read_waits_for_the_one_behind_it() {
    for readable in 0..3 {
        let mut world = world("workflow go { enter when industry is \"saas\" new only; reenter never; score += 1 }");
        world.contact("ada", &[]).at("2026-03-03 10:00");
        world.identify("ada", &[("industry", "saas")]).identify("ada", &[("industry", "fintech")]);
        let stream = world.stream.clone();
        let cut =
            (0..).zip(&stream).map(|(place, arrival)| if place < readable { Ok(arrival.clone()) } else { Err(Unread) });
        assert!(world.engine().run_until(Instant(at(END)), &mut cut.into_iter(), &mut |_| {}).is_err());
        world.reopen().run_all(END).unwrap();
        assert_eq!(world.score("ada"), 0, "{readable}");
    }
}

/// Dies and begins again until the stream is through.
fn die_and_go_on(world: &mut World, crash: Crash) -> usize {
    let mut lives = 1;
    loop {
        *world.shared.crash.lock().unwrap() = crash;
        match world.reopen().run_all(END) {
            Ok(()) => return lives,
            Err(_) => lives += 1,
        }
        assert!(lives < 5_000, "no progress");
    }
}

#[test]
fn a_crash_after_any_commit_changes_nothing() {
    let program = program(MESH);
    let mut whole = run(&program, 3, 1000, 1000);
    for batch_items in [5, 60] {
        let mut broken = mesh(&program, 3, batch_items, 10);
        let lives = die_and_go_on(&mut broken, Crash::AfterCommit(1));
        assert!(lives > 5);
        broken.check_invariants();
        assert_eq!(broken.snapshot().decisions, whole.snapshot().decisions);
        assert_eq!(broken.snapshot().digest(), whole.snapshot().digest());
        assert_eq!(broken.report(), whole.report());
    }
}

#[test]
fn a_crash_in_any_commit_changes_nothing_but_repeats_answers_under_their_keys() {
    let program = program(MESH);
    let whole = run(&program, 4, 1000, 1000);
    let mut broken = mesh(&program, 4, 20, 10);
    // What left just before the crash leaves again; the mailbox answers a second attempt at a busy address as it would a retry, so
    // those are left out of the comparison of totals.
    let lives = die_and_go_on(&mut broken, Crash::InCommit(1));
    assert!(lives > 5);
    broken.check_invariants();
    assert_eq!(broken.snapshot().handoffs, whole.snapshot().handoffs);
    assert_eq!(broken.snapshot().events, whole.snapshot().events);
    assert_eq!(broken.snapshot().contacts, whole.snapshot().contacts);
    assert_eq!(broken.snapshot().journeys(), whole.snapshot().journeys());
    let keys = |world: &World| world.snapshot().outbox.into_iter().map(|(row, _)| row.key).collect::<Vec<_>>();
    assert_eq!(keys(&broken), keys(&whole));
}

#[test]
fn no_key_is_delivered_twice() {
    let program = program(MESH);
    for batch_items in [1, 1000] {
        let world = run(&program, 5, batch_items, 1000);
        for (to, mut keys) in
            world.sent().into_iter().filter(|(to, _)| !to.starts_with("busy") && !to.starts_with("down"))
        {
            let attempts = keys.len();
            keys.sort();
            keys.dedup();
            assert_eq!(keys.len(), attempts, "{to}");
        }
    }
}

/// What a store is asked costs a round trip each where it is another machine's.
#[test]
fn an_event_asks_three_questions_and_a_batch_of_a_thousand_at_most_four() {
    for (events, most) in [(1, 3), (1_000, 4)] {
        let mut world = World::of(program(MESH));
        for user in 0..events {
            world.identify(&format!("u{user}"), &[("email", &format!("u{user}@people.example"))]);
        }
        world.at("2026-03-02 10:00").run_all("2026-03-02 10:00").unwrap();
        world.stream.clear();
        for user in 0..events {
            world.event(&format!("u{user}"), "signed_up", serde_json::json!({}));
        }
        let stream = world.stream.clone();
        let asked = || world.shared.questions.load(std::sync::atomic::Ordering::Relaxed);
        let backend = Arc::new(flow_ir::interpret::Interpreter::new(Arc::clone(&world.program)).unwrap());
        let mut engine = world.engine_over(backend, world.shared.clone());
        let before = asked();
        // The messages of the first stream have the same ids, so these are others.
        let others = stream.into_iter().map(|mut arrival| {
            arrival.message.0[15] = 1;
            arrival
        });
        engine.run_until(Instant(at("2026-03-02 10:00")), &mut others.into_iter().map(Ok), &mut |_| {}).unwrap();
        assert!(asked() - before <= most, "{} questions for {events} events", asked() - before);
        assert_eq!(engine.report().unwrap().counter(counter::EVENTS), 2 * events as i64);
    }
}
