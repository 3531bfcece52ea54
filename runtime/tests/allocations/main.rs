//! What the engine's thread asks of the allocator in the steady state: of the memory of a step and of an event, nothing.
//!
//! A store in a file, everybody in memory, machine code, as in the command. Rounds of events and of waits that end are done until every buffer is as
//! large as it gets; then one more is counted. A batch has buffers of its own, which the thread that writes takes over, so what is left is counted
//! by the batch; and it must be the same however many events a batch has.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use allocation_counter::measure;
use flow_front::Project;
use flow_front::source::Source;
use flow_ir::Program;
use flow_native::compile;
use flow_runtime::dispatch::channels::scripted::ScriptedChannel;
use flow_runtime::engine::{Composed, Composer, ContactView, Delivery, Engine, Limits};
use flow_runtime::inbound::{Arrival, EventReader, Tally, accept};
use flow_runtime::open::{Keeping, Kind, StoreName};
use flow_runtime::store::OutboxRecord;
use flow_runtime::store::sqlite::SqliteStore;
use flow_runtime::time::Instant;
use std::io::Cursor;
use std::sync::Arc;

const CONTACTS: usize = 3_000;
const DAY_MS: i64 = 86_400_000;
/// 2026-03-02
const START: Instant = Instant(1_772_409_600_000);

const STEPS: &str = "  wait 1 day\n  if employees >= 100 {\n    score += 5\n  } else {\n    score += 1\n  }\n  wait until requested_demo up to 1 day\n";

fn text() -> String {
    let steps = STEPS.repeat(20);
    format!(
        "use std.b2b\n\
         segment keen = visited(page is \"/pricing\") at least 3 times in the last 7 days and not customer\n\
         workflow nurture {{\n  enter when signed_up\n  reenter never\n{steps}}}\n\
         workflow pricing {{\n  enter when keen new only\n  reenter after 30 days\n  score += 15\n  wait until requested_demo up to 30 days\n}}\n"
    )
}

struct Nothing;

impl Composer for Nothing {
    fn compose(&self, _: &OutboxRecord, _: &ContactView<'_>) -> Result<Composed, String> {
        Err("nothing is sent".to_owned())
    }
}

fn program() -> Arc<Program> {
    let compilation = flow_front::compile(&Project {
        sender: None,
        lints: Default::default(),
        name: "allocations".to_owned(),
        timezone: "Europe/Berlin".to_owned(),
        zones: flow_runtime::time::civil::ZONES,
        sources: vec![Source { path: "allocations.flow".to_owned(), text: text() }],
        templates: Vec::new(),
    });
    assert!(compilation.program.is_some(), "{:?}", compilation.diagnostics);
    Arc::new(compilation.program.unwrap())
}

fn open(program: &Arc<Program>, path: &std::path::Path, batch_items: usize) -> Engine<SqliteStore> {
    let (mut store, program, _) =
        flow_runtime::open::open_telling(program, path, Kind::Rehearsal, Keeping::Journal, |_, _| ()).unwrap();
    flow_runtime::open::name(&mut store, &StoreName::of(1)).unwrap();
    let backend = Arc::new(compile(&program).unwrap());
    let channel = ScriptedChannel::new(flow_runtime::dispatch::channels::Uncertain::Resend, |_, _| {
        flow_runtime::dispatch::channels::scripted::delivered()
    });
    let delivery = Delivery { channel: Arc::new(channel), composer: Arc::new(Nothing) };
    let limits = Limits { batch_items, ..Limits::default() };
    let mut engine = Engine::open(Arc::new(program), backend, store, delivery, limits).unwrap();
    engine.begin(START, None).unwrap();
    engine
}

