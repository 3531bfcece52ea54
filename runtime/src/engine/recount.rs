//! What a journey counts, and whether its mails were opened, clicked or answered, where a new version asks for it of those who are in it
//! already: read once from the log, as it would have been counted.
//!
//! A journey of an earlier version is shorter than those of today, so what is new to it is what lies behind its end. What is in the log
//! alone can be read from it: that somebody entered or left a segment is not.

use super::engagement::MACHINE_CLICK_MS;
use super::event::LATE_BY_MS;
use crate::inbound::MailEvent;
use crate::store::{ContactId, ContactRecord, EventRecord, JourneyRecord, Questions, SendRecord, Store, StoreError};
use flow_ir::{
    CountedSince, EmailId, EngagementKind, FOREVER, Layout, NEVER, PatternId, Program, SlotId, Workflow, WorkflowId,
};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// The slots to fill, by contact.
#[derive(Debug, Default)]
pub(super) struct Recount {
    of: BTreeMap<ContactId, Person>,
}

/// What is to be filled for one contact.
#[derive(Debug, Default)]
struct Person {
    filled: Vec<Filled>,
    /// What their journeys have sent, also those that nothing is filled for: what was done with a mail belongs to the last that had sent it.
    sends: Vec<Sent>,
}

#[derive(Debug)]
struct Sent {
    email: EmailId,
    at: i64,
    row: u64,
    by: Place,
}

/// The send to which belongs what was done with a mail then, as [`engagement`](super::engagement) has it.
fn sender(sends: &[Sent], email: EmailId, occurred_at: i64) -> Option<&Sent> {
    let had_left = sends.iter().filter(|sent| sent.email == email && sent.at <= occurred_at);
    had_left.max_by_key(|sent| (sent.at, sent.row))
}

/// Where something is kept that is counted for one contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// The run of the journey in this workflow.
    Journey(WorkflowId, u32),
    /// The frame: the journey is still to begin.
    Frame,
}

#[derive(Debug)]
struct Filled {
    place: Place,
    slot: SlotId,
    what: What,
    value: i64,
}

#[derive(Debug)]
enum What {
    /// Events that arrived within this time, and did not occur before it.
    Events { pattern: PatternId, arrived: (i64, i64), occurred_from: i64, enough: i64 },
    /// What was done with a mail, by its name and link.
    Mail { kind: EngagementKind, email: EmailId, name: String, link: Option<String>, arrived_until: i64 },
}

/// Whether journeys keep something that those of the version before did not, and that the log can tell.
pub(crate) fn is_new(kept: &Program, linked: &Program) -> bool {
    let asks = |(id, before): (WorkflowId, &Workflow)| {
        let Some(workflow) = linked.workflows.get(id) else { return false };
        let (journey, frame) = (before.journey.slots.len(), kept.frame.slots.len());
        let counts = workflow.counts.iter().filter(|count| !count.since.is_of_a_step()).map(|count| count.slot);
        let mut own = counts.chain(workflow.engagements.iter().map(|asked| asked.slot));
        let mut turns = workflow.turn.iter().flat_map(|turn| &turn.counts);
        own.any(|slot| slot.0 as usize >= journey) || turns.any(|(_, slot)| slot.0 as usize >= frame)
    };
    kept.workflows.iter().any(asks)
}

impl Recount {
    /// Looks through everybody for what is to be filled.
    pub(super) fn find(store: &mut impl Store, program: &Program) -> Result<Recount, StoreError> {
        let mut recount = Recount::default();
        let mut records = store.records()?;
        let mut after = None;
        loop {
            let contacts = records.contacts_after(after)?;
            let Some(last) = contacts.last() else { return Ok(recount) };
            after = Some(*last);
            for contacts in contacts.chunks(super::backfill::FILLED_CONTACTS) {
                let questions = Questions { contacts: contacts.to_vec(), ..Questions::default() };
                for record in store.ask(&questions)?.contacts {
                    recount.look_at(&record, program);
                }
            }
        }
    }

