//! Messages that wait to leave: there may be any number of them, and how many of them are in memory changes nothing.

use crate::support::{MINUTE, World, at, program};
use flow_ir::Program;
use flow_runtime::engine::{Limits, counter};
use flow_runtime::store::digest::digest;
use flow_runtime::store::sqlite::OpenOptions;
use flow_runtime::store::{DecisionCode, OutboxState};
use flow_runtime::time::Instant;
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::Ordering;

const GREET: &str = "workflow greet {\n enter when has_open_deal new only\n reenter never\n send hello\n wait 1 day\n}";

/// A world whose channel takes so few messages at once, of which so many that wait are in memory.
fn narrow(program: &Arc<Program>, at_once: usize, outbox_rows: usize) -> World {
    let mut world = World::of(Arc::clone(program));
    world.at_once = at_once;
    world.limits = Limits { outbox_rows, ..world.limits };
    world
}

/// So many people to whom a mail is written at once; each has its answer an hour after it has left.
fn many(world: &mut World, people: std::ops::Range<usize>) {
    for user in people {
        let address = format!("slow{user}@people.example");
        world.identify(&format!("u{user}"), &[("email", &address), ("has_open_deal", "yes")]);
    }
}

#[test]
fn of_twenty_thousand_that_wait_few_are_in_memory() {
    const PEOPLE: usize = 20_000;
    const WINDOW: usize = 64;
    let mut world = narrow(&program(GREET), 1, WINDOW);
    world.at("2026-03-02 10:00");
    for first in (0..PEOPLE).step_by(1_000) {
        many(&mut world, first..first + 1_000);
        let (new, now) = (world.take_new(), Instant(at("2026-03-02 10:00")));
        world.engine().run_until(now, &mut new.into_iter().map(Ok), &mut |_| {}).unwrap();
        assert!(world.engine().outbox_rows() <= WINDOW + 1, "{}", world.engine().outbox_rows());
    }
    let waiting = |world: &World| {
        let rows = world.snapshot().outbox.into_iter().map(|(row, _)| row.state);
        rows.filter(|state| *state == OutboxState::Queued).count()
    };
    assert_eq!(waiting(&world), PEOPLE - 1);
    // In the order in which they were written, also behind the window and after a start.
    for (until, left) in [("2026-03-07 10:00", 120), ("2026-03-09 09:00", 167)] {
        world.reopen().at(until);
        let now = Instant(at(until));
        world.engine().run_until(now, &mut std::iter::empty(), &mut |_| {}).unwrap();
        assert!(world.engine().outbox_rows() <= WINDOW + 1, "{}", world.engine().outbox_rows());
        assert_eq!(waiting(&world), PEOPLE - 1 - left);
        let last = world.mailbox.handed().into_iter().map(|mail| mail.key).filter(|key| key.starts_with("c")).count();
        assert!(last > left);
        assert_eq!(world.journeys(&format!("u{}", left - 1))[0].sends.len(), 1);
        assert_eq!(world.journeys(&format!("u{}", left + 1))[0].sends.len(), 0);
    }
    // Who has waited for room for seven days gets no mail any more.
    world.at("2026-03-09 12:00");
    world.engine().run_until(Instant(at("2026-03-09 12:00")), &mut std::iter::empty(), &mut |_| {}).unwrap();
    assert!(world.engine().outbox_rows() <= WINDOW + 1, "{}", world.engine().outbox_rows());
    let of = |state| world.snapshot().outbox.iter().filter(|(row, _)| row.state == state).count();
    assert_eq!((of(OutboxState::Delivered), of(OutboxState::Withheld)), (169, PEOPLE - 169));
}

/// Mails that wait for room, for their window and for another attempt, are withdrawn, and go with whoever proves to be another.
const MESH: &str = r#"
workflow nurture {
  goal "demo" when requested_demo within 20 days
  enter when downloaded
  reenter after 3 days
  exit when score >= 50
  send on weekdays from 09:00 to 17:00 in contact timezone
  send hello
  wait 1 day
  send again
}
workflow now {
  enter when signed_up
  reenter after 1 day
  send bill
  wait until requested_demo up to 2 days
  score += 10
}
workflow hand {
  enter when visited
  reenter after 2 days
  handoff to sales {
    note "look"
    keep in workflow
  }
  stop nurture
}
"#;

const PEOPLE: u64 = 18;
const DAYS: i64 = 24;

/// Numbers that look drawn and are the same every time.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

/// Three weeks of people who are known by an address, by a user id, and one day by both.
fn stream(world: &mut World, seed: u64) {
    let kinds = ["slow", "busy", "down", "slow", "late", "silent", "ada", "lost"];
    let mut numbers = Numbers(seed);
    let mut minute = 0;
    for _ in 0..500 {
        minute += numbers.below(3) * numbers.below(80);
        world.set_now(at("2026-03-02") + i64::try_from(minute).unwrap() * MINUTE);
        let person = numbers.below(PEOPLE);
        let (user, address) = (format!("u{person}"), format!("{}{person}@x.example", kinds[(person % 8) as usize]));
        let key = format!("email:{address}");
        match numbers.below(10) {
            0..2 => {
                world.identify("", &[("email", &address), ("timezone", "Europe/Berlin")]).only_key(&key);
            }
            2..4 => {
                let own = format!("ben{person}@x.example");
                world.identify(&user, &[("email", &own)]).keys(&[&format!("email:{own}")]);
            }
            4 if numbers.below(3) == 0 => {
                world.identify(&user, &[]).keys(&[&key]);
            }
            _ => {
                let names = [
                    "downloaded",
                    "downloaded",
                    "signed_up",
                    "signed_up",
                    "visited",
                    "requested_demo",
                    "Unsubscribed",
                    "Subscribed",
                ];
                match names[numbers.below(8) as usize] {
                    "downloaded" => world.event(&user, "downloaded", json!({"asset": "guide"})),
                    "visited" => world.event(&user, "visited", json!({"page": "/"})),
                    name => world.event(&user, name, json!({})),
                };
                if numbers.below(2) > 0 {
                    world.only_key(&key);
                }
            }
        }
    }
}

