//! What a step and an event cost where there are a million contacts, beside what bare SQLite would take for the same.
//!
//! Everybody has sixteen fields and a journey that waits for thirty days, begun by a `signed_up` of their own in an order that has nothing to do
//! with their numbers, so that those who are due lie all over the store. *Timers* lets the clock go on: each of them is woken, asked an
//! `if`, sent a mail that is accepted at once, and waits again. *Events* has random people visit a page that a segment counts. Both count until
//! every table is up to date and the log is folded; how long it takes until all of it is durable, and the tables have still to follow, is told
//! beside. *At once* has one producer and a hundred, each of whom waits until their event is durable.
//!
//! The floors are written by hand, in their own files, with as many people and the same rows beside (`scale/floor.rs`): the tables that one would
//! draw first; everything in memory with a record a batch, whose table is written now and then in order; and the same with each row that Flow
//! writes of a step beside it. They take turns with the engine, and a round whose floors moved counts for nothing. A start has its floor in
//! reading the same rows, and a producer in committing them.
//!
//! Numbers of contacts may be given, `engine` leaves the floors out, `rows` keeps people in the file alone, `due=5000` wakes as many a round, whatever
//! their number is: `cargo bench --bench scale -- 10000 1000000`.

#![expect(clippy::indexing_slicing, reason = "a bench that looks at a wrong place should stop")]

#[path = "common/accepts_all.rs"]
mod accepts_all;
#[path = "scale/floor.rs"]
mod floor;
#[path = "scale/people.rs"]
mod people;
#[path = "common/plain.rs"]
mod plain;

use accepts_all::AcceptsAll;
use floor::{Journal, Rows, Tables};
use flow_front::Project;
use flow_front::source::Source;
use flow_ir::Program;
use flow_ir::backend::Backend;
use flow_native::compile;
use flow_runtime::engine::{Delivery, Engine, Limits, Progress};
use flow_runtime::open::{Keeping, Kind};
use flow_runtime::store::sqlite::SqliteStore;
use flow_runtime::time::Instant;
use people::{DAY_MS, People};
use plain::Plain;
use std::error::Error;
use std::path::Path;
use std::sync::Arc;

/// As in the command.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const CONTACTS: u64 = 1_000_000;
/// How many are due in a round at most, and how many events: enough that the tables follow more than once.
const DUE: u64 = 500_000;
const EVENTS: u64 = 500_000;
const ALONE: usize = 2_000;
/// So many count, and so many are run at most until there are that many whose floors agree.
const ROUNDS: usize = 5;
const MOST_ROUNDS: usize = 6;
/// By how much of their median the floors of two rounds may differ: by more, something else has used the machine.
const FLOOR_MAY_MOVE: f64 = 0.2;
/// On the disk that holds the build, because a temporary folder may lie in memory.
const FOLDER: &str = env!("CARGO_TARGET_TMPDIR");

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let given: Vec<u64> = std::env::args().skip(1).filter_map(|argument| argument.parse().ok()).collect();
    let sizes = if given.is_empty() { vec![CONTACTS] } else { given };
    sizes.into_iter().try_for_each(|contacts| race(contacts, !is_given("engine")))
}

fn is_given(word: &str) -> bool {
    std::env::args().any(|argument| argument == word)
}

/// One round, in seconds.
#[derive(Clone, Copy)]
struct Round {
    /// How many were due.
    due: u64,
    timers: f64,
    /// Of these, until all was durable.
    durable: f64,
    /// Seconds of a processor, all threads together.
    worked: f64,
    /// Bytes written a step, and by how many the file has grown.
    bytes: [f64; 2],
    /// By how many bytes a step the file of the journal with the same rows has grown.
    floor_bytes: f64,
    steps: u64,
    events: f64,
    /// Of the timers and of the events.
    tables: [f64; 2],
    /// Of the timers, with few rows and with the same, and of the events with the same.
    journals: [f64; 3],
}

/// How many are to be due in a round.
fn given_due() -> Option<u64> {
    std::env::args().find_map(|argument| argument.strip_prefix("due=")?.parse().ok())
}

