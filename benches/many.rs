//! What an event costs in a program of many workflows: it should be what it matches, however many other workflows there are.
//!
//! Every workflow waits for one page, and every event is a visit to a page that one workflow waits for; so the work that is due is the
//! same in each row, and events a second beside those of the first row say what all the other workflows cost. *With segments* each
//! workflow also has two segments of its own, which count visits and make the frame of a contact grow with the program. The stores are the
//! one in memory, for the engine alone, and the durable one. Numbers of workflows may be given: `cargo bench --bench many -- 10 1000`.
//!
//! Rows take turns and the median of their ratios counts, since a machine's speed changes while others use it.

#![expect(clippy::indexing_slicing, reason = "a bench that looks at a wrong place should stop")]

use flow_front::Project;
use flow_front::source::Source;
use flow_ir::Program;
use flow_ir::backend::Backend;
use flow_native::compile;
use flow_runtime::engine::{Engine, Limits};
use flow_runtime::inbound::{Arrival, EventReader, Tally, accept};
use flow_runtime::store::Store;
use flow_runtime::store::memory::MemoryStore;
use flow_runtime::time::Instant;
use std::error::Error;
use std::fmt::Write as _;
use std::io::Cursor;
use std::sync::Arc;
use std::time::Duration;

const SIZES: [usize; 3] = [10, 100, 1_000];
const CONTACTS: usize = 2_000;
/// How many pages each of them visits.
const VISITS: usize = 5;
const ROUNDS: usize = 5;
const FIRST_DAY: &str = "2026-03-02T00:00:00Z";
const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;
/// On the disk that holds the build, because a temporary folder may lie in memory.
const FOLDER: &str = env!("CARGO_TARGET_TMPDIR");

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let given: Vec<usize> = std::env::args().skip(1).filter_map(|argument| argument.parse().ok()).collect();
    let sizes = if given.is_empty() { SIZES.to_vec() } else { given };
    println!("{CONTACTS} contacts, {} visits, native code, median of {ROUNDS} rounds", CONTACTS * VISITS);
    println!("{:<28}{:>10}{:>12}{:>12}{:>14}", "", "workflows", "events/s", "us/event", "to the first");
    for (name, segments) in [("a literal each", false), ("and two segments each", true)] {
        let many = sizes.iter().map(|workflows| Many::load(*workflows, segments)).collect::<Outcome<Vec<_>>>()?;
        race(&format!("{name}, memory"), &many, Many::in_memory)?;
        race(&format!("{name}, SQLite"), &many, Many::durable)?;
    }
    Ok(())
}

fn race(name: &str, many: &[Many], run: fn(&Many) -> Outcome<Duration>) -> Outcome<()> {
    let mut rounds: Vec<Vec<f64>> = Vec::new();
    for _ in 0..ROUNDS {
        let round = many.iter().map(|many| Ok(run(many)?.as_secs_f64()));
        rounds.push(round.collect::<Outcome<_>>()?);
    }
    for (place, one) in many.iter().enumerate() {
        let seconds = median(rounds.iter().map(|round| round[place]));
        let ratio = median(rounds.iter().map(|round| round[0] / round[place]));
        let events = (CONTACTS * VISITS) as f64;
        let (rate, each) = (events / seconds, seconds * 1e6 / events);
        println!("{name:<28}{:>10}{rate:>12.0}{each:>12.1}{ratio:>14.2}", one.workflows);
    }
    Ok(())
}

fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// A program of so many workflows, and what people do.
struct Many {
    workflows: usize,
    program: Arc<Program>,
    backend: Arc<dyn Backend>,
    /// Everybody signs up, which is not timed: somebody new is asked everything once.
    signed_up: Vec<Arrival>,
    visits: Vec<Arrival>,
    start: Instant,
}

impl Many {
    fn load(workflows: usize, segments: bool) -> Outcome<Many> {
        let compilation = flow_front::compile(&Project {
            sender: None,
            lints: Default::default(),
            name: "many".to_owned(),
            timezone: "Europe/Berlin".to_owned(),
            zones: flow_runtime::time::civil::ZONES,
            sources: vec![Source { path: "many.flow".to_owned(), text: text(workflows, segments) }],
            templates: Vec::new(),
        });
        let found = || format!("{:?}", compilation.diagnostics.first().map(|found| &found.message));
        let program = Arc::new(compilation.program.ok_or_else(found)?);
        let start = Instant::parse(FIRST_DAY)?;
        Ok(Many {
            workflows,
            backend: Arc::new(compile(&program)?),
            signed_up: read(&program, &signed_up(start))?,
            visits: read(&program, &visits(start, workflows))?,
            program,
            start,
        })
    }

