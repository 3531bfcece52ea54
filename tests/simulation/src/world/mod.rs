//! A world: everything that a seed gives, before anything is run.

pub mod faults;
pub mod people;
pub mod policy;
pub mod program;
pub mod wider;
pub mod words;

use std::sync::Arc;

use flow_front::lints::Levels;
use flow_front::source::Source;
use flow_front::{Project, compile};
use flow_fuzz::Random;
use flow_ir::Program;
use flow_runtime::dispatch::channels::Uncertain;

use faults::{Life, Weather, looks};
use people::People;
use policy::Policy;
use program::{Plan, Reenter, Workflow};

/// How often a program is made anew that does not compile: what the checker proves to be senseless is not made on purpose.
const TRIES: u64 = 40;

/// What the rules over all workflows are drawn by: a world without any is what it would be otherwise.
const RULES: u64 = 0x706f_6c69;

/// How a world is lived through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Clock {
    /// A virtual clock, to the end of each of these stretches: a rehearsal that is made longer.
    Virtual(Vec<i64>),
    /// The wall clock, at these looks at it.
    Wall(Vec<i64>),
}

/// A world.
#[derive(Debug, Clone, PartialEq)]
pub struct World {
    /// What gives it.
    pub seed: u64,
    /// The program at first.
    pub plan: Plan,
    /// The program from the middle on, where it changes.
    pub next: Option<Plan>,
    /// Who and what.
    pub people: People,
    /// How it is lived through.
    pub clock: Clock,
    /// The other side.
    pub weather: Weather,
    /// The lives of the disturbed run; the last comes to the end.
    pub lives: Vec<Life>,
    /// What the disturbed run's store is.
    pub store: StoreKind,
    /// In which order the disturbed run's declarations stand.
    pub order: u64,
}

impl World {
    /// The world of a seed.
    pub fn of(seed: u64) -> World {
        let mut random = Random::new(seed);
        let random = &mut random;
        let workflows = random.below(4) + 1;
        let plan = plan(random, workflows);
        let days = random.below(20) as i64 + 4;
        let users = random.below(8) as u32 + 2;
        let events = 20 + random.below(120);
        let mixing = *random.pick(&[0, 0, 10, 40]);
        let people = people::Maker::people(random, users, days, events, mixing);
        let next = random.once_in(4).then(|| changed(random, &plan)).flatten();
        let (plan, next) = ruled(seed, plan, next);
        let clock = match random.once_in(2) {
            true => Clock::Wall(looks(random, days)),
            false => {
                let end = people::START + (days + 12) * people::DAY;
                let middle = people::START + random.below(days as usize * 24) as i64 * people::HOUR;
                Clock::Virtual(vec![middle, end])
            }
        };
        let policy = if random.once_in(4) { Uncertain::GiveUp } else { Uncertain::Resend };
        let weather = Weather {
            seed: random.word(),
            bad: *random.pick(&[0, 10, 35, 80]),
            policy,
            at_once: *random.pick(&[1, 4, usize::MAX]),
        };
        let lives = (0..random.below(20)).map(|_| Life::some(random)).collect();
        World {
            seed,
            plan,
            next,
            people,
            clock,
            weather,
            lives,
            store: StoreKind::of(random.once_in(4), seed),
            order: if random.once_in(2) { 0 } else { random.word() },
        }
    }
}

impl World {
    /// The world of a seed with what the reference does not read in it, too.
    pub fn wide(seed: u64) -> World {
        wider::wider(World::of(seed))
    }
}

/// What a store is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoreKind {
    /// In memory.
    Memory,
    /// In a file, every row with its batch.
    Rows,
    /// In a file whose tables follow a journal.
    Journal,
    /// The same, and they follow all the time.
    SmallRounds,
}

impl StoreKind {
    fn of(is_in_file: bool, seed: u64) -> StoreKind {
        match (is_in_file, seed % 3) {
            (false, _) => StoreKind::Memory,
            (true, 0) => StoreKind::Rows,
            (true, 1) => StoreKind::Journal,
            (true, _) => StoreKind::SmallRounds,
        }
    }
}

