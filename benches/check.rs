//! How long a check of a large project takes, and whether it grows with the project: the compiler alone, texts in memory, from
//! source to verified program. Numbers of workflows may be given: `cargo bench --bench check -- 1000 4000`.
//!
//! Whole seconds of a shared machine say little; the last column, time a workflow beside the first row's, says how it grows.

use flow_example_data::many::{LINES, TEMPLATE, many};
use flow_front::Project;
use flow_front::source::Source;
use std::error::Error;
use std::num::NonZeroUsize;
use std::thread::available_parallelism;
use std::time::{Duration, Instant};

const SIZES: [usize; 3] = [1_000, 2_000, 4_000];
const RUNS: usize = 3;

fn main() -> Result<(), Box<dyn Error>> {
    let given: Vec<usize> = std::env::args().skip(1).filter_map(|argument| argument.parse().ok()).collect();
    let sizes = if given.is_empty() { SIZES.to_vec() } else { given };
    let threads = available_parallelism()?;
    println!("check of workflows of {LINES} lines on {threads} threads, the least of {RUNS} runs");
    println!("{:<12}{:>10}{:>14}{:>12}", "workflows", "seconds", "us/workflow", "to the first");
    let mut first = None;
    for workflows in sizes {
        let project = project(workflows);
        let times = (0..RUNS).map(|_| check(&project, threads)).collect::<Result<Vec<_>, _>>()?;
        let least = times.into_iter().min().unwrap_or_default().as_secs_f64();
        let each = least / workflows as f64;
        let ratio = each / *first.get_or_insert(each);
        println!("{workflows:<12}{least:>10.3}{:>14.1}{ratio:>12.2}", each * 1e6);
    }
    Ok(())
}

fn project(workflows: usize) -> Project {
    let source = |(path, text)| Source { path, text };
    Project {
        sender: None,
        lints: Default::default(),
        name: "many".to_owned(),
        timezone: "Europe/Berlin".to_owned(),
        zones: Default::default(),
        sources: many(workflows).into_iter().map(source).collect(),
        templates: vec![source((TEMPLATE.0.to_owned(), TEMPLATE.1.to_owned()))],
    }
}

#[expect(clippy::disallowed_methods, reason = "a bench measures time")]
fn check(project: &Project, threads: NonZeroUsize) -> Result<Duration, String> {
    let before = Instant::now();
    let compilation = flow_front::compile_on(project, threads);
    let time = before.elapsed();
    match (compilation.program, compilation.diagnostics.first()) {
        (Some(_), _) => Ok(time),
        (None, found) => Err(found.map_or_else(String::new, |found| found.message.clone())),
    }
}