fn race(contacts: u64, with_floors: bool) -> Outcome<()> {
    let due = given_due().unwrap_or(DUE).min(contacts / 2);
    let folder = tempfile::tempdir_in(FOLDER)?;
    let path = folder.path().join("store.db");
    let (program, people) = (program()?, People::new(contacts));
    let backend: Arc<dyn Backend> = Arc::new(compile(&program)?);
    let begun = now();
    let mut engine = open(&program, &backend, &path)?;
    people.all(&program, &mut |until, arrivals| {
        Ok(engine.run_until(until, &mut arrivals.into_iter().map(Ok), &mut |_| {})?)
    })?;
    let enrolled = begun.elapsed().as_secs_f64();
    let tail = engine.store().memory().map_or(0, |memory| memory.tail) as f64;
    engine.into_store().close()?;
    let bytes = length(&path)?;
    let begun = now();
    let mut engine = open(&program, &backend, &path)?;
    let opened = begun.elapsed().as_secs_f64();
    let resident = engine.store().memory().map_or(0, |memory| memory.people) as f64;
    let read = timed(|| floor::read_people(&path))?;
    println!(
        "{contacts} contacts: made in {enrolled:.1} s, {:.2} us an event; opened in {opened:.2} s, {:.2} of reading the same rows ({read:.2} s); {:.0} bytes a contact in the file, {:.0} in memory, and {:.0} of the tail before it was closed",
        enrolled * 1e6 / (2 * contacts) as f64,
        opened / read,
        bytes / contacts as f64,
        resident / contacts as f64,
        tail / contacts as f64,
    );
    let same_path = folder.path().join("same.db");
    let mut floors = match with_floors {
        true => Some((
            Tables::create(&folder.path().join("tables.db"), contacts)?,
            Journal::create(&folder.path().join("journal.db"), contacts, Rows::Few)?,
            Journal::create(&same_path, contacts, Rows::Same)?,
        )),
        false => None,
    };
    let mut day = people.first_wake();
    let mut rounds = Vec::new();
    for round in 0..MOST_ROUNDS as u64 {
        let until = Instant(day.0 + (due as f64 / contacts as f64 * 30.0 * DAY_MS as f64) as i64);
        let (before, idle) = ([written(), length(&path)?], worked());
        let (timers, durable, steps) = timed_steps(&mut engine, &path, until)?;
        let worked = worked() - idle;
        let bytes = [(written() - before[0]) / steps as f64, (length(&path)? - before[1]) / steps as f64];
        day = until;
        let visits = people.visits(&program, day, round, EVENTS)?;
        day = Instant(day.0 + people::VISITS_MS);
        let begun = now();
        engine.run_until(day, &mut visits.into_iter().map(Ok), &mut |_| {})?;
        catch_up(&mut engine, &path)?;
        let events = begun.elapsed().as_secs_f64();
        let (tables, journals, floor_bytes) = match &mut floors {
            Some((tables, few, same)) => {
                let of_tables = [timed(|| tables.wake(due))?, timed(|| tables.visit(EVENTS))?];
                let few = timed(|| few.wake(due))?;
                let before = length(&same_path)?;
                let woken = timed(|| same.wake(due))?;
                let grown = (length(&same_path)? - before) / due as f64;
                (of_tables, [few, woken, timed(|| same.visit(EVENTS))?], grown)
            }
            None => ([f64::NAN; 2], [f64::NAN; 3], f64::NAN),
        };
        let round = Round { due, bytes, floor_bytes, timers, durable, worked, steps, events, tables, journals };
        print_round(&round);
        rounds.push(round);
        if steady(&rounds).len() == ROUNDS {
            break;
        }
    }
    print_rounds(&steady(&rounds));
    let commits = |rows, name: &str| floor::Commits::create(&folder.path().join(name), rows);
    let mut bare = [commits(Rows::Few, "commits.db")?, commits(Rows::Same, "same-commits.db")?];
    for (round, count) in (90..).zip([1, 100]) {
        day = producers(&mut engine, (&program, &people), (day, round), count, &mut bare)?;
    }
    engine.into_store().close()?;
    Ok(())
}

/// Those rounds whose floors agree, the first of them that are enough.
fn steady(rounds: &[Round]) -> Vec<Round> {
    let floor = |round: &Round| round.tables[0];
    let mut floors: Vec<f64> = rounds.iter().map(floor).collect();
    floors.sort_by(f64::total_cmp);
    let median = floors[floors.len() / 2];
    let agrees = |round: &&Round| median.is_nan() || (floor(round) / median - 1.0).abs() <= FLOOR_MAY_MOVE / 2.0;
    rounds.iter().filter(agrees).take(ROUNDS).copied().collect()
}

