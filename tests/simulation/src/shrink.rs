//! The least of a world in which a rule is still broken, or nearly.

use crate::trial::{Tried, trial};
use crate::world::people::Row;
use crate::world::program::{Plan, Step};
use crate::world::wider::Rules;
use crate::world::{Clock, StoreKind, World, compiled};

/// How often a smaller world is tried.
const TRIES: u32 = 3_000;

/// A smaller world that breaks the same rule, and what it says.
pub fn shrunk(world: &World, tried: &Tried) -> (World, Tried) {
    let mut shrinking = Shrinking {
        rule: tried.rule().unwrap_or_default().to_owned(),
        world: world.clone(),
        tried: tried.clone(),
        left: TRIES,
    };
    while shrinking.pass() {}
    (shrinking.world, shrinking.tried)
}

struct Shrinking {
    rule: String,
    world: World,
    tried: Tried,
    left: u32,
}

impl Shrinking {
    /// Tries everything once; whether anything became smaller.
    fn pass(&mut self) -> bool {
        let mut smaller = false;
        for simpler in SIMPLER {
            smaller |= self.try_with(simpler);
        }
        smaller |= self.less(|world| &mut world.lives);
        smaller |= self.less(|world| &mut world.people.lines);
        smaller |= self.less::<Row>(|world| &mut world.people.rows);
        smaller |= self.less(|world| match &mut world.clock {
            Clock::Virtual(at) | Clock::Wall(at) => at,
        });
        smaller |= self.less(|world| &mut world.plan.workflows);
        smaller |= self.programs();
        smaller && self.left > 0
    }

    fn try_with(&mut self, change: impl Fn(&mut World)) -> bool {
        let mut other = self.world.clone();
        change(&mut other);
        if self.left == 0 || other == self.world || !is_possible(&other) {
            return false;
        }
        self.left -= 1;
        let tried = trial(&other);
        let is_it = tried.rule() == Some(&self.rule);
        if is_it {
            (self.world, self.tried) = (other, tried);
        }
        is_it
    }

    /// Takes out of a list what need not be there: many at once, then one by one.
    fn less<T: Clone + PartialEq>(&mut self, list: fn(&mut World) -> &mut Vec<T>) -> bool {
        let mut smaller = false;
        let mut size = list(&mut self.world).len().div_ceil(2);
        while size > 0 && self.left > 0 {
            let mut at = 0;
            while at < list(&mut self.world).len() && self.left > 0 {
                let without = |world: &mut World| {
                    let list = list(world);
                    let end = (at + size).min(list.len());
                    list.drain(at..end);
                };
                if self.try_with(without) {
                    smaller = true;
                } else {
                    at += size;
                }
            }
            size /= 2;
        }
        smaller
    }

    /// Takes clauses and steps away.
    fn programs(&mut self) -> bool {
        let mut smaller = false;
        for place in 0..self.world.plan.workflows.len() {
            let at = |change: fn(&mut crate::world::program::Workflow)| {
                move |world: &mut World| world.plan.workflows.get_mut(place).map_or((), change)
            };
            smaller |= self.try_with(at(|workflow| workflow.exits.clear()));
            smaller |= self.try_with(at(|workflow| workflow.skip = None));
            smaller |= self.try_with(at(|workflow| workflow.goal = None));
            smaller |= self.try_with(at(|workflow| workflow.window = None));
            smaller |= self.try_with(at(|workflow| workflow.rate = None));
            smaller |= self.try_with(at(|workflow| workflow.group = None));
            let lines = self.world.plan.workflows.get(place).map_or(0, |workflow| workflow.lines.len());
            for line in (0..lines).rev() {
                smaller |= self.try_with(|world| {
                    let lines = world.plan.workflows.get_mut(place).map(|workflow| &mut workflow.lines);
                    lines.filter(|lines| line < lines.len()).map(|lines| lines.remove(line));
                });
            }
            let steps = self.world.plan.workflows.get(place).map_or(0, |workflow| count(&workflow.steps));
            for step in (0..steps).rev() {
                smaller |= self.try_with(|world| {
                    if let Some(workflow) = world.plan.workflows.get_mut(place) {
                        without(&mut workflow.steps, &mut step.clone());
                    }
                });
            }
        }
        smaller
    }
}

/// What makes a world plainer at one stroke.
const SIMPLER: [fn(&mut World); 19] = [
    |world| world.next = None,
    |world| world.plan.policy.caps.clear(),
    |world| world.plan.policy.quiet = None,
    |world| world.plan.policy.blackout = None,
    |world| world.plan.policy.hold = None,
    |world| world.plan.policy.first.clear(),
    |world| world.people.grown.clear(),
    |world| plainer(world, |rules| rules.opt_in = None),
    |world| plainer(world, |rules| rules.holdout = None),
    |world| plainer(world, |rules| rules.late = None),
    |world| plainer(world, |rules| rules.room = None),
    |world| plainer(world, |rules| rules.away = None),
    |world| plainer(world, |rules| rules.has_test_people = false),
    |world| world.order = 0,
    |world| world.store = StoreKind::Memory,
    |world| world.weather.bad = 0,
    |world| world.weather.at_once = usize::MAX,
    |world| world.lives.iter_mut().for_each(|life| life.death = None),
    |world| world.lives.clear(),
];

fn plainer(world: &mut World, change: impl Fn(&mut Rules)) {
    let plans = [Some(&mut world.plan), world.next.as_mut()];
    plans.into_iter().flatten().filter_map(|plan| plan.wider.as_mut()).for_each(change);
}

/// Whether it can be lived through at all.
fn is_possible(world: &World) -> bool {
    let has_time = match &world.clock {
        Clock::Virtual(at) | Clock::Wall(at) => !at.is_empty(),
    };
    let compiles = |plan: &Plan| compiled(&plan.text()).is_ok();
    has_time && compiles(&world.plan) && world.next.as_ref().is_none_or(compiles)
}

fn count(steps: &[Step]) -> usize {
    let inner = |step: &Step| match step {
        Step::If(_, then, otherwise) => count(then) + count(otherwise),
        Step::Until(_, _, _, otherwise) => count(otherwise),
        Step::Choose(ways) => ways.iter().map(|way| count(way)).sum(),
        _ => 0,
    };
    steps.len() + steps.iter().map(inner).sum::<usize>()
}

/// Takes one step away, by its place in the order of the text.
fn without(steps: &mut Vec<Step>, place: &mut usize) -> bool {
    let mut at = 0;
    while at < steps.len() {
        if *place == 0 {
            steps.remove(at);
            return true;
        }
        *place -= 1;
        let found = match &mut steps[at] {
            Step::If(_, then, otherwise) => without(then, place) || without(otherwise, place),
            Step::Until(_, _, _, otherwise) => without(otherwise, place),
            Step::Choose(ways) => ways.iter_mut().any(|way| without(way, place)),
            _ => false,
        };
        if found {
            return true;
        }
        at += 1;
    }
    false
}
