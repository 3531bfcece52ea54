//! Order decides nothing (E1, E2, E3): that of declarations and files, where batches end and what is in memory, and how a stream is spread
//! over runs.

use crate::generated::{self, Chance, DECLARATIONS, END, START, program};
use crate::support::{Crash, Place, World, at, compiled_of};
use flow_ir::{EmailId, FieldId, Id, Program, WorkflowId};
use flow_runtime::inbound::ContactRow;
use flow_runtime::store::{About, DecisionCode, DecisionRecord, JourneyRecord, Total};
use flow_runtime::time::Instant;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

/// Three worlds; `FLOW_SEEDS=10..40` looks at others.
#[expect(clippy::disallowed_methods, reason = "by hand, and of no result in CI")]
fn seeds() -> Range<u64> {
    let asked = std::env::var("FLOW_SEEDS").ok();
    let ends = asked.as_deref().map(|asked| asked.split_once("..").unwrap());
    ends.map_or(1..4, |(first, end)| first.parse().unwrap()..end.parse().unwrap())
}

/// What a run is cut into.
enum Cuts {
    Nowhere,
    /// At these instants the process ends, and another is given all from the start.
    At(Vec<i64>),
    /// The same behind these arrivals, in the middle of their instants.
    Behind(Vec<usize>),
    /// It dies behind so many commits, again and again.
    Deaths(usize),
}

fn whole(program: &Arc<Program>, seed: u64) -> World {
    run(Place::ALL[0], program, seed, (1_000, 1_000, 1_000), &Cuts::Nowhere)
}

/// A generated world with these many items in a batch, contacts and outbox rows in memory.
fn run(place: Place, program: &Arc<Program>, seed: u64, limits: (usize, usize, usize), cuts: &Cuts) -> World {
    let (world, rows) = generated::world(place, program, seed);
    let mut world = world.limits(limits.0, limits.1);
    world.limits.outbox_rows = limits.2;
    cut(&mut world, &rows, cuts);
    generated::live(&mut world, &rows, at(END)).unwrap();
    world.check_invariants();
    world
}

fn cut(world: &mut World, rows: &[ContactRow], cuts: &Cuts) {
    match cuts {
        Cuts::Nowhere => {}
        Cuts::At(instants) => {
            for until in instants {
                generated::live(world, rows, *until).unwrap();
                world.reopen();
            }
        }
        Cuts::Behind(numbers) => {
            for nth in numbers {
                hear_until(world, rows, *nth);
                world.reopen();
            }
        }
        Cuts::Deaths(commits) => {
            for _ in 0..2_000 {
                *world.shared.crash.lock().unwrap() = Crash::AfterCommit(*commits);
                let lived = generated::live(world, rows, at(END));
                *world.shared.crash.lock().unwrap() = Crash::Never;
                world.reopen();
                if lived.is_ok() {
                    return;
                }
            }
            panic!("no progress");
        }
    }
}

/// Hears the stream up to and with one arrival, whatever else there is of its instant.
fn hear_until(world: &mut World, rows: &[ContactRow], nth: usize) {
    let instant = world.stream[nth].arrived_at;
    generated::begin(world, rows).unwrap();
    let (piece, before) = world.stream[..=nth].iter().cloned().partition(|arrival| arrival.arrived_at == instant);
    if instant > at(START) {
        world.run_until(instant - 1, before).unwrap();
    }
    world.engine().hear(Instant(instant), piece, &mut |_| {}).unwrap();
}

/// The numbers of arrivals that share their instant with the next.
fn amid_instants(world: &World) -> Vec<usize> {
    let pairs = world.stream.windows(2).enumerate();
    pairs.filter(|(_, pair)| pair[0].arrived_at == pair[1].arrived_at).map(|(nth, _)| nth).collect()
}

#[test]
fn the_generated_worlds_do_what_they_are_there_for() {
    let program = program();
    let mut decided: BTreeMap<String, usize> = BTreeMap::new();
    for seed in seeds() {
        for row in whole(&program, seed).snapshot().decisions {
            *decided.entry(format!("{:?}", row.code)).or_default() += 1;
        }
    }
    for code in [
        "Entered",
        "Ignored",
        "Stepped",
        "Sent",
        "Withheld",
        "Held",
        "TimedOut",
        "HandedOff",
        "Converted",
        "Attributed",
        "ExitedWhen",
        "Exited",
        "Finished",
        "Undelivered",
        "Suppressed",
        "Stopped",
        "Consented",
        "Opened",
        "Clicked",
        "Replied",
        "GoalMet",
        "GaveWay",
    ] {
        assert!(decided.get(code).is_some_and(|count| *count > 0), "{code} of {decided:#?}");
    }
}