    fn look_at(&mut self, record: &ContactRecord, program: &Program) {
        let mut person = Person::default();
        for journey in &record.kept {
            let id = WorkflowId(journey.workflow);
            if let Some(workflow) = program.workflows.get(id) {
                of_journey(journey, (id, workflow), program, &mut person.filled);
                person.sends.extend(sends_of(journey, (id, workflow)));
            }
        }
        for workflow in program.workflows.values() {
            of_turn(&record.frame, workflow, program, &mut person.filled);
        }
        if !person.filled.is_empty() {
            self.of.insert(record.id, person);
        }
    }

    /// Whether something is to be filled for a contact.
    pub(super) fn is_about(&self, contact: ContactId) -> bool {
        self.of.contains_key(&contact)
    }

    /// Takes in an event of the log.
    pub(super) fn take(
        &mut self,
        event: &EventRecord,
        matched: &[PatternId],
        mail: Option<MailEvent>,
        properties: &Map<String, Value>,
    ) {
        let Some(Person { filled, sends }) = self.of.get_mut(&event.contact) else { return };
        let text = |name: &str| crate::inbound::text_of(properties, name);
        for filled in filled {
            match &filled.what {
                What::Events { pattern, arrived, occurred_from, enough } => {
                    let (after, until) = *arrived;
                    let is_within = event.received_at > after && event.received_at <= until;
                    if is_within && event.occurred_at >= *occurred_from && matched.contains(pattern) {
                        filled.value = (filled.value + 1).min(*enough);
                    }
                }
                What::Mail { kind, email, name, link, arrived_until } => {
                    let waits = if *kind == EngagementKind::Clicked { MACHINE_CLICK_MS + 1 } else { 0 };
                    let is_it = mail.and_then(kind_of) == Some(*kind)
                        && text("email_id") == Some(name.as_str())
                        && (link.is_none() || text("link_id") == link.as_deref());
                    let sent = sender(sends, *email, event.occurred_at).filter(|sent| sent.by == filled.place);
                    let is_theirs = sent.is_some_and(|sent| event.occurred_at - sent.at >= waits);
                    if is_it && event.counts && is_theirs && event.received_at <= *arrived_until {
                        filled.value = filled.value.max(event.occurred_at);
                    }
                }
            }
        }
    }

    /// The contacts that have something to be filled.
    pub(super) fn contacts(&self) -> impl Iterator<Item = ContactId> {
        self.of.keys().copied()
    }

    /// Writes what was found. The frame has grown already.
    pub(super) fn fill(&self, record: &mut ContactRecord, program: &Program) {
        let Some(Person { filled, .. }) = self.of.get(&record.id) else { return };
        for journey in &mut record.kept {
            let id = WorkflowId(journey.workflow);
            let own: Vec<&Filled> = filled.iter().filter(|one| one.place == Place::Journey(id, journey.run)).collect();
            let Some(workflow) = program.workflows.get(id).filter(|_| !own.is_empty()) else { continue };
            super::version::extend(&mut journey.memory, &workflow.journey.blank());
            own.iter().for_each(|one| workflow.journey.write(&mut journey.memory, one.slot, one.value));
        }
        for one in filled.iter().filter(|one| one.place == Place::Frame) {
            program.frame.write(&mut record.frame, one.slot, one.value);
        }
    }
}

/// What a slot holds, where what was written reaches so far.
fn held(layout: &Layout, bytes: &[u8], slot: SlotId) -> Option<i64> {
    layout.slots.get(slot).filter(|slot| (slot.offset as usize) < bytes.len())?;
    Some(layout.read(bytes, slot))
}

