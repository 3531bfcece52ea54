//! A fixed number of broken and made-up texts for every part of the compiler: what they must never do is in `flow_fuzz::hold`.
//!
//! The number is the same everywhere, so no clock decides. `FLOW_MUTATE_SEED` asks for others, `FLOW_MUTATE_SECONDS` for as many as fit
//! into a time, `FLOW_MUTATE_CASE` for a single one.
#![allow(clippy::unwrap_used, clippy::panic)]
#![expect(clippy::disallowed_methods, reason = "whoever runs it by hand says how long, and from which seed")]

use std::time::{Duration, Instant};

use flow_fuzz::drive::{Driver, Target, Watch};
use flow_fuzz::hold::ACCEPTED;

const SEED: u64 = 20_260_302;

#[test]
fn the_parser_holds() {
    holds(Target::Parser, 600);
}

#[test]
fn the_checker_holds() {
    holds(Target::Checker, 150);
}

#[test]
fn templates_hold() {
    holds(Target::Templates, 400);
}

#[test]
fn the_formatter_holds() {
    holds(Target::Formatter, 300);
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|value| value.parse().unwrap())
}

fn holds(target: Target, cases: u64) {
    let seed = number("FLOW_MUTATE_SEED").unwrap_or(SEED);
    let driver = Driver::new(target, seed).unwrap();
    let until = number("FLOW_MUTATE_SECONDS").map(|seconds| Instant::now() + Duration::from_secs(seconds));
    let only = number("FLOW_MUTATE_CASE");
    let watch = Watch::new(target, seed);
    let (mut tried, mut right) = (0, 0);
    for case in only.unwrap_or(0).. {
        let is_over = match (only, until) {
            (Some(only), _) => case > only,
            (None, Some(until)) => Instant::now() > until,
            (None, None) => case >= cases,
        };
        if is_over {
            break;
        }
        let input = driver.input(case);
        watch.begin(case, &input);
        match driver.hold(&input) {
            Ok(kinds) => right += usize::from(kinds.contains(ACCEPTED)),
            Err(broken) => {
                watch.end();
                panic!("{}", driver.shrunk(case, &input, broken).report(target, seed))
            }
        }
        tried += 1;
    }
    println!("{target}: {tried} texts, {right} accepted");
    assert!(
        only.is_some() || target == Target::Parser || right * 100 > tried,
        "{target}: of {tried} texts {right} are accepted: what lies behind the parser is not tried"
    );
}
