//! The time of a check grows with the project and no faster: twice the workflows take about twice as long, never four times.
//!
//! Only a ratio is asserted. It is of the thread's own time on a processor where the system tells it, so that what else runs there
//! does not count.
#![allow(clippy::unwrap_used, clippy::panic)]
// Time is what this measures.
#![allow(clippy::disallowed_methods)]

use std::fs;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use flow_example_data::many::{TEMPLATE, many};
use flow_front::Project;
use flow_front::source::Source;

/// Enough that what grows in the square would be seen.
const WORKFLOWS: usize = 150;
/// A busy machine makes single rounds slow; what grows too fast is too slow in all of them.
const MOST_ROUNDS: usize = 12;
/// Where time in the square is 4 and n log n 2.2.
const MOST: f64 = 2.4;

#[test]
fn twice_the_workflows_take_twice_the_time() {
    no_worse_than_in_proportion("a check", check);
}

#[test]
fn the_layout_of_twice_the_text_takes_twice_the_time() {
    no_worse_than_in_proportion("a layout", layout);
}

fn no_worse_than_in_proportion(what: &str, time: fn(&Project) -> Duration) {
    let (small, large) = (project(WORKFLOWS), project(2 * WORKFLOWS));
    let mut least = [Duration::MAX; 2];
    let mut ratio = f64::MAX;
    for _ in 0..MOST_ROUNDS {
        // By turns, so that a slow moment of the machine does not hit one of them alone; the least of each is what the work takes.
        for (project, least) in [&small, &large].into_iter().zip(&mut least) {
            *least = (*least).min(time(project));
        }
        ratio = least[1].as_secs_f64() / least[0].as_secs_f64();
        if ratio <= MOST {
            return;
        }
    }
    panic!("{what} of {WORKFLOWS} workflows {:?}, twice as many {:?}: {ratio:.2} times", least[0], least[1]);
}

fn project(workflows: usize) -> Project {
    let source = |(path, text)| Source { path, text };
    Project {
        lints: Default::default(),
        name: "many".to_owned(),
        timezone: "Europe/Berlin".to_owned(),
        midnight: Default::default(),
        sources: many(workflows).into_iter().map(source).collect(),
        templates: vec![source((TEMPLATE.0.to_owned(), TEMPLATE.1.to_owned()))],
    }
}

fn check(project: &Project) -> Duration {
    let before = own_time();
    let compilation = flow_front::compile(project);
    let time = own_time() - before;
    assert!(compilation.program.is_some(), "{:?}", compilation.diagnostics.first());
    time
}

/// All sources as one, since what grows too fast grows with the file.
fn layout(project: &Project) -> Duration {
    let text: String = project.sources.iter().map(|source| source.text.as_str()).collect();
    let before = own_time();
    let formatted = flow_front::format::format(&text);
    let time = own_time() - before;
    assert!(formatted.is_ok());
    time
}

/// How long this thread has worked; on other systems than Linux, how long it is since the first call.
fn own_time() -> Duration {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    // The system counts when a thread gives up its processor.
    std::thread::yield_now();
    let told = fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = told.and_then(|told| told.split_whitespace().next().and_then(|first| first.parse().ok()));
    nanoseconds.map_or_else(|| START.elapsed(), Duration::from_nanos)
}