/// So many events of everybody in turn, each of them a second after the one before.
fn events(program: &Program, count: usize, round: usize, from: Instant, said: &str) -> Vec<Arrival> {
    let line = |turn: usize| {
        let (contact, at) = (turn * 7 % CONTACTS, Instant(from.0 + turn as i64 * 1_000));
        let said = said.replace("kim@", &format!("kim{contact}@"));
        format!(
            "{{{said},\"messageId\":\"{round}-{turn}\",\"userId\":\"u-{contact}\",\"timestamp\":\"{at}\",\"receivedAt\":\"{at}\"}}\n"
        )
    };
    let lines: String = (0..count).map(line).collect();
    let arrivals = EventReader::open(Cursor::new(lines.into_bytes()), "events.jsonl", program).unwrap();
    accept(arrivals, &mut Tally::default(), &mut |_| Ok(())).collect::<Result<_, _>>().unwrap()
}

/// What a round costs: allocations of this thread for each item, once everybody has been through a few.
struct Cost {
    event: f64,
    step: f64,
}

fn cost(batch_items: usize) -> Cost {
    let folder = tempfile::tempdir().unwrap();
    let program = program();
    let mut engine = open(&program, &folder.path().join("store.db"), batch_items);
    let mut now = START;
    let run = |engine: &mut Engine<SqliteStore>, until: Instant, arrivals: Vec<Arrival>| {
        let mut steps = 0;
        let mut arrivals = arrivals.into_iter().map(Ok);
        let counted = measure(|| engine.run_until(until, &mut arrivals, &mut |told| steps = told.steps).unwrap());
        (counted.count_total as f64, steps)
    };
    let people =
        "\"type\":\"identify\",\"traits\":{\"email\":\"kim@company.example\",\"employees\":120,\"first_name\":\"Kim\"}";
    let sign_up = "\"type\":\"track\",\"event\":\"signed_up\"";
    let visit = "\"type\":\"track\",\"event\":\"visited\",\"properties\":{\"page\":\"/blog\"}";
    for (round, said) in [people, sign_up].into_iter().enumerate() {
        let all = events(&program, CONTACTS, round, now, said);
        now = Instant(now.0 + CONTACTS as i64 * 1_000);
        run(&mut engine, now, all);
    }
    let mut last = Cost { event: f64::NAN, step: f64::NAN };
    let mut told = 0;
    for round in 2..8 {
        let visits = events(&program, 2 * CONTACTS, round, now, visit);
        now = Instant(now.0 + 2 * CONTACTS as i64 * 1_000);
        let (counted, steps) = run(&mut engine, now, visits);
        last.event = counted / (2 * CONTACTS) as f64;
        now = Instant(now.0 + 2 * DAY_MS);
        let (counted, after) = run(&mut engine, now, Vec::new());
        last.step = counted / (after - steps) as f64;
        told = after;
    }
    assert!(told > 10 * CONTACTS as u64, "{told}");
    last
}

/// What each item asks for, and what a batch does whatever is in it: the items of a batch of one size and of one four times as large are two
/// equations.
fn parts((small, large): (f64, f64)) -> (f64, f64) {
    let each = (large * LARGE as f64 - small * SMALL as f64) / (LARGE - SMALL) as f64;
    (each, (small - each) * SMALL as f64)
}

const SMALL: usize = 500;
const LARGE: usize = 2_000;
/// Lists and maps of a batch, some of which grow as it is filled.
const OF_A_BATCH: f64 = 200.0;

#[test]
fn a_step_asks_for_no_memory_and_an_event_for_that_of_its_texts() {
    let (small, large) = (cost(SMALL), cost(LARGE));
    let (step, of_batch) = parts((small.step, large.step));
    assert!(step < 0.05 && of_batch < OF_A_BATCH, "{step} a step, {of_batch} a batch");
    // Its name and its properties as the log keeps them, and the key by which the store is asked whose it is. Beside them each day begins sixteen sets
    // of the messages that are known, which grow: some twenty times a day each, of only six thousand events here.
    let (event, of_batch) = parts((small.event, large.event));
    assert!(event < 3.12 && of_batch < OF_A_BATCH, "{event} an event, {of_batch} a batch");
}
