//! What was decided, a line each: by the model, and by the engine in the same words.

use std::collections::{BTreeMap, BTreeSet};

use flow_ir::{EmailId, FieldId, Program, StepId, WorkflowId};
use flow_runtime::engine::reason::{FinishedBy, HandedTo, HeldBy, Ignored, LetIn, Suppressed, Undelivered, Withheld};
use flow_runtime::store::digest::Snapshot;
use flow_runtime::store::{ContactId, DecisionCode, DecisionRecord, JourneyStatus};

/// A line about a person, at an instant.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Told {
    /// The user.
    pub(super) user: u32,
    /// When.
    pub(super) at: i64,
    /// What.
    pub(super) line: String,
}

/// Who is which contact.
pub(super) fn contacts(snapshot: &Snapshot) -> BTreeMap<u32, ContactId> {
    let user = |key: &str| key.strip_prefix("user:u").and_then(|user| user.parse().ok());
    let into = |id: ContactId| {
        let mut id = id;
        while let Some((_, next)) = snapshot.joined.iter().find(|(from, _)| *from == id) {
            id = *next;
        }
        id
    };
    snapshot.keys.iter().filter_map(|(key, id)| Some((user(key)?, into(*id)))).collect()
}

/// What the engine decided about everybody.
pub(super) fn by_the_engine(program: &Program, snapshot: &Snapshot) -> Vec<Told> {
    let users: BTreeMap<ContactId, u32> = contacts(snapshot).into_iter().map(|(user, id)| (id, user)).collect();
    let mut told = Vec::new();
    for row in &snapshot.decisions {
        let Some(user) = users.get(&row.contact) else { continue };
        if let Some(line) = line(program, row) {
            told.push(Told { user: *user, at: row.at, line });
        }
    }
    let by = |by: Option<(u32, u32)>| {
        by.map(|(workflow, run)| format!(" by {}/{run}", name(program, workflow))).unwrap_or_default()
    };
    for row in &snapshot.stages {
        let Some(user) = users.get(&row.contact) else { continue };
        told.push(Told {
            user: *user,
            at: row.at,
            line: format!("stage +{}{}", row.to - row.from, by(row.by.journey)),
        });
    }
    for row in &snapshot.scores {
        let Some(user) = users.get(&row.contact) else { continue };
        let line = format!("score {}{}", row.change / 10_000, by(row.by.journey));
        told.push(Told { user: *user, at: row.at, line });
    }
    for row in &snapshot.handoffs {
        let Some(user) = users.get(&row.contact) else { continue };
        let line = format!("handoff {}/{} {} {}", name(program, row.workflow), row.run, row.team, row.member);
        told.push(Told { user: *user, at: row.at, line });
    }
    for contact in &snapshot.contacts {
        let Some(user) = users.get(&contact.id) else { continue };
        let read = |name: &str| {
            let field = program.fields.values().find(|field| field.name == name);
            let slot = field.and_then(|field| field.slot);
            slot.map_or(0, |slot| program.frame.read(&contact.frame, slot))
        };
        let line = format!("score {} stage {} vip {}", read("score") / 10_000, read("stage"), read("tagged vip") == 1);
        told.push(Told { user: *user, at: i64::MAX, line });
    }
    for journey in snapshot.journeys() {
        let Some(user) = users.get(&journey.contact) else { continue };
        if journey.status == JourneyStatus::Ended {
            continue;
        }
        let line = format!(
            "live {}/{} until {}",
            name(program, journey.workflow),
            journey.run,
            journey.due_at.map(clock).unwrap_or_default()
        );
        told.push(Told { user: *user, at: i64::MAX, line });
    }
    told
}

/// What a score or a stage came to at one instant by one journey, however many changes that were.
pub(super) fn summed(mut told: Vec<Told>) -> Vec<Told> {
    told.sort();
    let mut sums: BTreeMap<(u32, i64, &str, String), i64> = BTreeMap::new();
    let mut rest = Vec::new();
    let mut held = BTreeSet::new();
    for told in told {
        // What is held is told once, however often it is asked about.
        let message = told.line.strip_prefix("Held ").map(|message| message.trim_end_matches(" Cap"));
        if message.is_some_and(|message| message.contains(" send ") && !held.insert((told.user, message.to_owned()))) {
            continue;
        }
        let words: Vec<&str> = told.line.splitn(3, ' ').collect();
        match (words.as_slice(), told.at) {
            ([what @ ("score" | "stage"), change, by @ ..], at) if at < i64::MAX => {
                let what = if *what == "score" { "score" } else { "stage" };
                let change: i64 = change.trim_start_matches('+').parse().unwrap_or_default();
                *sums.entry((told.user, at, what, by.join(" "))).or_default() += change;
            }
            _ => rest.push(told),
        }
    }
    let changes = sums.into_iter().filter(|(_, change)| *change != 0);
    rest.extend(changes.map(|((user, at, what, by), change)| Told { user, at, line: format!("{what} {change} {by}") }));
    rest.sort();
    rest
}