#[test]
fn batches_and_what_is_in_memory_change_nothing_in_any_place() {
    let program = program();
    for seed in seeds() {
        let mut first = whole(&program, seed);
        for (nth, place) in (seed as usize..).zip(Place::ALL) {
            let limits = [(1, 1, 1), (7, 5, 2), (1_000, 1_000, 1_000), (7, 1_000, 1)][nth % 4];
            let mut other = run(place, &program, seed, limits, &Cuts::Nowhere);
            same(&mut other, &mut first, &format!("seed {seed}, {place:?}, {limits:?}"));
        }
    }
}

#[test]
fn a_stream_that_is_spread_over_runs_changes_nothing_in_any_place() {
    let program = program();
    for seed in seeds() {
        let mut first = whole(&program, seed);
        let mut chance = Chance(seed);
        for place in Place::ALL {
            let (from, to) = (at(START), at(END));
            let mut instants: Vec<i64> = (0..6).map(|_| from + chance.below((to - from) as u64) as i64).collect();
            instants.sort_unstable();
            let mut other = run(place, &program, seed, (7, 5, 2), &Cuts::At(instants.clone()));
            same(&mut other, &mut first, &format!("seed {seed}, {place:?}, at {instants:?}"));
        }
    }
}

#[test]
fn a_run_that_ends_in_the_middle_of_an_instant_changes_nothing_in_any_place() {
    let program = program();
    for seed in seeds() {
        let mut first = whole(&program, seed);
        let mut chance = Chance(seed);
        let amid = amid_instants(&first);
        assert!(amid.len() > 50);
        for place in Place::ALL {
            let mut numbers: Vec<usize> = (0..8).map(|_| amid[chance.below(amid.len() as u64) as usize]).collect();
            numbers.sort_unstable();
            let mut other = run(place, &program, seed, (7, 5, 2), &Cuts::Behind(numbers.clone()));
            same(&mut other, &mut first, &format!("seed {seed}, {place:?}, behind {numbers:?}"));
        }
    }
}

/// Also in the middle of the file of contacts, which goes on where it was.
#[test]
fn deaths_behind_any_commit_change_nothing_in_any_place() {
    let program = program();
    for seed in seeds() {
        let mut first = whole(&program, seed);
        for (place, (batch_items, commits)) in Place::ALL.into_iter().zip([(1, 3), (7, 2), (13, 3), (40, 1)]) {
            let limits = (batch_items, 5, 2);
            let mut other = run(place, &program, seed, limits, &Cuts::Deaths(commits));
            same(&mut other, &mut first, &format!("seed {seed}, {place:?}, {limits:?}, {commits} commits"));
        }
    }
}

/// Two stores hold the same, and what they hold reads the same.
fn same(other: &mut World, first: &mut World, told: &str) {
    let (other_kept, first_kept) = (other.snapshot(), first.snapshot());
    if other_kept.decisions != first_kept.decisions {
        let lines = |world: &World| by_name(world);
        let (ours, theirs) = (lines(other), lines(first));
        let apart = ours.iter().zip(&theirs).find(|(our, their)| our != their);
        panic!("{told}: {apart:#?}");
    }
    assert_eq!(other_kept.digest(), first_kept.digest(), "{told}");
    let (ours, theirs) = (other.report(), first.report());
    assert_eq!(ours.counters, theirs.counters, "{told}");
    assert_eq!(ours, theirs, "{told}");
}

#[test]
fn the_order_of_declarations_and_files_decides_nothing() {
    let first = program();
    for seed in seeds() {
        let told = by_name(&whole(&first, seed));
        assert!(told.len() > 500);
        let mut chance = Chance(100 + seed);
        for files in [1, 2, 5] {
            let mut declarations = DECLARATIONS.to_vec();
            chance.shuffle(&mut declarations);
            let parts: Vec<String> =
                declarations.chunks(declarations.len().div_ceil(files)).map(|part| part.join("\n")).collect();
            let shuffled = compiled_of(&parts).unwrap_or_else(|complaints| panic!("{complaints:#?}"));
            let other = by_name(&whole(&shuffled, seed));
            let apart = other.iter().zip(&told).find(|(our, their)| our != their);
            assert!(
                apart.is_none() && other.len() == told.len(),
                "seed {seed}, {files} files: {apart:#?}\n{declarations:#?}"
            );
        }
    }
}

