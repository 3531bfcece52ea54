//! What an event costs in a program of many workflows: it should be what it matches, however many other workflows there are.
//!
//! Every workflow waits for one page, and every event is a visit to a page that one workflow waits for; so the work that is due is the
//! same in each row, and events a second beside those of the first row say what all the other workflows cost. *With segments* each
//! workflow also has two segments of its own, which count visits and make the frame of a contact grow with the program. The stores are the
//! one in memory, for the engine alone, and the durable one. Numbers of workflows and words of the rows may be given:
//! `cargo bench --bench many -- 10 1000 literal memory`.
//!
//! Rows take turns and the median of their ratios counts, since a machine's speed changes while others use it.

#![expect(clippy::indexing_slicing, reason = "a bench that looks at a wrong place should stop")]

#[path = "common/plain.rs"]
mod plain;

use flow_example_data::many::{TEMPLATE, many};
use flow_front::Project;
use flow_front::source::Source;
use flow_ir::Program;
use flow_ir::backend::Backend;
use flow_native::compile;
use flow_runtime::dispatch::channels::Uncertain;
use flow_runtime::dispatch::channels::scripted::{ScriptedChannel, delivered};
use flow_runtime::engine::{Delivery, Engine, Limits};
use flow_runtime::inbound::{Arrival, EventReader, Tally, accept};
use flow_runtime::store::memory::MemoryStore;
use flow_runtime::store::{DecisionCode, Store};
use flow_runtime::time::Instant;
use plain::Plain;
use std::error::Error;
use std::fmt::Write as _;
use std::io::Cursor;
use std::sync::Arc;

/// As in the command.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

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
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let given: Vec<usize> = arguments.iter().filter_map(|argument| argument.parse().ok()).collect();
    let words: Vec<&String> = arguments.iter().filter(|argument| argument.parse::<usize>().is_err()).collect();
    let sizes = if given.is_empty() { SIZES.to_vec() } else { given };
    println!("{CONTACTS} contacts, {} visits, native code, median of {ROUNDS} rounds", CONTACTS * VISITS);
    let headings = ["workflows", "frame bytes", "events/s", "us/event", "to the first", "us/newcomer"];
    println!("{:<28}{}", "", headings.map(|heading| format!("{heading:>13}")).concat());
    for kind in [Kind::Literals, Kind::Segments, Kind::Campaigns] {
        let races: [(&str, Race); 2] = [("memory", Many::in_memory), ("SQLite", Many::durable)];
        let races = races.map(|(store, run)| (format!("{}, {store}", kind.name()), run));
        let races = races.into_iter().filter(|(name, _)| words.iter().all(|word| name.contains(*word)));
        let races: Vec<(String, Race)> = races.collect();
        if races.is_empty() {
            continue;
        }
        let many = sizes.iter().map(|workflows| Many::load(*workflows, kind)).collect::<Outcome<Vec<_>>>()?;
        races.iter().try_for_each(|(name, run)| race(name, &many, *run))?;
    }
    Ok(())
}

/// How long two things take.
#[derive(Clone, Copy)]
struct Times {
    /// That everybody comes.
    newcomers: f64,
    /// The visits, and what is due by the end.
    visits: f64,
}

/// Runs everything once over a new store.
type Race = fn(&Many) -> Outcome<Times>;

fn race(name: &str, many: &[Many], run: Race) -> Outcome<()> {
    let mut rounds: Vec<Vec<Times>> = Vec::new();
    for _ in 0..ROUNDS {
        rounds.push(many.iter().map(run).collect::<Outcome<_>>()?);
    }
    for (place, one) in many.iter().enumerate() {
        let seconds = median(rounds.iter().map(|round| round[place].visits));
        let ratio = median(rounds.iter().map(|round| round[0].visits / round[place].visits));
        let newcomer = median(rounds.iter().map(|round| round[place].newcomers)) * 1e6 / CONTACTS as f64;
        let events = (CONTACTS * VISITS) as f64;
        let (frame, rate, each) = (one.program.frame.size, events / seconds, seconds * 1e6 / events);
        println!("{name:<28}{:>13}{frame:>13}{rate:>13.0}{each:>13.1}{ratio:>13.2}{newcomer:>13.1}", one.workflows);
    }
    Ok(())
}

fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// What the workflows are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Three steps behind a visit to a page of their own.
    Literals,
    /// The same with two segments of their own.
    Segments,
    /// The campaigns of `cargo bench --bench check`, behind a download of their own.
    Campaigns,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Literals => "a literal each",
            Self::Segments => "and two segments each",
            Self::Campaigns => "campaigns of 33 lines",
        }
    }

    fn project(self, workflows: usize) -> Project {
        let source = |(path, text)| Source { path, text };
        let sources = match self {
            Self::Literals | Self::Segments => vec![("many.flow".to_owned(), text(workflows, self == Self::Segments))],
            Self::Campaigns => many(workflows),
        };
        Project {
            sender: None,
            lints: Default::default(),
            name: "many".to_owned(),
            timezone: "Europe/Berlin".to_owned(),
            zones: flow_runtime::time::civil::ZONES,
            sources: sources.into_iter().map(source).collect(),
            templates: vec![source((TEMPLATE.0.to_owned(), TEMPLATE.1.to_owned()))],
        }
    }

    /// The event that lets somebody into a workflow.
    fn event(self, workflow: usize) -> (&'static str, String) {
        match self {
            Self::Literals | Self::Segments => ("visited", format!("\"page\":\"/p{workflow}\"")),
            Self::Campaigns => ("downloaded", format!("\"asset\":\"guide-{workflow}\"")),
        }
    }
}