/// An instant that people can read.
pub(super) fn clock(at: i64) -> String {
    crate::world::people::moment(at)
}

fn name(program: &Program, number: u32) -> &str {
    program.workflows.get(WorkflowId(number)).map_or("?", |workflow| &workflow.name)
}

fn line(program: &Program, row: &DecisionRecord) -> Option<String> {
    let journey = row.workflow.map(|number| format!("{}/{}", name(program, number), row.run)).unwrap_or_default();
    let workflow = row.workflow.map(|number| name(program, number)).unwrap_or_default();
    let step = || {
        let workflow = program.workflows.get(WorkflowId(row.workflow?))?;
        workflow.steps.get(StepId(row.step?)).map(|key| key.content.clone())
    };
    let step = step().unwrap_or_default();
    let about = row.about.unwrap_or_default();
    let email = || program.emails.get(EmailId(about)).map_or("?", |email| &email.name);
    Some(match row.code {
        DecisionCode::Entered => {
            let started = LetIn::from_number(row.reason).map(|_| " started").unwrap_or_default();
            format!("Entered {journey}{started}")
        }
        DecisionCode::Ignored => {
            let reason = Ignored::from_number(row.reason);
            let exit = if reason == Some(Ignored::ExitHolds) { format!(" {about}") } else { String::new() };
            format!("Ignored {workflow} {}{exit}", reason.map(|reason| format!("{reason:?}")).unwrap_or_default())
        }
        DecisionCode::Lacked => {
            format!("Lacked {workflow} {}", program.fields.get(FieldId(about)).map_or("?", |field| &field.name))
        }
        DecisionCode::Sent => {
            format!("Sent {journey} {step}{}", if row.reason == 1 { " late" } else { "" })
        }
        DecisionCode::Withheld => {
            let reason = Withheld::from_number(row.reason).map(|reason| format!("{reason:?}")).unwrap_or_default();
            format!("Withheld {journey} {step} {reason}")
        }
        DecisionCode::InDoubt if !step.starts_with("send") => return None,
        DecisionCode::Held if HeldBy::from_number(row.reason).is_some() => format!("Held {journey} {step} Cap"),
        DecisionCode::Held | DecisionCode::InDoubt => format!("{:?} {journey} {step}", row.code),
        DecisionCode::HandedOff => {
            let reason = HandedTo::from_number(row.reason).map(|reason| format!("{reason:?}")).unwrap_or_default();
            format!("HandedOff {journey} {reason}")
        }
        DecisionCode::Undelivered => {
            let reason = Undelivered::from_number(row.reason).map(|reason| format!("{reason:?}")).unwrap_or_default();
            if !step.starts_with("send") {
                return None;
            }
            format!("Undelivered {journey} {step} {reason}")
        }
        DecisionCode::ExitedWhen => format!("ExitedWhen {journey} {about}"),
        DecisionCode::Finished => {
            let reason = FinishedBy::from_number(row.reason).map(|reason| format!("{reason:?}")).unwrap_or_default();
            format!("Finished {journey} {reason}")
        }
        DecisionCode::Converted => {
            format!("Converted {journey}{}", if row.reason == 1 { " before" } else { "" })
        }
        DecisionCode::Opened | DecisionCode::Clicked | DecisionCode::Replied => {
            format!("{:?} {journey} {}", row.code, email())
        }
        DecisionCode::Suppressed => {
            let reason = Suppressed::from_number(row.reason).map(|reason| format!("{reason:?}")).unwrap_or_default();
            format!("Suppressed {reason}")
        }
        DecisionCode::Stopped => format!("Stopped {journey} by {}", name(program, about)),
        DecisionCode::Consented => format!("Consented {}", row.reason),
        DecisionCode::Stepped | DecisionCode::Ran | DecisionCode::Delivered => return None,
        code => format!("{code:?} {journey}"),
    })
}
