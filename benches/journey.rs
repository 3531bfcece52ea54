//! The example project `guide_nurture` end to end beside bare SQLite: how much of the time is the database's own?
//!
//! The engine imports the contacts, takes a quarter of events, wakes whoever is due, composes mails and keeps all of it in its durable
//! store. The data are in memory before the clock starts. Mails go to a connector that accepts at once: what a folder or a mail server
//! costs says nothing of the engine.
//!
//! The floor is recorded from the engine: every batch that it committed and every contact that it loaded, in their order. Replaying
//! that into an empty database on one thread, with statements written by hand, is the least work that this design of tables can be. One row
//! more asks the database everything else that the engine had to ask: whose a key is, which messages are known. The engine writes on a
//! thread beside it, so on two processors it may take less time than its floor.
//!
//! A machine's speed changes while others use it, so a share is the median of shares taken in the same repetition.

#![expect(clippy::indexing_slicing, reason = "a bench that looks at a wrong place should stop")]

#[path = "common/accepts_all.rs"]
mod accepts_all;
#[path = "journey/composing.rs"]
mod composing;
#[path = "journey/example.rs"]
mod example;
#[path = "journey/floor.rs"]
mod floor;
#[path = "journey/merge.rs"]
mod merge;
#[path = "journey/recording.rs"]
mod recording;

use example::Example;
use floor::Floor;
use flow_ir::Program;
use flow_native::compile_with;
use flow_runtime::engine::{ContactsFile, Engine, Limits, Progress};
use flow_runtime::store::sqlite::SqliteStore;
use flow_runtime::time::Instant;
use recording::{Closed, Recording, Work};
use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

/// As in the command.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Where no number of contacts is given.
const CONTACTS: u32 = 20_000;
const REPETITIONS: usize = 3;
const COMPILATIONS: usize = 15;
/// On the disk that holds the build, because a temporary folder may lie in memory.
const FOLDER: &str = env!("CARGO_TARGET_TMPDIR");

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let given: Vec<u32> = std::env::args().skip(1).filter_map(|argument| argument.parse().ok()).collect();
    let sizes = if given.is_empty() { vec![CONTACTS] } else { given };
    for contacts in sizes {
        race(&Example::load(contacts)?)?;
    }
    print_compile_times(&Example::load(0)?)
}

// ---- the race

/// One repetition.
struct Round {
    engine: Duration,
    /// The part of the engine's time in which it waited for its store.
    store: Duration,
    composing: Duration,
    floor: Duration,
    floor_with_questions: Duration,
    best: Duration,
}

fn race(example: &Example) -> Outcome<()> {
    // The first run is not timed, because keeping a copy of each batch takes time.
    let recorded = run_engine(example, Recording::keeping)?;
    let best = merge::best_batches(&recorded.work);
    let mut rounds = Vec::new();
    for _ in 0..REPETITIONS {
        let timed = run_engine(example, Recording::timing)?;
        rounds.push(Round {
            engine: timed.time,
            store: timed.store_time,
            composing: timed.composing_time,
            floor: replay(&recorded.work, false)?,
            floor_with_questions: replay(&recorded.work, true)?,
            best: replay(&best, false)?,
        });
    }
    print_race(&recorded, &rounds, best.len());
    Ok(())
}

struct Run {
    time: Duration,
    store_time: Duration,
    composing_time: Duration,
    contacts: u64,
    handled: Progress,
    work: Vec<Work>,
}

fn run_engine(example: &Example, watch: fn(SqliteStore) -> Recording) -> Outcome<Run> {
    let folder = tempfile::tempdir_in(FOLDER)?;
    let store = watch(
        flow_runtime::open::open(
            &example.program,
            &folder.path().join("store.db"),
            flow_runtime::open::Kind::Rehearsal,
        )?
        .0,
    );
    let (program, backend) = (Arc::clone(&example.program), Arc::clone(&example.backend));
    let mut engine = Engine::open(program, backend, store, example.delivery.clone(), Limits::default())?;
    let arrivals = example.arrivals.clone();
    let mut handled = Progress { now: Instant::NEVER, events: 0, steps: 0, mails: 0 };
    let mut contacts = 0;
    let (time, closed) = timed(|| -> Outcome<Closed> {
        let file = ContactsFile { name: "contacts.csv", print: &example.print, rows: &example.rows };
        engine.import_contacts(file, example.start, &mut |_| {}, &mut |_| {})?;
        engine.run_until(example.last, &mut arrivals.into_iter().map(Ok), &mut |progress| handled = *progress)?;
        contacts = engine.records()?.slots()?.iter().map(|slot| slot.next_contact - 1).sum();
        Ok(engine.into_store().close()?)
    });
    let (store, composing_time) = (closed?, example.composing.take());
    Ok(Run { time, store_time: store.waited, composing_time, contacts, handled, work: store.work })
}