/// A program of so many workflows, and what people do.
struct Many {
    workflows: usize,
    program: Arc<Program>,
    backend: Arc<dyn Backend>,
    /// Everybody signs up first, timed by itself: of somebody new everything is asked once.
    signed_up: Vec<Arrival>,
    visits: Vec<Arrival>,
    start: Instant,
}

impl Many {
    fn load(workflows: usize, kind: Kind) -> Outcome<Many> {
        let compilation = flow_front::compile(&kind.project(workflows));
        let found = || format!("{:?}", compilation.diagnostics.first().map(|found| &found.message));
        let program = Arc::new(compilation.program.ok_or_else(found)?);
        let start = Instant::parse(FIRST_DAY)?;
        Ok(Many {
            workflows,
            backend: Arc::new(compile(&program)?),
            signed_up: read(&program, &signed_up(start))?,
            visits: read(&program, &visits(start, workflows, kind))?,
            program,
            start,
        })
    }

    fn in_memory(&self) -> Outcome<Times> {
        self.run(MemoryStore::new())
    }

    fn durable(&self) -> Outcome<Times> {
        let folder = tempfile::tempdir_in(FOLDER)?;
        self.run(
            flow_runtime::open::open(
                &self.program,
                &folder.path().join("store.db"),
                flow_runtime::open::Kind::Rehearsal,
            )?
            .0,
        )
    }

    fn run<S: Store>(&self, store: S) -> Outcome<Times> {
        let (program, backend) = (Arc::clone(&self.program), Arc::clone(&self.backend));
        let mut engine = Engine::open(program, backend, store, delivery()?, Limits::default())?;
        engine.begin(self.start, None)?;
        let day = |days: usize| Instant(self.start.0 + days as i64 * DAY_MS);
        let (signed_up, visits) = (self.signed_up.clone(), self.visits.clone());
        let begun = now();
        engine.run_until(day(1), &mut signed_up.into_iter().map(Ok), &mut |_| {})?;
        let newcomers = begun.elapsed().as_secs_f64();
        let begun = now();
        engine.run_until(day(VISITS + 5), &mut visits.into_iter().map(Ok), &mut |_| {})?;
        let visits = begun.elapsed().as_secs_f64();
        // No visit is anybody's second to the same page, so each lets somebody in.
        let (entered, due) = (engine.report()?.decided(None, DecisionCode::Entered), (CONTACTS * VISITS) as u64);
        if entered == due { Ok(Times { newcomers, visits }) } else { Err(format!("{entered} entered of {due}").into()) }
    }
}

/// Whatever is sent is taken at once, and what it says is no part of what is measured.
fn delivery() -> Result<Delivery, String> {
    let channel = ScriptedChannel::new(Uncertain::Resend, |_, _| delivered());
    Ok(Delivery { channel: Arc::new(channel), composer: Arc::new(Plain::new()?) })
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
    let line = |contact: usize| {
        let traits = format!("\"email\":\"c{contact}@acme.example\",\"industry\":\"saas\"");
        let said = format!("\"type\":\"identify\",\"traits\":{{{traits}}}");
        line(contact, &said, contact, start.0 + HOUR_MS + contact as i64 * 1_000)
    };
    (0..CONTACTS).map(line).collect()
}

/// Everybody does something that lets them into a workflow once a day, each time into another one.
fn visits(start: Instant, workflows: usize, kind: Kind) -> String {
    let mut text = String::new();
    for visit in 0..VISITS {
        for contact in 0..CONTACTS {
            let (event, properties) = kind.event((contact * 7 + visit * (workflows / VISITS)) % workflows);
            let at = start.0 + (visit as i64 + 1) * DAY_MS + HOUR_MS + contact as i64 * 1_000;
            let said = format!("\"type\":\"track\",\"event\":\"{event}\",\"properties\":{{{properties}}}");
            text += &line(contact, &said, (visit + 1) * CONTACTS + contact, at);
        }
    }
    text
}

fn line(contact: usize, said: &str, message: usize, at: i64) -> String {
    let at = Instant(at).to_string();
    format!(
        "{{{said},\"messageId\":\"m-{message}\",\"userId\":\"u-{contact}\",\"timestamp\":\"{at}\",\
         \"receivedAt\":\"{at}\"}}\n"
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
