//! A reference: the language as its pages tell it, in the plainest way, and nothing of how the engine does it.
//!
//! A person is a list of everything that ever happened to them; conditions look through that list; time goes on from one instant at
//! which something may happen to the next; nothing is remembered that can be found out. What it says must happen is compared with
//! what the engine has decided.

#![expect(
    clippy::indexing_slicing,
    reason = "places in lists that the model has made itself; a wrong one is its own fault, and must be loud"
)]

mod ask;
mod hours;
mod journey;
mod person;
mod steps;
mod told;
mod town;

use std::collections::BTreeMap;

use flow_ir::{EmailId, WorkflowId};
use flow_runtime::dispatch::backoff::next_attempt;
use flow_runtime::dispatch::channels::{Fate, RefusedKind, Uncertain};
use flow_runtime::store::OutboxKind;

use crate::run::Lived;
use crate::world::people::NAMELESS;
use crate::world::program::{MAILS, Step};
use crate::world::{Clock, World};
use told::Told;
use town::Town;

/// So many refusals by the rules of the server may be the sender's fault, and then nothing leaves for a while.
const SENDERS_FAULT: usize = 3;

/// The keys of mails, by which the other side knows them: the engine gives them.
struct Mailbook {
    keys: BTreeMap<(u32, String, u32, usize, i64), String>,
}

impl Mailbook {
    fn of(lived: &Lived) -> Mailbook {
        let users: BTreeMap<_, _> = told::contacts(&lived.snapshot).into_iter().map(|(user, id)| (id, user)).collect();
        let mut keys = BTreeMap::new();
        for (row, _) in lived.snapshot.outbox.iter().filter(|(row, _)| row.kind == OutboxKind::Mail) {
            let name = lived.program.workflows.get(WorkflowId(row.workflow)).map(|workflow| workflow.name.clone());
            let mail = lived
                .program
                .emails
                .get(EmailId(row.email))
                .and_then(|email| MAILS.iter().position(|name| *name == email.name));
            if let (Some(user), Some(name), Some(mail)) = (users.get(&row.contact), name, mail) {
                keys.insert((*user, name, row.run, mail, row.held_since), row.key.clone());
            }
        }
        Mailbook { keys }
    }

    /// The key of the mail of a step.
    fn key(&self, user: u32, workflow: &str, run: u32, mail: usize, step_at: i64) -> Option<&str> {
        self.keys.get(&(user, workflow.to_owned(), run, mail, step_at)).map(String::as_str)
    }

    /// How long until the next attempt; none where it was the last.
    ///
    /// The stated waits, and of the engine only how much longer each is.
    fn after(&self, attempts: u32, key: &str) -> Option<i64> {
        const MINUTES: [i64; 9] = [1, 5, 15, 45, 120, 240, 480, 720, 1_200];
        let stated = MINUTES.get(usize::try_from(attempts).ok()?.checked_sub(1)?)? * 60_000;
        let longer = i64::try_from(next_attempt(attempts, key)?.as_millis()).ok()?;
        Some(longer.clamp(stated, stated + stated / 5))
    }
}

/// What of a world the model does not know yet.
pub fn beyond(world: &World) -> Option<&'static str> {
    if world.plan.workflows.is_empty() {
        return Some("no workflow");
    }
    None
}

/// The same world in fair weather, on a virtual clock, without changes.
pub fn fair(mut world: World, rung: u32) -> World {
    world.next = None;
    world.people.grown.clear();
    if rung < 2 || rung == 3 {
        world.weather.bad = 0;
        // One that promises: what it takes, it takes at the same instant.
        world.weather.policy = Uncertain::Resend;
    }
    world.weather.at_once = usize::MAX;
    if rung < 3
        && let Clock::Wall(looks) = &world.clock
    {
        world.clock = Clock::Virtual(vec![looks.last().copied().unwrap_or_default()]);
    }
    for line in &mut world.people.lines {
        line.who.device = None;
        if line.who.address.is_some() {
            line.who.address = line.who.user;
        }
        // What the model does not know yet: a pause of the person's own, and somebody to whom nobody can write.
        line.said.remove("paused_until");
        line.said.retain(|_, value| value != NAMELESS);
    }
    world.people.lines.retain(|line| line.who.user.is_some());
    world
}

/// Whether the other side, as a run has met it, did what the model does not know: nobody answers there, or refuses the sender again and again.
pub fn is_beyond(world: &World, lived: &Lived) -> bool {
    if world.weather.bad == 0 {
        return false;
    }
    let met = lived.snapshot.outbox.iter().flat_map(|(row, _)| {
        (1..=row.attempts + 1).map(|attempt| world.weather.attempt(&row.key, attempt).answer.fate)
    });
    let mut refusals = 0;
    for fate in met {
        match fate {
            Fate::Down { .. } => return true,
            Fate::Refused { kind: RefusedKind::Blocked, .. } => refusals += 1,
            _ => {}
        }
    }
    refusals >= SENDERS_FAULT
}

/// What must happen in a world and did not, and the reverse: by people, in the order of time.
pub fn disagreements(world: &World, lived: &Lived) -> Vec<String> {
    let book = Mailbook::of(lived);
    let expected = told::summed(Town::new(world, &book).live());
    let found = told::summed(told::by_the_engine(&lived.program, &lived.snapshot));
    let mut differences: Vec<(Told, char)> = only(&expected, &found).into_iter().map(|told| (told, '-')).collect();
    differences.extend(only(&found, &expected).into_iter().map(|told| (told, '+')));
    differences.sort_by(|(a, x), (b, y)| (a.at, a.user, x, &a.line).cmp(&(b.at, b.user, y, &b.line)));
    differences
        .into_iter()
        .map(|(told, sign)| format!("{sign} u{} {} {}", told.user, told::clock(told.at), told.line))
        .collect()
}

/// What happened to one user, as both tell it.
pub fn both(world: &World, lived: &Lived, user: u32) -> String {
    let book = Mailbook::of(lived);
    let expected = Town::new(world, &book).live();
    let found = told::by_the_engine(&lived.program, &lived.snapshot);
    let of = |told: Vec<Told>, by: &str| {
        let mut told: Vec<Told> = told.into_iter().filter(|told| told.user == user).collect();
        told.sort_by_key(|told| told.at);
        let lines: Vec<String> = told.iter().map(|told| format!("{} {}", told::clock(told.at), told.line)).collect();
        format!("{by}:\n{}\n", lines.join("\n"))
    };
    format!("{}\n{}", of(expected, "the model"), of(found, "the engine"))
}

/// What stands in one list and not in the other, each as often.
fn only(one: &[Told], other: &[Told]) -> Vec<Told> {
    let mut rest = other.to_vec();
    let mut only = Vec::new();
    for told in one {
        match rest.iter().position(|other| other == told) {
            Some(place) => drop(rest.remove(place)),
            None => only.push(told.clone()),
        }
    }
    only
}
