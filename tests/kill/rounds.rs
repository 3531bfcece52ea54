//! How many rounds there are, and how one that fails is had again.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use crate::force::signals::Blow;

/// Of each kind, where nobody says otherwise.
const ROUNDS: usize = 20;
/// Of one project, before its end is looked at and another one begins.
pub(crate) const A_SERIES: usize = 20;
const SEED: u64 = 20_260_302;

/// How many rounds, and the seed of the first series: that of the next is one more.
pub(crate) fn asked() -> (usize, u64) {
    (
        number("FLOW_KILL_ROUNDS").map_or(ROUNDS, |rounds| usize::try_from(rounds).unwrap()),
        number("FLOW_KILL_SEED").unwrap_or(SEED),
    )
}

#[expect(clippy::disallowed_methods, reason = "how somebody asks by hand for more of this test")]
fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().unwrap())
}

/// A life that was ended, for the message of a failure.
#[derive(Debug, Clone)]
pub(crate) struct Death {
    pub(crate) blow: Blow,
    /// Counted from the start of the process, and not from when it works.
    pub(crate) early: bool,
    pub(crate) after: Duration,
    pub(crate) batch: &'static str,
    /// How many events the store held then.
    pub(crate) events: i64,
}

/// One series of deaths, as far as it has come.
pub(crate) struct Series {
    what: &'static str,
    pub(crate) seed: u64,
    pub(crate) deaths: Vec<Death>,
}

impl Series {
    pub(crate) fn new(what: &'static str, seed: u64) -> Series {
        Series { what, seed, deaths: Vec::new() }
    }

    /// All that is needed to have it again.
    pub(crate) fn told(&self) -> String {
        let Series { what, seed, deaths } = self;
        let mut text =
            format!("\n{what}; again: FLOW_KILL_SEED={seed} FLOW_KILL_ROUNDS={A_SERIES} cargo test --test kill {what}");
        for (round, Death { blow, early, after, batch, events }) in (1..).zip(deaths) {
            let from = if *early { "its start" } else { "the first that it said" };
            let _ = write!(
                text,
                "\n  {round:>2}. {blow:?} {after:?} after {from}, batches of {batch}, {events} events kept by then"
            );
        }
        text
    }
}

/// Plays series after series until there were so many rounds.
pub(crate) fn play(what: &'static str, mut one: impl FnMut(&mut Series, usize)) -> Vec<Death> {
    let (rounds, seed) = asked();
    let (mut all, mut next) = (Vec::new(), seed);
    while all.len() < rounds {
        let mut series = Series::new(what, next);
        one(&mut series, A_SERIES.min(rounds - all.len()));
        all.append(&mut series.deaths);
        next += 1;
        if rounds > ROUNDS {
            // By hand somebody wants to see how far it is.
            eprintln!("{what}: {} of {rounds} rounds", all.len());
        }
    }
    all
}

#[expect(
    clippy::disallowed_methods,
    reason = "kills happen in real time; what they must not change is compared without it"
)]
pub(crate) fn now() -> Instant {
    Instant::now()
}
