//! What the engine decides is what the pages of the language say, read by another implementation.
#![allow(clippy::unwrap_used)]

use flow_simulation::model::{disagreements, fair, is_beyond};
use flow_simulation::run::{Manner, live};
use flow_simulation::world::World;
use flow_simulation::world::people::MINUTE;

/// Compares so many worlds; how many of them the model knew.
fn compare(seeds: std::ops::Range<u64>, rung: u32) -> usize {
    let mut compared = 0;
    for seed in seeds {
        let world = fair(World::of(seed), rung);
        let lived = live(&world, &Manner::calm()).unwrap();
        if is_beyond(&world, &lived) {
            continue;
        }
        compared += 1;
        let told = disagreements(&world, &lived);
        assert!(told.is_empty(), "seed {seed}, - by the model alone, + by the engine alone:\n{}", told.join("\n"));
    }
    compared
}

#[test]
fn in_fair_weather_both_decide_alike() {
    assert_eq!(compare(0..30, 1), 30);
}

#[test]
fn whatever_the_other_side_answers_both_decide_alike() {
    assert!(compare(100..130, 4) > 20);
}

#[test]
fn on_the_wall_clock_both_decide_alike() {
    assert_eq!(compare(30..60, 3), 30);
}

#[test]
fn another_stream_is_another_story() {
    let differ = (0..10).filter(|seed| {
        let mut world = fair(World::of(*seed), 1);
        let lived = live(&world, &Manner::calm()).unwrap();
        world.people.lines.iter_mut().for_each(|line| line.at += MINUTE);
        !disagreements(&world, &lived).is_empty()
    });
    assert_eq!(differ.count(), 10);
}
