//! Lives worlds through for so long, or one of them.
//!
//! ```sh
//! cargo run --release -p flow-simulation -- 3600 1     # an hour, from seed 1 on, on all cores
//! cargo run --release -p flow-simulation -- world 17   # one world, told whole
//! cargo run --release -p flow-simulation -- wide 3600 1        # worlds with what the reference does not read, too
//! cargo run --release -p flow-simulation -- wide world 17
//! cargo run -p flow-simulation --features broken-rules -- broken 60   # rules broken on purpose, each found within a minute
//! ```

use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use flow_simulation::shrink::shrunk;
use flow_simulation::told::told;
use flow_simulation::trial::{Tried, trial};
use flow_simulation::world::World;

// Worlds are many small values, and a third of their time was the system's allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How often it is said how far it is.
const TOLD_EVERY: u64 = 500;

/// What makes the world of a seed.
type Make = fn(u64) -> World;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let (make, words): (Make, &[&str]) = match words.as_slice() {
        ["wide", words @ ..] => (World::wide, words),
        words => (World::of, words),
    };
    match words {
        ["world", seed] => one(&make(number(seed))),
        #[cfg(feature = "broken-rules")]
        ["broken", seconds] => broken(Duration::from_secs(number(seconds))),
        [seconds] => many(make, Duration::from_secs(number(seconds)), 1),
        [seconds, first] => many(make, Duration::from_secs(number(seconds)), number(first)),
        _ => {
            println!("flow-simulation [wide] SECONDS [FIRST SEED], or flow-simulation [wide] world SEED");
            ExitCode::from(2)
        }
    }
}

fn number(word: &str) -> u64 {
    word.parse().unwrap_or_else(|_| {
        println!("`{word}` is no whole number");
        std::process::exit(2)
    })
}

fn one(world: &World) -> ExitCode {
    let tried = trial(world);
    println!("{}", told(world, &tried));
    if tried.broken.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Worlds until the time is over, or one breaks a rule.
fn many(make: Make, time: Duration, first: u64) -> ExitCode {
    let Lived { sum, worlds, seconds, found } = live_through(make, time, first);
    println!("{} in {seconds} s", figures(&sum, worlds));
    match found {
        None => ExitCode::SUCCESS,
        Some((world, tried)) => {
            println!("\nseed {} breaks a rule: {}\n\nmade smaller:\n", world.seed, tried.broken.join("\n"));
            let (world, tried) = shrunk(&world, &tried);
            println!("{}", told(&world, &tried));
            ExitCode::FAILURE
        }
    }
}

/// Each rule that can be broken on purpose is broken, and must be found out within the time.
#[cfg(feature = "broken-rules")]
fn broken(time: Duration) -> ExitCode {
    use flow_runtime::broken::{Rule, break_rule};
    let is_found_out = |rule: Rule| {
        break_rule(Some(rule));
        let Lived { worlds, seconds, found, .. } = live_through(World::of, time, 1);
        break_rule(None);
        let told = found.as_ref().and_then(|(_, tried)| tried.broken.first());
        let is_found_out = found.as_ref().is_some_and(|(_, tried)| tried.rule() == Some(rule.name()));
        println!(
            "{} ({rule:?}) broken: {worlds} worlds in {seconds} s: {}",
            rule.name(),
            told.map_or("not found out", String::as_str)
        );
        is_found_out
    };
    // All of them, so that one failure does not hide the next.
    let found_out = Rule::ALL.into_iter().filter(|rule| is_found_out(*rule)).count();
    if found_out == Rule::ALL.len() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// What many worlds came to.
struct Lived {
    sum: Tried,
    worlds: u64,
    seconds: u64,
    found: Option<(World, Tried)>,
}

fn live_through(make: Make, time: Duration, first: u64) -> Lived {
    let (began, next, is_over) = (now(), AtomicU64::new(first), AtomicBool::new(false));
    let (sum, found) = (Mutex::new(Tried::default()), Mutex::new(None));
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                while began.elapsed() < time && !is_over.load(Ordering::Relaxed) {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    let world = make(seed);
                    let tried = trial(&world);
                    add(&sum, &tried, seed - first + 1);
                    if !tried.broken.is_empty() {
                        is_over.store(true, Ordering::Relaxed);
                        let mut found = found.lock().unwrap_or_else(PoisonError::into_inner);
                        found.get_or_insert((world, tried));
                    }
                }
            });
        }
    });
    let worlds = next.load(Ordering::Relaxed) - first;
    let sum = sum.into_inner().unwrap_or_default();
    Lived { sum, worlds, seconds: began.elapsed().as_secs(), found: found.into_inner().unwrap_or_default() }
}

fn add(sum: &Mutex<Tried>, tried: &Tried, worlds: u64) {
    let mut sum = sum.lock().unwrap_or_else(PoisonError::into_inner);
    sum.events += tried.events;
    sum.journeys += tried.journeys;
    sum.messages += tried.messages;
    sum.deaths += tried.deaths;
    if worlds.is_multiple_of(TOLD_EVERY) {
        println!("{}", figures(&sum, worlds));
    }
}

fn figures(sum: &Tried, worlds: u64) -> String {
    let Tried { events, journeys, messages, deaths, .. } = sum;
    format!("{worlds} worlds: {events} events, {journeys} journeys, {messages} messages, {deaths} deaths")
}

#[expect(clippy::disallowed_methods, reason = "how long to go on; no result depends on it")]
fn now() -> Instant {
    Instant::now()
}