/// Everything that a store holds, in words: by the names of the program and not by its numbers, which follow the order of declarations.
fn by_name(world: &World) -> Vec<String> {
    let (program, kept) = (&world.program, world.snapshot());
    let names = Names(program);
    let mut told = Vec::new();
    let mut decisions: Vec<&DecisionRecord> = kept.decisions.iter().collect();
    decisions.sort_by_key(|row| row.id);
    told.extend(decisions.into_iter().map(|row| names.decision(row)));
    for contact in &kept.contacts {
        for field in program.fields.values() {
            let number = field.slot.map(|slot| program.frame.read(&contact.frame, slot));
            let text = field.text.and_then(|text| contact.texts.as_ref().unwrap().get(text.index()));
            told.push(format!("{:?} {} {number:?} {text:?}", contact.id, field.name));
        }
        for segment in program.segments.values() {
            told.push(format!(
                "{:?} in {} {}",
                contact.id,
                segment.name,
                program.frame.read(&contact.frame, segment.holds)
            ));
        }
        told.push(format!("{:?} next {:?}", contact.id, contact.next_at));
    }
    for row in kept.journeys() {
        let sends: Vec<String> =
            row.sends.iter().map(|send| format!("{} {}", names.email(send.email), send.step)).collect();
        let JourneyRecord {
            run, status, block, step, visit, due_at, entered_at, ended_at, goal_met, goal_until, ..
        } = row;
        told.push(format!(
            "{:?} {} {run} {status:?} {block} {step} {visit} {due_at:?} {entered_at} {ended_at:?} {goal_met} {goal_until:?} {sends:?}",
            row.contact,
            names.workflow(row.workflow),
        ));
    }
    told.extend(kept.outbox.iter().map(|(row, receipt)| {
        format!(
            "{} {:?} {} {} {:?} {} {receipt}",
            row.key, row.state, row.recipient, row.payload, row.queued_at, row.attempts
        )
    }));
    told.extend(
        kept.handoffs.iter().map(|row| format!("{} {} {} {:?} {}", row.key, row.member, row.note, row.task, row.at)),
    );
    told.extend(kept.scores.iter().map(|row| format!("{:?} {} {} {}", row.contact, row.at, row.change, row.score)));
    told.extend(kept.stages.iter().map(|row| format!("{:?} {} {} {}", row.contact, row.at, row.from, row.to)));
    told.extend(kept.totals.iter().map(|(total, value)| format!("{} {value}", names.total(total))));
    // What is not in the order of its decisions is in that of the program's numbers, which decide nothing.
    told.sort_by_key(|line| !line.starts_with("decided"));
    let rest = told.iter().position(|line| !line.starts_with("decided")).unwrap_or(told.len());
    told[rest..].sort_unstable();
    told
}

/// The names of a program's numbers.
struct Names<'p>(&'p Program);

impl Names<'_> {
    fn workflow(&self, number: u32) -> &str {
        &self.0.workflows.at(WorkflowId(number)).name
    }

    fn email(&self, number: u32) -> &str {
        &self.0.emails.at(EmailId(number)).name
    }

    fn about(&self, code: DecisionCode, number: u32) -> String {
        match code.about() {
            Some(About::Email) => self.email(number).to_owned(),
            Some(About::Workflow) => self.workflow(number).to_owned(),
            Some(About::Field) => self.0.fields.at(FieldId(number)).name.clone(),
            _ => number.to_string(),
        }
    }

    fn decision(&self, row: &DecisionRecord) -> String {
        let workflow = row.workflow.map(|workflow| self.workflow(workflow));
        let about = row.about.map(|about| self.about(row.code, about));
        let DecisionRecord { contact, run, at, code, step, reason, trace, .. } = row;
        format!("decided {contact:?} {workflow:?} {run} {at} {code:?} {step:?} {about:?} {reason} {trace:?}")
    }

    fn total(&self, total: &Total) -> String {
        match total {
            Total::Counter(name) => name.clone(),
            Total::Decisions { day, workflow, code, step, about, reason, .. } => {
                let workflow = workflow.map(|workflow| self.workflow(workflow));
                let about = about.map(|about| self.about(*code, about));
                format!("{day} {workflow:?} {code:?} {step:?} {about:?} {reason}")
            }
            Total::Conversions { workflow, week, after_days, .. } => {
                format!("{} {week} {after_days}", self.workflow(*workflow))
            }
            Total::Engagements { day, email, code, link, by_machine } => {
                format!("{day} {} {code:?} {link} {by_machine}", self.email(*email))
            }
        }
    }
}
