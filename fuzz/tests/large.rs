//! Large texts, each one piece again and again: twice as long, none takes four times as long. `tests/ratchet.rs` has what people may write
//! that often; here is what nobody thinks of.
//!
//! Only a ratio is asserted, of the thread's own time where the system tells it. `FLOW_MUTATE_SEED` asks for other pieces,
//! `FLOW_MUTATE_CASE` for a single one, `FLOW_LARGE_BYTES` for longer texts (1048576 is the longest file).
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]
#![expect(
    clippy::disallowed_methods,
    reason = "time is what this measures; whoever runs it by hand says how long, and from which seed"
)]

use std::time::Duration;

use flow_front::source::Source;
use flow_front::{Project, compile};
use flow_fuzz::Random;
use flow_fuzz::mutate::large;
use flow_fuzz::own_time;

const SEED: u64 = 20_260_302;
const CASES: u64 = 12;
/// Small enough for a build that is not optimised, and large enough that what grows in the square would be seen.
const BYTES: usize = 12_000;
/// A busy machine makes single rounds slow; what grows too fast is too slow in all of them.
const MOST_ROUNDS: usize = 6;
/// Where time in the square is 4.
const MOST: f64 = 2.9;
/// What takes less is not measured.
const LEAST: Duration = Duration::from_millis(40);

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|value| value.parse().unwrap())
}

#[test]
fn no_piece_is_looked_at_for_each_other() {
    let seed = number("FLOW_MUTATE_SEED").unwrap_or(SEED);
    let bytes = number("FLOW_LARGE_BYTES").map_or(BYTES, |bytes| bytes as usize);
    let only = number("FLOW_MUTATE_CASE");
    let mut worse = Vec::new();
    for case in (0..CASES).chain(only).filter(|case| only.is_none_or(|only| only == *case)) {
        let text = |bytes| large(&mut Random::of(seed, case), bytes);
        let (half, whole) = (text(bytes / 2), text(bytes));
        if let Err(ratio) = in_proportion(&half, &whole) {
            worse.push(format!("seed {seed}, case {case}: {ratio} over {whole:.300?}"));
        }
    }
    assert!(worse.is_empty(), "{}", worse.join("\n"));
}

fn in_proportion(half: &str, whole: &str) -> Result<(), String> {
    let mut least = [Duration::MAX; 2];
    for _ in 0..MOST_ROUNDS {
        for (text, least) in [half, whole].iter().zip(&mut least) {
            *least = (*least).min(time(text));
        }
        if least[1] < LEAST || least[1].as_secs_f64() <= MOST * least[0].as_secs_f64() {
            return Ok(());
        }
    }
    Err(format!("{:?}, of twice as much {:?}", least[0], least[1]))
}

fn time(text: &str) -> Duration {
    let source = Source { path: "large.flow".to_owned(), text: text.to_owned() };
    let project = Project { timezone: "Europe/Berlin".to_owned(), sources: vec![source], ..Project::default() };
    let before = own_time();
    let compilation = compile(&project);
    let time = own_time() - before;
    assert!(compilation.faults.is_empty(), "{:?}", compilation.faults);
    time
}