fn of_journey(
    journey: &JourneyRecord,
    (id, workflow): (WorkflowId, &Workflow),
    program: &Program,
    filled: &mut Vec<Filled>,
) {
    let (layout, memory) = (&workflow.journey, &journey.memory);
    let until = match (journey.ended_at, journey.goal_until) {
        (None, _) => FOREVER,
        // Its goal counts on.
        (Some(_), Some(until)) => until,
        (Some(_), None) => return,
    };
    let is_new = |slot| held(layout, memory, slot).is_none();
    let place = Place::Journey(id, journey.run);
    let sent_at = |email| sent_at(journey, workflow, email);
    let triggered_at = held(layout, memory, workflow.slots.triggered_at).unwrap_or(journey.entered_at);
    for count in workflow.counts.iter().filter(|count| is_new(count.slot)) {
        let begun = match count.since {
            CountedSince::Entry => Some(journey.entered_at),
            CountedSince::Sent(email) => sent_at(email),
            // Whoever stands in a wait has that of their own steps.
            CountedSince::Wait | CountedSince::Round => None,
        };
        filled.extend(begun.map(|begun| Filled {
            place,
            slot: count.slot,
            what: What::Events {
                pattern: count.pattern,
                arrived: (begun, until),
                occurred_from: triggered_at.saturating_sub(LATE_BY_MS),
                enough: i64::from(count.enough),
            },
            value: 0,
        }));
    }
    for asked in workflow.engagements.iter().filter(|asked| is_new(asked.slot)) {
        let Some(email) = program.emails.get(asked.email).filter(|_| sent_at(asked.email).is_some()) else { continue };
        let (kind, name, link) = (asked.kind, email.name.clone(), asked.link.clone());
        let what = What::Mail { kind, email: asked.email, name, link, arrived_until: until };
        filled.push(Filled { place, slot: asked.slot, what, value: NEVER });
    }
}

/// When a journey last sent an email.
fn sent_at(journey: &JourneyRecord, workflow: &Workflow, email: EmailId) -> Option<i64> {
    let slot = workflow.slots.sent_at.iter().find(|(known, _)| *known == email).map(|(_, slot)| *slot)?;
    held(&workflow.journey, &journey.memory, slot).filter(|at| *at > NEVER)
}

fn sends_of(journey: &JourneyRecord, (id, workflow): (WorkflowId, &Workflow)) -> Vec<Sent> {
    let by = Place::Journey(id, journey.run);
    let sent = |send: &SendRecord| {
        let email = EmailId(send.email);
        Some(Sent { email, at: sent_at(journey, workflow, email)?, row: send.row, by })
    };
    journey.sends.iter().filter_map(sent).collect()
}

/// Those who wait for their turn count before their journey begins.
fn of_turn(frame: &[u8], workflow: &Workflow, program: &Program, filled: &mut Vec<Filled>) {
    let Some(turn) = &workflow.turn else { return };
    let waits = held(&program.frame, frame, turn.at).is_some_and(|at| at < FOREVER);
    let Some(triggered_at) = held(&program.frame, frame, turn.triggered_at).filter(|_| waits) else { return };
    for (count, slot) in turn.counts.iter().filter(|(_, slot)| held(&program.frame, frame, *slot).is_none()) {
        let Some(count) = workflow.counts.iter().find(|known| known.slot == *count) else { continue };
        let what = What::Events {
            pattern: count.pattern,
            arrived: (triggered_at, FOREVER),
            occurred_from: triggered_at.saturating_sub(LATE_BY_MS),
            enough: i64::from(count.enough),
        };
        filled.push(Filled { place: Place::Frame, slot: *slot, what, value: 0 });
    }
}

fn kind_of(mail: MailEvent) -> Option<EngagementKind> {
    match mail {
        MailEvent::Opened => Some(EngagementKind::Opened),
        MailEvent::Clicked => Some(EngagementKind::Clicked),
        MailEvent::Replied => Some(EngagementKind::Replied),
        MailEvent::Bounced => Some(EngagementKind::Bounced),
        MailEvent::Delivered | MailEvent::MarkedAsSpam | MailEvent::Unsubscribed | MailEvent::Subscribed => None,
    }
}