fn replay(work: &[Work], questions: bool) -> Outcome<Duration> {
    let folder = tempfile::tempdir_in(FOLDER)?;
    let mut floor = Floor::create(&folder.path().join("floor.db"))?;
    let (time, done) = timed(|| floor.replay(work, questions).and_then(|()| floor.close()));
    done?;
    Ok(time)
}

#[expect(clippy::disallowed_methods, reason = "a bench measures time")]
fn now() -> std::time::Instant {
    std::time::Instant::now()
}

fn timed<T>(work: impl FnOnce() -> T) -> (Duration, T) {
    let start = now();
    let result = work();
    (start.elapsed(), result)
}

fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

// ---- the tables

fn print_race(recorded: &Run, rounds: &[Round], best: usize) {
    let Progress { events, steps, mails, .. } = recorded.handled;
    let commits = recorded.work.iter().filter(|work| matches!(work, Work::Commit(_))).count();
    let (contacts, repetitions) = (recorded.contacts, rounds.len());
    println!("guide_nurture: {contacts} contacts, {events} events, {steps} wakes, {mails} mails, {commits} commits;");
    println!("durable SQLite, native code, median of {repetitions} repetitions");
    let headings = ["seconds", "contacts/s", "events/s", "wakes/s", "us/event", "us/wake", "floor/row"];
    println!("{:<26} {}", "", headings.map(|heading| format!("{heading:>11}")).join(" "));
    let row = |name: &str, time: fn(&Round) -> Duration| {
        let seconds = median(rounds.iter().map(|round| time(round).as_secs_f64()));
        let share = median(rounds.iter().map(|round| round.floor.as_secs_f64() / time(round).as_secs_f64()));
        let rates = [contacts, events, steps].map(|number| format!("{:>11.0}", number as f64 / seconds));
        let costs = [events, steps].map(|number| format!("{:>11.1}", seconds * 1e6 / number as f64));
        println!("{name:<26} {seconds:>11.2} {} {} {:>9.0} %", rates.join(" "), costs.join(" "), share * 100.0);
    };
    row("engine", |round| round.engine);
    row("  waiting for its store", |round| round.store);
    row("  writing its mails", |round| round.composing);
    row("bare SQLite, same batches", |round| round.floor);
    row("  and all questions", |round| round.floor_with_questions);
    row(&format!("bare SQLite, {best} batches"), |round| round.best);
    let composing = median(rounds.iter().map(|round| round.composing.as_secs_f64()));
    println!("{:<26} {:>11.1}", "us a mail that it writes", composing * 1e6 / mails.max(1) as f64);
    println!();
}

/// Milliseconds from text to a checked program, then of each part of its machine code by name.
fn print_compile_times(example: &Example) -> Outcome<()> {
    let mut checks = Vec::new();
    let mut parts: Vec<Part> = Vec::new();
    for _ in 0..COMPILATIONS {
        let (time, compilation) = timed(|| flow_front::compile(&example.project));
        std::hint::black_box(compilation.has_errors());
        checks.push(milliseconds(time));
        for (place, (name, bytes, time)) in compile_parts(&example.program)?.into_iter().enumerate() {
            if place == parts.len() {
                parts.push(Part { name, bytes, milliseconds: Vec::new() });
            }
            parts[place].milliseconds.push(time);
        }
    }
    println!("{:<40} {:>10} {:>12}", format!("compile, median of {COMPILATIONS}"), "ms", "code bytes");
    println!("{:<40} {:>10.2}", "text and templates to a checked program", median(checks));
    for Part { name, bytes, milliseconds } in parts {
        println!("{:<40} {:>10.2} {bytes:>12}", format!("machine code: {name}"), median(milliseconds));
    }
    Ok(())
}

/// A part of the machine code, compiled several times.
struct Part {
    name: String,
    bytes: usize,
    milliseconds: Vec<f64>,
}

fn compile_parts(program: &Program) -> Outcome<Vec<(String, usize, f64)>> {
    let mut parts = Vec::new();
    let mut began = now();
    compile_with(program, |part| {
        let workflow = part.workflow.and_then(|id| program.workflows.get(id));
        let name = workflow.map_or("what all share", |workflow| &workflow.name).to_owned();
        parts.push((name, part.code_bytes, milliseconds(began.elapsed())));
        began = now();
    })?;
    Ok(parts)
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
