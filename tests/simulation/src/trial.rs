//! One world, tried: lived through calmly and as its seed has it, and held against the rules.

use flow_runtime::dispatch::channels::Uncertain;
use flow_runtime::store::digest::Snapshot;
use flow_runtime::store::{DecisionCode, Total};
use std::collections::BTreeMap;

use crate::rules;
use crate::run::{Lived, Manner, live};
use crate::seen::Seen;
use crate::story::{differences, story};
use crate::world::{Clock, World};

/// Every so many worlds the disturbed run is made twice, to the same log.
const AGAIN_EVERY: u64 = 8;

/// What a trial came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tried {
    /// Events that were lived through.
    pub events: u64,
    /// Journeys that began.
    pub journeys: u64,
    /// Messages that were handed over.
    pub messages: u64,
    /// How often a process died.
    pub deaths: u64,
    /// What is broken, each with the rule first; empty where nothing is.
    pub broken: Vec<String>,
}

impl Tried {
    /// The rule that is broken first.
    pub fn rule(&self) -> Option<&str> {
        self.broken.first()?.split(' ').next()
    }

    fn count(&mut self, lived: &Lived) {
        self.events += lived.snapshot.events.len() as u64;
        self.journeys += lived.snapshot.journeys().len() as u64;
        self.messages += lived.book.values().map(|handed| handed.len() as u64).sum::<u64>();
        self.deaths += u64::from(lived.deaths);
    }
}

/// Tries a world.
pub fn trial(world: &World) -> Tried {
    let mut tried = Tried::default();
    let Some(calm) = lived(world, "calmly", &Manner::calm(), &mut tried) else { return tried };
    let manner = Manner::of(world);
    let Some(other) = lived(world, "disturbed", &manner, &mut tried) else { return tried };
    // Where a death may hide what became of a message for good, it is another story.
    let same = match world.weather.policy {
        Uncertain::Resend => Some(other.clone()),
        Uncertain::GiveUp => lived(world, "disturbed without deaths", &manner.clone().deathless(), &mut tried),
    };
    if let Some(same) = same {
        compare(&calm, &same, &manner, &mut tried);
    }
    if matches!(world.clock, Clock::Wall(_)) {
        let away = Manner { stays_away: true, ..manner.clone() };
        lived(world, "away for a while after each death", &away, &mut tried);
    }
    if world.seed.is_multiple_of(AGAIN_EVERY)
        && let Some(again) = lived(world, "disturbed once more", &manner, &mut tried)
    {
        let is_same = (again.snapshot.digest(), &again.book) == (other.snapshot.digest(), &other.book);
        if !is_same {
            tried.broken.push("E2 the same seed gave another log".to_owned());
        }
    }
    tried
}

fn lived(world: &World, how: &str, manner: &Manner, tried: &mut Tried) -> Option<Lived> {
    match live(world, manner) {
        Ok(lived) => {
            tried.count(&lived);
            let broken = rules::broken(&Seen::new(world, &lived));
            tried.broken.extend(broken.into_iter().map(|told| format!("{told} ({how})")));
            Some(lived)
        }
        Err(told) => {
            tried.broken.push(format!("E0 it cannot be lived through {how}: {told}"));
            None
        }
    }
}

/// Neither back end nor store, neither deaths nor order nor the size of batches decide anything.
fn compare(calm: &Lived, other: &Lived, manner: &Manner, tried: &mut Tried) {
    if calm.refused_change != other.refused_change {
        tried.broken.push(format!(
            "E10 a change is refused once and not always: {:?}, {:?}",
            calm.refused_change, other.refused_change
        ));
    }
    let told = differences(&story(&calm.program, &calm.snapshot), &story(&other.program, &other.snapshot));
    if !told.is_empty() {
        tried.broken.push(format!("E2 two lives tell two stories:\n{}", told.join("\n")));
    } else if manner.order == 0 {
        let (one, other) = (whoever_recovers(&calm.snapshot), whoever_recovers(&other.snapshot));
        if one.digest() != other.digest() {
            let (first, second) = (one.digest(), other.digest());
            let (of_one, of_other) = (only_in(&one, &other), only_in(&other, &one));
            tried.broken.push(format!("E2 one story in two stores:\n{first}{of_one}\n{second}{of_other}"));
        }
    }
}

/// What is in doubt is told by whoever finds it so: the version that handed it over, or the next one, which begins after a death.
fn whoever_recovers(snapshot: &Snapshot) -> Snapshot {
    let mut snapshot = snapshot.clone();
    let mut totals: BTreeMap<Total, i64> = BTreeMap::new();
    for (mut total, value) in std::mem::take(&mut snapshot.totals) {
        if let Total::Decisions { code: DecisionCode::InDoubt, version, .. } = &mut total {
            *version = 0;
        }
        *totals.entry(total).or_default() += value;
    }
    Snapshot { totals, ..snapshot }
}

/// The totals of one that the other does not have, a line each.
fn only_in(one: &Snapshot, other: &Snapshot) -> String {
    let only = one
        .totals
        .iter()
        .filter(|(total, value)| !matches!(total, Total::Counter(_)) && other.totals.get(total) != Some(value));
    only.map(|total| format!("{total:?}\n")).collect()
}
