//! What a store holds by names, so that two stores tell the same story whatever numbers their programs gave to things.

use std::collections::BTreeMap;

use flow_ir::{EmailId, FieldId, Id, Program, WorkflowId};
use flow_runtime::store::digest::Snapshot;
use flow_runtime::store::{About, ContactId, DecisionRecord, JourneyRecord, JourneyStatus, OutboxState};

/// Lines of each subject, each the same for equal stories.
pub type Story = BTreeMap<&'static str, Vec<String>>;

/// The story of a store under the program by its numbers.
pub fn story(program: &Program, snapshot: &Snapshot) -> Story {
    let teller = Teller { program };
    let mut story = Story::new();
    let mut tell = |what, lines: Vec<String>| story.insert(what, lines);
    tell("keys", snapshot.keys.iter().map(|(key, id)| format!("{key} {}", id.0)).collect());
    tell("joined", snapshot.joined.iter().map(|(id, into)| format!("{} {}", id.0, into.0)).collect());
    tell("fields", snapshot.contacts.iter().map(|contact| teller.fields(contact)).collect());
    let held = snapshot.contacts.iter().flat_map(|contact| contact.held.iter().map(move |held| (contact.id, held)));
    tell(
        "held",
        sorted(held.map(|(id, held)| {
            format!("{} {} {} {}", id.0, teller.workflow(held.workflow), held.occurred_at, held.until)
        })),
    );
    tell("journeys", sorted(snapshot.journeys().into_iter().map(|journey| teller.journey(journey))));
    tell(
        "events",
        snapshot
            .events
            .iter()
            .map(|event| {
                let (of, at, came) = (event.contact.0, event.occurred_at, event.received_at);
                format!("{of} {} {at} {came} {} {}", event.name, event.properties, event.counts)
            })
            .collect(),
    );
    tell(
        "outbox",
        (snapshot.outbox.iter())
            .map(|(row, _)| {
                let due_at = (row.state == OutboxState::Queued).then_some(row.due_at);
                let (of, state, queued, held) = (row.contact.0, row.state, row.queued_at, row.held_since);
                format!("{} {of} {} {} {state:?} {queued} {held} {due_at:?}", row.key, row.recipient, row.payload)
            })
            .collect(),
    );
    let handoffs = snapshot.handoffs.iter();
    tell("handoffs", handoffs.map(|row| format!("{} {} {} {}", row.key, row.team, row.member, row.at)).collect());
    tell("decisions", sorted(snapshot.decisions.iter().map(|row| teller.decision(row))));
    let by = |by: Option<(u32, u32)>| by.map(|(workflow, run)| format!("{} {run}", teller.workflow(workflow)));
    let stages = snapshot.stages.iter();
    tell(
        "stages",
        stages
            .map(|row| format!("{} {} {} {} {:?}", row.contact.0, row.at, row.from, row.to, by(row.by.journey)))
            .collect(),
    );
    let scores = snapshot.scores.iter();
    tell(
        "scores",
        scores
            .map(|row| format!("{} {} {} {} {:?}", row.contact.0, row.at, row.change, row.score, by(row.by.journey)))
            .collect(),
    );
    story
}

/// The first lines in which two stories differ, by subject; empty where they are one.
pub fn differences(one: &Story, other: &Story) -> Vec<String> {
    let mut told = Vec::new();
    for (what, lines) in one {
        let others = other.get(what).map(Vec::as_slice).unwrap_or_default();
        let only = |of: &[String], not: &[String]| -> Vec<String> {
            of.iter().filter(|line| !not.contains(line)).take(4).cloned().collect()
        };
        told.extend(only(lines, others).into_iter().map(|line| format!("- {what}: {line}")));
        told.extend(only(others, lines).into_iter().map(|line| format!("+ {what}: {line}")));
        if lines.len() != others.len() {
            told.push(format!("{what}: {} and {}", lines.len(), others.len()));
        }
    }
    told
}

fn sorted(lines: impl Iterator<Item = String>) -> Vec<String> {
    let mut lines: Vec<String> = lines.collect();
    lines.sort();
    lines
}

/// Calls numbers by their names.
struct Teller<'p> {
    program: &'p Program,
}

impl Teller<'_> {
    fn workflow(&self, number: u32) -> &str {
        self.program.workflows.get(WorkflowId(number)).map_or("?", |workflow| &workflow.name)
    }

    fn email(&self, number: u32) -> &str {
        self.program.emails.get(EmailId(number)).map_or("?", |email| &email.name)
    }

    fn field(&self, number: u32) -> &str {
        self.program.fields.get(FieldId(number)).map_or("?", |field| &field.name)
    }

    fn fields(&self, contact: &flow_runtime::store::ContactWrite) -> String {
        let (layout, frame) = (&self.program.frame, &contact.frame);
        // Of an earlier layout, which ends before what is newer.
        let is_whole = frame.len() == layout.size as usize;
        let mut told: Vec<String> = (self.program.fields.values())
            .filter_map(|field| {
                let slot = field.slot.filter(|_| is_whole)?;
                let known = if layout.is_known(frame, slot) { "" } else { "?" };
                let text = field.text.and_then(|text| contact.texts.as_ref()?.get(text.index()));
                let value = match text {
                    Some(text) => text.to_owned(),
                    None => layout.read(frame, slot).to_string(),
                };
                Some(format!("{}={value}{known}", field.name))
            })
            .collect();
        told.sort();
        format!("{} {:?} {}", contact.id.0, contact.next_at, told.join(" "))
    }

    fn journey(&self, journey: &JourneyRecord) -> String {
        let JourneyRecord { contact: ContactId(of), run, status, step, visit, due_at, entered_at, ended_at, .. } =
            journey;
        let sends: Vec<String> = journey
            .sends
            .iter()
            .map(|send| format!("{}/{}/{}", self.email(send.email), send.step, send.told))
            .collect();
        let live = (*status != JourneyStatus::Ended).then_some((due_at, journey.block));
        let (name, met, until) = (self.workflow(journey.workflow), journey.goal_met, journey.goal_until);
        format!(
            "{of} {name} {run} {status:?} s{step} v{visit} {live:?} {entered_at} {ended_at:?} {met} {until:?} {sends:?}"
        )
    }

    /// One decision in words.
    fn decision(&self, row: &DecisionRecord) -> String {
        let about = row.about.map(|about| match row.code.about() {
            // Of no workflow it is the column of a file that said so.
            Some(About::Email) if row.workflow.is_some() => self.email(about).to_owned(),
            Some(About::Field) => self.field(about).to_owned(),
            Some(About::Workflow) => self.workflow(about).to_owned(),
            _ => about.to_string(),
        });
        let workflow = row.workflow.map(|workflow| self.workflow(workflow));
        let DecisionRecord { contact: ContactId(of), run, at, code, step, reason, send, trace, .. } = row;
        format!("{of} {at} {workflow:?} {run} {code:?} {step:?} {about:?} {reason} {} {trace:?}", send.is_some())
    }
}