fn day(nth: i64) -> i64 {
    at("2026-03-02") + nth * 24 * 60 * MINUTE
}

/// Runs the stream; `lives`: each few days by another process.
fn run(world: &mut World, seed: u64, lives: bool) {
    stream(world, seed);
    let days = (1..=DAYS).filter(|day| lives || *day == DAYS);
    for until in days.map(day) {
        if lives {
            world.reopen();
        }
        let all = world.stream.clone();
        world.engine().run_until(Instant(until), &mut all.into_iter().map(Ok), &mut |_| {}).unwrap();
        let (held, most) = (world.engine().outbox_rows(), world.limits.outbox_rows.saturating_add(world.at_once));
        assert!(held <= most, "{held} rows in memory");
        world.check_invariants();
    }
}

#[test]
fn how_many_are_in_memory_changes_nothing() {
    let program = program(MESH);
    let mut least = [
        (DecisionCode::Sent, 100),
        (DecisionCode::Held, 30),
        (DecisionCode::Withheld, 20),
        (DecisionCode::Undelivered, 9),
        (DecisionCode::GaveWay, 2),
        (DecisionCode::Stopped, 3),
    ];
    for seed in 1..3 {
        let mut all = narrow(&program, 2, usize::MAX);
        run(&mut all, seed, false);
        let done = all.report();
        for (code, at_least) in &mut least {
            *at_least -= i64::try_from(done.decided(None, *code)).unwrap();
        }
        assert!(done.counter(counter::RETRIES) > 5 && done.counter(counter::JOINED) > 2);
        for (outbox_rows, batch_items, lives) in
            [(1, 1000, false), (1, 1, false), (3, 7, false), (1, 1000, true), (5, 40, true), (usize::MAX, 1000, true)]
        {
            let mut few = narrow(&program, 2, outbox_rows);
            few.limits.batch_items = batch_items;
            run(&mut few, seed, lives);
            let limits = (seed, outbox_rows, batch_items, lives);
            assert_eq!(few.snapshot().decisions, all.snapshot().decisions, "{limits:?}");
            assert_eq!(few.snapshot().digest(), all.snapshot().digest(), "{limits:?}");
            assert_eq!(few.report(), done, "{limits:?}");
        }
    }
    assert!(least.iter().all(|(_, missing)| *missing <= 0), "{least:?}");
}

#[test]
fn the_window_over_a_file_is_that_over_memory() {
    let program = program(MESH);
    let mut all = narrow(&program, 2, usize::MAX);
    run(&mut all, 4, false);
    let folder = tempfile::tempdir().unwrap();
    for outbox_rows in [1, 4] {
        let path = folder.path().join(format!("{outbox_rows}.db"));
        let store = OpenOptions { texts: program.texts.values().cloned().collect(), ..OpenOptions::new(&path) };
        let mut world = narrow(&program, 2, outbox_rows);
        stream(&mut world, 4);
        for until in [day(9), day(DAYS)] {
            let backend = Arc::new(flow_ir::interpret::Interpreter::new(Arc::clone(&program)).unwrap());
            let mut engine = world.engine_over(backend, store.open().unwrap());
            engine.run_until(Instant(until), &mut world.stream.iter().cloned().map(Ok), &mut |_| {}).unwrap();
            engine.into_store().close().unwrap();
        }
        assert_eq!(digest(&path).unwrap(), all.snapshot().digest(), "{outbox_rows}");
    }
}

/// Also where everybody's journey waits for a row that is not in memory.
#[test]
fn rows_that_are_not_in_memory_are_asked_for_together() {
    for (people, most) in [(1, 3), (1_000, 4)] {
        let mut world = narrow(&program(GREET), 1, 5);
        many(&mut world, 0..people + 20);
        world.at("2026-03-02 10:00").run_all("2026-03-02 10:00").unwrap();
        let stream: Vec<_> = (20..people + 20)
            .map(|user| {
                world.event(&format!("u{user}"), "visited", json!({"page": "/"}));
                world.stream.pop().unwrap()
            })
            .enumerate()
            .map(|(nth, mut arrival)| {
                arrival.message.0[..8].copy_from_slice(&(nth as u64).to_le_bytes());
                arrival.message.0[15] = 1;
                arrival
            })
            .collect();
        // What was on its way at the start is asked for once.
        world.reopen().run();
        let asked = |world: &World| world.shared.questions.load(Ordering::Relaxed);
        let before = asked(&world);
        let now = Instant(at("2026-03-02 10:00"));
        world.engine().run_until(now, &mut stream.into_iter().map(Ok), &mut |_| {}).unwrap();
        assert!(asked(&world) - before <= most, "{} questions for {people} events", asked(&world) - before);
        assert_eq!(world.counter(counter::EVENTS), (2 * people + 20) as i64);
        assert!(world.engine().outbox_rows() <= 6);
    }
}