fn timed_steps(engine: &mut Engine<SqliteStore>, path: &Path, until: Instant) -> Outcome<(f64, f64, u64)> {
    let mut before = None;
    let mut last = 0;
    let begun = now();
    engine.run_until(until, &mut std::iter::empty(), &mut |progress: &Progress| {
        before.get_or_insert(progress.steps);
        last = progress.steps;
    })?;
    let durable = begun.elapsed().as_secs_f64();
    catch_up(engine, path)?;
    let seconds = begun.elapsed().as_secs_f64();
    // The first was told behind a batch of its own.
    Ok((seconds, durable, (last - before.unwrap_or(last)) + Limits::default().batch_items as u64))
}

/// Every table is up to date, and the log is folded into the file.
fn catch_up(engine: &mut Engine<SqliteStore>, path: &Path) -> Outcome<()> {
    engine.store().catch_up()?;
    floor::fold(&rusqlite::Connection::open(path)?)
}

fn print_round(round: &Round) {
    println!(
        "  timers {:.2} us a step, durable after {:.2} ({} steps, {:.0} bytes written, {:.0} more in the file), events {:.2} us",
        round.timers * 1e6 / round.steps as f64,
        round.durable * 1e6 / round.steps as f64,
        round.steps,
        round.bytes[0],
        round.bytes[1],
        round.events * 1e6 / EVENTS as f64,
    );
    if !round.journals[0].is_nan() {
        println!(
            "  floors {:.2} us a step of tables, {:.2} of a journal, {:.2} with the same rows ({:.0} bytes more in the file); events {:.2} us of tables, {:.2} with the same rows",
            round.tables[0] * 1e6 / round.due as f64,
            round.journals[0] * 1e6 / round.due as f64,
            round.journals[1] * 1e6 / round.due as f64,
            round.floor_bytes,
            round.tables[1] * 1e6 / EVENTS as f64,
            round.journals[2] * 1e6 / EVENTS as f64,
        );
    }
}