    fn in_memory(&self) -> Outcome<Duration> {
        self.run(MemoryStore::new(self.program.texts.len()))
    }

    fn durable(&self) -> Outcome<Duration> {
        let folder = tempfile::tempdir_in(FOLDER)?;
        self.run(flow_runtime::open::open(&self.program, &folder.path().join("store.db"))?)
    }

    /// How long the visits take, and what is due by the end.
    fn run<S: Store>(&self, store: S) -> Outcome<Duration> {
        let (program, backend) = (Arc::clone(&self.program), Arc::clone(&self.backend));
        let mut engine = Engine::open(program, backend, store, None, Limits::default())?;
        engine.begin(self.start)?;
        let day = |days: usize| Instant(self.start.0 + days as i64 * DAY_MS);
        engine.run_until(day(1), &mut self.signed_up.clone().into_iter(), &mut |_| {})?;
        let visits = self.visits.clone();
        let start = now();
        engine.run_until(day(VISITS + 5), &mut visits.into_iter(), &mut |_| {})?;
        let time = start.elapsed();
        let steps = engine.report()?.decisions.iter().map(|decision| decision.count).sum::<u64>();
        // Entered, waiting, and finished once the wait is over.
        let due = (CONTACTS * VISITS * 4) as u64;
        if steps == due { Ok(time) } else { Err(format!("{steps} decisions instead of {due}").into()) }
    }
}

/// A workflow for each page and, if so asked, two segments.
fn text(workflows: usize, segments: bool) -> String {
    let mut text = "use std.b2b\n".to_owned();
    for nth in 0..workflows {
        let exit = if segments { format!("  exit when keen_{nth} or warm_{nth}\n") } else { String::new() };
        // Writing into a string never fails.
        if segments {
            let _ = writeln!(
                text,
                "segment keen_{nth} = visited(page is \"/p{nth}\") at least 2 times in the last 14 days"
            );
            let _ = writeln!(text, "segment warm_{nth} = downloaded(asset is \"guide-{nth}\") in the last 30 days");
        }
        let _ = writeln!(
            text,
            "workflow w{nth} {{\n  enter when visited(page is \"/p{nth}\")\n  reenter after 90 days\n{exit}  \
             score += 1\n  wait 2 days\n  score += 1\n}}"
        );
    }
    text
}

fn signed_up(start: Instant) -> String {
    let line = |contact| line(contact, "signed_up", "", contact, start.0 + HOUR_MS + contact as i64 * 1_000);
    (0..CONTACTS).map(line).collect()
}

/// Everybody visits pages, no page twice; one a day.
fn visits(start: Instant, workflows: usize) -> String {
    let mut text = String::new();
    for visit in 0..VISITS {
        for contact in 0..CONTACTS {
            let page = (contact * 7 + visit * (workflows / VISITS)) % workflows;
            let at = start.0 + (visit as i64 + 1) * DAY_MS + HOUR_MS + contact as i64 * 1_000;
            let message = (visit + 1) * CONTACTS + contact;
            text += &line(contact, "visited", &format!("\"page\":\"/p{page}\""), message, at);
        }
    }
    text
}

fn line(contact: usize, event: &str, properties: &str, message: usize, at: i64) -> String {
    let at = Instant(at).to_string();
    format!(
        "{{\"type\":\"track\",\"messageId\":\"m-{message}\",\"userId\":\"u-{contact}\",\"event\":\"{event}\",\
         \"properties\":{{{properties}}},\"timestamp\":\"{at}\",\"receivedAt\":\"{at}\"}}\n"
    )
}

fn read(program: &Program, lines: &str) -> Outcome<Vec<Arrival>> {
    let arrivals = EventReader::open(Cursor::new(lines.to_owned().into_bytes()), "events.jsonl", program)?;
    Ok(accept(arrivals, &mut Tally::default(), &mut |_| Ok(())).collect::<Result<_, _>>()?)
}

#[expect(clippy::disallowed_methods, reason = "a bench measures time")]
fn now() -> std::time::Instant {
    std::time::Instant::now()
}