/// A program that compiles.
fn plan(random: &mut Random, workflows: usize) -> Plan {
    for _ in 0..TRIES {
        let made = program::Maker::plan(random, workflows);
        if compiled(&made.text()).is_ok() {
            return made;
        }
        // One that cannot be is left out, where the others can be without it.
        let alone: Vec<Workflow> = (made.workflows.into_iter())
            .filter(|workflow| compiled(&Plan::of(vec![workflow.clone()]).text()).is_ok())
            .collect();
        let rest = Plan::of(alone);
        if !rest.workflows.is_empty() && compiled(&rest.text()).is_ok() {
            return rest;
        }
    }
    Plan::of(Vec::new())
}

/// The same with something changed: a workflow more, less, or with other steps.
fn changed(random: &mut Random, plan: &Plan) -> Option<Plan> {
    let mut next = plan.clone();
    let other = program::Maker::plan(random, plan.workflows.len() + 1);
    match random.below(4) {
        0 if next.workflows.len() > 1 => {
            let gone = random.below(next.workflows.len());
            next.workflows.remove(gone);
        }
        1 => next.workflows.push(other.workflows.last()?.clone()),
        2 => {
            let place = random.below(next.workflows.len());
            let steps = other.workflows.get(place)?.steps.clone();
            next.workflows.get_mut(place)?.steps = steps;
        }
        _ => {
            let place = random.below(next.workflows.len());
            let (to, from) = (next.workflows.get_mut(place)?, other.workflows.get(place)?);
            (to.exits, to.skip, to.goal) = (from.exits.clone(), from.skip.clone(), from.goal.clone());
        }
    }
    compiled(&next.text()).is_ok().then_some(next)
}

/// The rules of a seed over a program and what it changes to, in every second world.
fn ruled(seed: u64, plan: Plan, next: Option<Plan>) -> (Plan, Option<Plan>) {
    let random = &mut Random::of(seed, RULES);
    if random.once_in(2) {
        return (plan, next);
    }
    // Caps are for those who get much, and only under a cap does somebody come in again and again.
    let days = Reenter::After(random.below(3) as u32 + 1);
    let (always, busy) = (random.once_in(2), program::busy(random, days));
    let under = |policy: &Policy, mut plan: Plan| {
        let reenter = if always && !policy.caps.is_empty() { Reenter::Always } else { days };
        plan.workflows.push(Workflow { reenter, ..busy.clone() });
        under(policy, plan)
    };
    let plan = under(&Policy::some(random, &plan), plan);
    let next = next.map(|next| {
        let policy = if random.once_in(2) { Policy::some(random, &next) } else { plan.policy.clone() };
        under(&policy, next)
    });
    (plan, next)
}

/// A program under as much of a policy as it can be under.
fn under(policy: &Policy, plan: Plan) -> Plan {
    let under = policy.weaker().map(|policy| Plan { policy, ..plan.clone() });
    under.into_iter().find(|plan| compiled(&plan.text()).is_ok()).unwrap_or_else(|| {
        let mut bare = plan;
        bare.workflows.pop();
        bare
    })
}

/// A program of this text, or what is said against it.
pub fn compiled(text: &str) -> Result<Arc<Program>, String> {
    compiled_files(vec![("world.flow".to_owned(), text.to_owned())])
}

/// A program of these files, or what is said against it.
pub fn compiled_files(files: Vec<(String, String)>) -> Result<Arc<Program>, String> {
    let source = |(path, text)| Source { path, text };
    let compilation = compile(&Project {
        sender: None,
        lints: Levels::default(),
        name: "world".to_owned(),
        timezone: "Europe/Berlin".to_owned(),
        zones: flow_runtime::time::civil::ZONES,
        sources: files.into_iter().map(source).collect(),
        templates: vec![
            source(("emails/linked.html".to_owned(), words::TEMPLATE.to_owned())),
            source(("emails/confirm.html".to_owned(), words::CONFIRM.to_owned())),
        ],
    });
    let said = || compilation.diagnostics.iter().map(|said| said.message.clone()).collect::<Vec<_>>().join("\n");
    compilation.program.as_ref().map(|program| Arc::new(program.clone())).ok_or_else(said)
}
