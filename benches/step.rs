//! One step of a scoring workflow: machine code beside hand-written Rust and the interpreter.
//!
//! Twelve scoring rules on uniformly random contacts (so most conditions are unpredictable), then: unsubscribed contacts leave, hot
//! ones are handed off, the rest wait three days. Every rule leaves its bit in the trace, in all of them. The hand-written step is there
//! twice: as one writes it, and as one writes it knowing that branches on such contacts are what costs.
//!
//! Contacts are copied in chunks into a buffer that the second-level cache holds, outside the clock, as an engine would load a batch.
//! A machine's speed changes while others use it, so a row's ratio is the median of ratios taken in the same repetition. Every
//! repetition compares every record of all four.

#![expect(clippy::indexing_slicing, reason = "a bench that looks at a wrong place should stop")]

#[path = "step/by_hand.rs"]
mod by_hand;
#[path = "step/conditions.rs"]
mod conditions;
#[path = "step/contacts.rs"]
mod contacts;
#[path = "step/program.rs"]
mod program;
#[path = "step/race.rs"]
mod race;

use conditions::{Asked, ask};
use contacts::Contacts;
use flow_ir::interpret::Interpreter;
use flow_native::{compile, compile_with};
use program::{CONDITIONS, scoring, scoring_with_conditions};
use race::{Round, round};
use std::sync::Arc;
use std::time::{Duration, Instant};

const CONTACTS: usize = 1_000_000;
const CHUNK: usize = 2_048;
const REPETITIONS: usize = 7;
const NOW: i64 = 1_772_445_600_000;
const DAY_MS: i64 = 86_400_000;
const MQL: u16 = 2;

fn main() {
    // Without the word that `cargo bench` gives, it is a test: a few contacts, whatever they take.
    let is_test = !std::env::args().any(|argument| argument == "--bench");
    let (count, repetitions) = if is_test { (CHUNK + 9, 1) } else { (CONTACTS, REPETITIONS) };
    let program = scoring_with_conditions(12);
    let native = compile(&program).expect("the program is sound and this machine runs native code");
    let interpreter = Interpreter::new(Arc::new(program.clone())).expect("the program is sound");
    let contacts = Contacts::random(&program, count);
    let rounds: Vec<Round> = (0..repetitions).map(|_| round(&contacts, &native, &interpreter)).collect();
    let asked: Vec<Asked> = (0..repetitions).map(|_| ask(&contacts, &program, &native, &interpreter)).collect();
    if !is_test {
        print_steps(&rounds);
        print_conditions(&asked);
        print_compile_times();
    }
}

#[expect(clippy::disallowed_methods, reason = "a bench measures time")]
fn timed(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

fn per_step(time: Duration, steps: usize) -> f64 {
    time.as_secs_f64() * 1e9 / steps as f64
}

fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn print_steps(rounds: &[Round]) {
    let row = |name: &str, time: fn(&Round) -> f64| {
        let nanoseconds = median(rounds.iter().map(time));
        let to_rust = median(rounds.iter().map(|round| time(round) / round.by_hand));
        let to_interpreter = median(rounds.iter().map(|round| round.interpreter / time(round)));
        println!("{name:<20} {nanoseconds:>10.1} {to_rust:>16.2} {to_interpreter:>20.1}");
    };
    println!("12 rules, {CONTACTS} contacts, median of {REPETITIONS} repetitions");
    println!("{:<20} {:>10} {:>16} {:>20}", "", "ns/step", "time to Rust's", "times interpreter's");
    row("hand-written Rust", |round| round.by_hand);
    row("Rust, no branches", |round| round.without_branches);
    row("native", |round| round.native);
    row("interpreter", |round| round.interpreter);
}

fn print_conditions(rounds: &[Asked]) {
    let row = |name: &str, time: fn(&Asked) -> f64| {
        let nanoseconds = median(rounds.iter().map(time));
        let to_rust = median(rounds.iter().map(|round| time(round) / round.without_branches));
        let to_interpreter = median(rounds.iter().map(|round| round.interpreter / time(round)));
        println!("{name:<28} {nanoseconds:>10.1} {to_rust:>16.2} {to_interpreter:>20.1}");
    };
    println!("\na condition of 12 rules, {CONTACTS} contacts, median of {REPETITIONS} repetitions");
    println!("{:<28} {:>10} {:>16} {:>20}", "", "ns", "time to branchless", "times interpreter's");
    row("hand-written Rust", |round| round.by_hand);
    row("Rust, no branches", |round| round.without_branches);
    row("native, row by row", |round| round.native);
    row("native, by columns", |round| round.columns);
    row(&format!("each of {CONDITIONS}, by columns"), |round| round.columns_of_many);
    row("interpreter", |round| round.interpreter);
}

fn print_compile_times() {
    println!("\n{:<10} {:>12} {:>12} {:>12}", "rules", "compile ms", "us/rule", "code bytes");
    for rules in [12, 120, 600] {
        let program = scoring(rules);
        let mut bytes = 0;
        let times = (0..15).map(|_| {
            let time = timed(|| {
                let compiled = compile_with(&program, |part| bytes = bytes.max(part.code_bytes));
                std::hint::black_box(compiled.is_ok());
            });
            time.as_secs_f64() * 1e3
        });
        let milliseconds = median(times);
        println!("{rules:<10} {milliseconds:>12.2} {:>12.1} {bytes:>12}", milliseconds * 1e3 / rules as f64);
    }
}