fn print_rounds(rounds: &[Round]) {
    let of = |value: fn(&Round) -> f64| {
        let mut values: Vec<f64> = rounds.iter().map(value).collect();
        values.sort_by(f64::total_cmp);
        (values[values.len() / 2], values[0], values[values.len() - 1])
    };
    type Row = (&'static str, fn(&Round) -> f64);
    let rows: [Row; 11] = [
        ("us a step", |round| round.timers * 1e6 / round.steps as f64),
        ("until it is durable", |round| round.durable * 1e6 / round.steps as f64),
        ("us of a processor", |round| round.worked * 1e6 / round.steps as f64),
        ("tables to that", |round| round.tables[0] / round.due as f64 / (round.timers / round.steps as f64)),
        ("that to the journal", |round| round.timers / round.steps as f64 / (round.journals[0] / round.due as f64)),
        ("and with the same rows", |round| round.timers / round.steps as f64 / (round.journals[1] / round.due as f64)),
        ("bytes more in the file", |round| round.bytes[1]),
        ("to the same rows", |round| round.bytes[1] / round.floor_bytes),
        ("events a second", |round| EVENTS as f64 / round.events),
        ("tables to an event", |round| round.tables[1] / round.events),
        ("that to the same rows", |round| round.events / round.journals[2]),
    ];
    for (name, value) in rows {
        let (median, least, most) = of(value);
        if median.is_nan() {
            continue;
        }
        println!("{name:<24}{median:>12.2}   {least:.2} to {most:.2}");
    }
}

/// So many producers, each of whom hands the next event over when the last is durable: what they have handed over goes into one batch. Beside it
/// as many bare rows in one commit, and one with the rows that Flow writes.
fn producers(
    engine: &mut Engine<SqliteStore>,
    (program, people): (&Program, &People),
    (from, round): (Instant, u64),
    producers: usize,
    floors: &mut [floor::Commits; 2],
) -> Outcome<Instant> {
    let visits = people.visits(program, from, round, (producers * ALONE) as u64)?;
    let mut ours = Vec::new();
    let mut of_floors = [Vec::new(), Vec::new()];
    let mut visits = visits.into_iter().peekable();
    while visits.peek().is_some() {
        let together: Vec<_> = visits.by_ref().take(producers).collect();
        let at = together.last().map_or(from, |visit| Instant(visit.arrived_at));
        ours.push(timed(|| Ok(engine.run_until(at, &mut together.into_iter().map(Ok), &mut |_| {})?))?);
        for (times, floor) in of_floors.iter_mut().zip(floors.iter_mut()) {
            times.push(timed(|| floor.commit(producers))?);
        }
    }
    let at = |times: &mut Vec<f64>, share: f64| {
        times.sort_by(f64::total_cmp);
        times[((times.len() - 1) as f64 * share) as usize] * 1e6
    };
    let [mut few, mut same] = of_floors;
    for (what, share) in [("half of them within", 0.5), ("99 in a hundred", 0.99)] {
        let (ours, few, same) = (at(&mut ours, share), at(&mut few, share), at(&mut same, share));
        println!(
            "{producers:>3} at once, {what:<20}{ours:>7.0} us; a bare commit {few:.0} us, {:.2} of it; with the same rows {same:.0} us, {:.2} of it",
            ours / few,
            ours / same,
        );
    }
    Ok(Instant(from.0 + people::VISITS_MS))
}

fn open(program: &Arc<Program>, backend: &Arc<dyn Backend>, path: &Path) -> Outcome<Engine<SqliteStore>> {
    let keeping = if is_given("rows") { Keeping::Rows } else { Keeping::Journal };
    let (mut store, program, _) = flow_runtime::open::open_telling(program, path, Kind::Rehearsal, keeping, |_, _| ())?;
    flow_runtime::open::name(&mut store, &flow_runtime::open::StoreName::of(1))?;
    let mut engine = Engine::open(Arc::new(program), Arc::clone(backend), store, delivery()?, Limits::default())?;
    engine.begin(people::START, None)?;
    Ok(engine)
}

const TEXT: &str = r#"use std.b2b
email one {
  subject "One"
  template "emails/hello.html"
}
email two {
  subject "Two"
  template "emails/hello.html"
}
email three {
  subject "Three"
  template "emails/hello.html"
}
email four {
  subject "Four"
  template "emails/hello.html"
}
email five {
  subject "Five"
  template "emails/hello.html"
}
email six {
  subject "Six"
  template "emails/hello.html"
}
segment keen = visited(page is "/pricing") at least 3 times in the last 7 days and not customer
workflow nurture {
  enter when signed_up
  reenter never
  wait 30 days
  if employees >= 100 {
    score += 5
    send one
  } else {
    score += 1
    send two
  }
  wait 30 days
  if score >= 5 {
    score += 5
    send three
  } else {
    score += 1
    send four
  }
  wait 30 days
  if score >= 10 {
    score += 5
    send five
  } else {
    score += 1
    send six
  }
  wait 30 days
}
workflow pricing {
  enter when keen new only
  reenter after 30 days
  score += 15
  wait until requested_demo up to 30 days
}
"#;

fn program() -> Outcome<Arc<Program>> {
    let source = |path: &str, text: &str| Source { path: path.to_owned(), text: text.to_owned() };
    let compilation = flow_front::compile(&Project {
        sender: None,
        lints: Default::default(),
        name: "scale".to_owned(),
        timezone: "Europe/Berlin".to_owned(),
        zones: flow_runtime::time::civil::ZONES,
        sources: vec![source("scale.flow", TEXT)],
        templates: vec![source(
            "emails/hello.html",
            "<html><body><p>Hello</p>{{ unsubscribe_url }} {{ sender_address }}</body></html>",
        )],
    });
    let found = || format!("{:?}", compilation.diagnostics.iter().map(|found| &found.message).collect::<Vec<_>>());
    Ok(Arc::new(compilation.program.ok_or_else(found)?))
}

/// Whatever is sent is taken at once, and what it says is no part of what is measured.
fn delivery() -> Result<Delivery, String> {
    Ok(Delivery { channel: Arc::new(AcceptsAll), composer: Arc::new(Plain::new()?) })
}

/// Seconds that this process has worked, as far as the system counts them: in hundredths.
fn worked() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // Behind the name, which may hold anything, the twelfth and thirteenth: in the program and in the system.
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    fields.skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / 100.0
}

/// Of a file, in bytes.
fn length(path: &Path) -> Outcome<f64> {
    Ok(std::fs::metadata(path)?.len() as f64)
}

/// Bytes that this process has written, as far as the system counts them.
fn written() -> f64 {
    let io = std::fs::read_to_string("/proc/self/io").unwrap_or_default();
    io.lines().find_map(|line| line.strip_prefix("wchar: ")?.parse().ok()).unwrap_or(0.0)
}

fn timed(work: impl FnOnce() -> Outcome<()>) -> Outcome<f64> {
    let begun = now();
    work()?;
    Ok(begun.elapsed().as_secs_f64())
}

#[expect(clippy::disallowed_methods, reason = "a bench measures time")]
fn now() -> std::time::Instant {
    std::time::Instant::now()
}
