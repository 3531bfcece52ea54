//! A fixed number of worlds, each lived through twice, and every rule asked of them.
//!
//! ```sh
//! FLOW_SIMULATION_WORLDS=2000 cargo test -p flow-simulation --test seeds     # more of them
//! ```
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;

use flow_runtime::engine::reason;
use flow_runtime::store::DecisionCode;
use flow_simulation::run::{Manner, live};
use flow_simulation::shrink::shrunk;
use flow_simulation::told::told;
use flow_simulation::trial::trial;
use flow_simulation::world::World;

/// The worlds of CI.
const WORLDS: u64 = 60;

fn worlds() -> u64 {
    #[expect(clippy::disallowed_methods, reason = "how many worlds, which somebody may ask for")]
    std::env::var("FLOW_SIMULATION_WORLDS").ok().and_then(|words| words.parse().ok()).unwrap_or(WORLDS)
}

#[test]
fn no_rule_breaks_in_worlds_with_faults_kills_and_clock_jumps() {
    for seed in 1..=worlds() {
        let world = World::of(seed);
        let tried = trial(&world);
        if !tried.broken.is_empty() {
            let first = tried.broken.join("\n");
            let (world, tried) = shrunk(&world, &tried);
            panic!("seed {seed}: {first}\n\nmade smaller:\n{}", told(&world, &tried));
        }
    }
}

/// Worlds in which nothing happens would break nothing: what Flow can decide is decided in some of them.
#[test]
fn worlds_reach_what_can_be_decided() {
    let mut codes = BTreeSet::new();
    let mut reasons = BTreeSet::new();
    let mut deaths = 0;
    for seed in 1..=worlds() {
        let world = World::of(seed);
        let lived = live(&world, &Manner::of(&world)).unwrap();
        deaths += lived.deaths;
        for row in &lived.snapshot.decisions {
            codes.insert(row.code as u8);
            reasons.insert((row.code as u8, row.reason));
        }
    }
    let missing: Vec<DecisionCode> = (1..=36)
        .filter_map(|number| reason::all().into_iter().map(|(code, ..)| code).find(|code| *code as u8 == number))
        .filter(|code| !codes.contains(&(*code as u8)))
        .collect();
    assert_eq!(missing, [], "no world decides it");
    let unreached: Vec<&str> = reason::all()
        .into_iter()
        .filter(|(code, number, _)| !reasons.contains(&(*code as u8, *number)))
        .map(|(.., words)| words)
        .collect();
    assert_eq!(unreached, Vec::<&str>::new(), "no world has this reason");
    assert!(deaths > 100, "{deaths} deaths");
}

#[test]
fn a_seed_gives_one_world_and_one_log() {
    for seed in [3, 8, 21] {
        let (one, other) = (World::of(seed), World::of(seed));
        assert_eq!(one, other);
        let [one, other] = [one, other].map(|world| live(&world, &Manner::of(&world)).unwrap());
        assert_eq!((one.snapshot.digest(), one.book, one.deaths), (other.snapshot.digest(), other.book, other.deaths));
    }
}
