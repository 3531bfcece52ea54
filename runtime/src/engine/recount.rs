//! What a journey counts, and whether its mails were opened, clicked or answered, where a new version asks for it of those who are in it
//! already: read once from the log, as it would have been counted.
//!
//! A journey of an earlier version is shorter than those of today, so what is new to it is what lies behind its end. Where a goal reaches further
//! than it did, a journey that has ended may have missed events before that, so all that it counts is read again. What is in the log
//! alone can be read from it: that somebody entered or left a segment is not.
//!
//! Those of so many contacts are filled with one reading of the log that memory is bounded; the rest is left to another reading.

use super::engagement::{MACHINE_CLICK_MS, is_click_on};
use super::several::{Keyed, NO_VALUE};
use super::touch::later;
use crate::inbound::{Known, MailEvent};
use crate::store::{ContactId, ContactRecord, EventRecord, JourneyRecord, Questions, SendRecord, Store, StoreError};
use crate::time::Zones;
use flow_ir::units::DAY_MS;
use flow_ir::{
    CountedSince, EmailId, Engagement, EngagementKind, EventCount, FOREVER, Layout, NEVER, PatternId, Program, SlotId,
    Turn, Workflow, WorkflowId,
};
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::ops::Range;

/// So far apart at most are two zones, for a bound of what is told in one of them.
const ZONES_MS: i64 = 2 * DAY_MS;

/// The slots to fill, of contacts one after another.
#[derive(Debug, Default)]
pub(super) struct Recount<'p> {
    /// Ascending.
    people: Vec<Person>,
    filled: Vec<Filled<'p>>,
    /// What the journeys of these people have sent, also those that nothing is filled for: what was done with a mail belongs to the last that had
    /// sent it.
    sends: Vec<Sent>,
    /// From this contact on another reading is needed.
    before: Option<ContactId>,
}

/// Somebody for whom something is to be filled, and where that ends: it begins where that of the one before ends.
#[derive(Debug, Clone, Copy)]
struct Person {
    contact: ContactId,
    filled_end: usize,
    sends_end: usize,
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
struct Filled<'p> {
    place: Place,
    slot: SlotId,
    what: What<'p>,
    value: i64,
}

#[derive(Debug)]
enum What<'p> {
    /// Events that arrived after an instant, and did not occur before another one.
    /// With the property of which they must have a value, and that value, where they are about one of several journeys.
    Events { pattern: PatternId, value: Option<(Keyed, i64)>, arrived_after: i64, occurred_from: i64, enough: i64 },
    /// What was done with a mail, by its name and link.
    Mail { asked: &'p Engagement, name: &'p str },
}

/// Whether journeys keep something that those of the version before did not, or that some of them may have missed, and that the log can tell.
pub(crate) fn is_new(kept: &Program, linked: &Program) -> bool {
    let asks = |(id, before): (WorkflowId, &Workflow)| {
        let Some(workflow) = linked.workflows.get(id) else { return false };
        let (journey, frame) = (before.journey.slots.len(), kept.frame.slots.len());
        let counts = workflow.counts.iter().filter(|count| !count.since.is_of_a_step()).map(|count| count.slot);
        let mut own = counts.chain(workflow.engagements.iter().map(|asked| asked.slot));
        let mut turns = workflow.turn.iter().chain(&workflow.again).flat_map(|turn| &turn.counts);
        own.any(|slot| slot.0 as usize >= journey)
            || turns.any(|(_, slot)| slot.0 as usize >= frame)
            || reaches_further(before, workflow)
    };
    kept.workflows.iter().any(asks)
}

/// Whether the goal of a workflow may count for journeys for which it did not, and they count something by which it may be met.
fn reaches_further(before: &Workflow, workflow: &Workflow) -> bool {
    let within = |workflow: &Workflow| workflow.goal.as_ref().and_then(|goal| goal.within);
    let asks = !workflow.counts.is_empty() || !workflow.engagements.is_empty();
    asks && within(workflow).is_some_and(|today| within(before) != Some(today))
}

impl<'p> Recount<'p> {
    /// Looks for what is to be filled, from a contact on, until there is so much of it that the others are left to another reading.
    pub(super) fn find(
        store: &mut impl Store,
        program: &'p Program,
        from: ContactId,
        at_once: usize,
    ) -> Result<Recount<'p>, StoreError> {
        let mut recount = Recount::default();
        let mut records = store.records()?;
        let now = records.slots()?.iter().map(|slot| slot.clock).max().unwrap_or(NEVER);
        let mut after = from.0.checked_sub(1).map(ContactId);
        loop {
            let contacts = records.contacts_after(after)?;
            let Some(last) = contacts.last() else { return Ok(recount) };
            after = Some(*last);
            for contacts in contacts.chunks(super::backfill::FILLED_CONTACTS) {
                let questions = Questions { contacts: contacts.to_vec(), ..Questions::default() };
                for record in store.ask(&questions)?.contacts {
                    recount.look_at(&record, program, now);
                    // What is of one contact stays together.
                    if recount.filled.len() + recount.sends.len() > at_once && recount.people.len() > 1 {
                        recount.leave(record.id);
                        return Ok(recount);
                    }
                }
            }
        }
    }

    fn look_at(&mut self, record: &ContactRecord, program: &'p Program, now: i64) {
        let (filled_before, sends_before) = (self.filled.len(), self.sends.len());
        for journey in &record.kept {
            let id = WorkflowId(journey.workflow);
            if let Some(workflow) = program.workflows.get(id) {
                of_journey(journey, (id, workflow), (program, now), &mut self.filled);
                self.sends.extend(sends_of(journey, (id, workflow)));
            }
        }
        for workflow in program.workflows.values() {
            of_turns(&record.frame, workflow, program, &mut self.filled);
        }
        if self.filled.len() == filled_before {
            self.sends.truncate(sends_before);
            return;
        }
        let (filled_end, sends_end) = (self.filled.len(), self.sends.len());
        self.people.push(Person { contact: record.id, filled_end, sends_end });
    }

    /// From which contact on another reading is needed.
    pub(super) fn before(&self) -> Option<ContactId> {
        self.before
    }

    /// Leaves the contacts from one on to another reading.
    pub(super) fn leave(&mut self, before: ContactId) {
        self.people.truncate(self.people.partition_point(|person| person.contact < before));
        let (filled_end, sends_end) = self.people.last().map_or((0, 0), |last| (last.filled_end, last.sends_end));
        self.filled.truncate(filled_end);
        self.sends.truncate(sends_end);
        self.before = Some(before);
    }

    /// Where what is to be filled for a contact stands, and what they were sent.
    fn of(&self, contact: ContactId) -> Option<(Range<usize>, Range<usize>)> {
        let nth = self.people.binary_search_by_key(&contact, |person| person.contact).ok()?;
        let own = self.people.get(nth)?;
        let one_before = nth.checked_sub(1).and_then(|nth| self.people.get(nth));
        let (filled, sends) = one_before.map_or((0, 0), |one| (one.filled_end, one.sends_end));
        Some((filled..own.filled_end, sends..own.sends_end))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.people.is_empty()
    }

    /// Whether something is to be filled for a contact.
    pub(super) fn is_about(&self, contact: ContactId) -> bool {
        self.of(contact).is_some()
    }

    /// Takes in an event of the log.
    pub(super) fn take(
        &mut self,
        event: &EventRecord,
        (matched, values): (&[PatternId], &[Option<Known>]),
        mail: Option<MailEvent>,
        properties: &Map<String, Value>,
    ) {
        let Some((filled, sends)) = self.of(event.contact) else { return };
        let sends = self.sends.get(sends).unwrap_or_default();
        let text = |name: &str| crate::inbound::text_of(properties, name);
        for filled in self.filled.get_mut(filled).unwrap_or_default() {
            match &filled.what {
                What::Events { pattern, value, arrived_after, occurred_from, enough } => {
                    if event.received_at > *arrived_after
                        && event.occurred_at >= *occurred_from
                        && matched.contains(pattern)
                        && value.as_ref().is_none_or(|(keyed, value)| keyed.value(values) == *value)
                    {
                        filled.value = (filled.value + 1).min(*enough);
                    }
                }
                What::Mail { asked, name } => {
                    let waits = if asked.kind == EngagementKind::Clicked { MACHINE_CLICK_MS + 1 } else { 0 };
                    let is_it = mail.and_then(kind_of) == Some(asked.kind)
                        && text("email_id") == Some(name)
                        && is_click_on(asked.link.as_deref(), text("link_id"));
                    let sent = sender(sends, asked.email, event.occurred_at).filter(|sent| sent.by == filled.place);
                    let is_theirs = sent.is_some_and(|sent| event.occurred_at - sent.at >= waits);
                    if is_it && event.counts && is_theirs {
                        filled.value = filled.value.max(event.occurred_at);
                    }
                }
            }
        }
    }

    /// The contacts that have something to be filled.
    pub(super) fn contacts(&self) -> impl Iterator<Item = ContactId> {
        self.people.iter().map(|person| person.contact)
    }

    /// Writes what was found. The frame has grown already.
    pub(super) fn fill(&self, record: &mut ContactRecord, program: &Program) {
        let Some(filled) = self.of(record.id).and_then(|(filled, _)| self.filled.get(filled)) else { return };
        for journey in &mut record.kept {
            let id = WorkflowId(journey.workflow);
            let own: Vec<&Filled> = filled.iter().filter(|one| one.place == Place::Journey(id, journey.run)).collect();
            let Some(workflow) = program.workflows.get(id).filter(|_| !own.is_empty()) else { continue };
            super::version::extend(&mut journey.memory, &workflow.journey.blank());
            for one in own {
                // What was counted when it happened may be more: that of somebody who proved to be the same person.
                let counted = workflow.journey.read(&journey.memory, one.slot).max(one.value);
                workflow.journey.write(&mut journey.memory, one.slot, counted);
            }
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

/// Whether the goal of a journey that has ended does not count by now, and may by what it says today, in whatever zone its person lives.
fn may_have_missed(journey: &JourneyRecord, workflow: &Workflow, now: i64) -> bool {
    let is_over = !journey.goal_met && journey.goal_until.is_none_or(|until| until < now);
    let within = workflow.goal.as_ref().and_then(|goal| goal.within).filter(|_| is_over);
    within.is_some_and(|within| later(journey.entered_at, within, Zones::utc()).saturating_add(ZONES_MS) >= now)
}

fn of_journey<'p>(
    journey: &JourneyRecord,
    (id, workflow): (WorkflowId, &'p Workflow),
    (program, now): (&'p Program, i64),
    filled: &mut Vec<Filled<'p>>,
) {
    let (layout, memory) = (&workflow.journey, &journey.memory);
    let has_ended = journey.ended_at.is_some();
    let has_missed = has_ended && may_have_missed(journey, workflow, now);
    // Its goal counts on.
    if has_ended && !has_missed && journey.goal_until.is_none_or(|until| until < now) {
        return;
    }
    let is_new = |slot| has_missed || held(layout, memory, slot).is_none();
    let place = Place::Journey(id, journey.run);
    let sent_at = |email| sent_at(journey, workflow, email);
    let triggered_at = held(layout, memory, workflow.slots.triggered_at).unwrap_or(journey.entered_at);
    let value = workflow.slots.several.and_then(|slots| held(layout, memory, slots.value)).unwrap_or(NO_VALUE);
    let value_of = |pattern| Some((Keyed::of(program, program.patterns.get(pattern)?)?, value));
    let is_known = |count: &&EventCount| value != NO_VALUE || value_of(count.pattern).is_none();
    for count in workflow.counts.iter().filter(|count| is_new(count.slot)).filter(is_known) {
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
                value: value_of(count.pattern),
                arrived_after: begun,
                occurred_from: triggered_at.saturating_sub(program.policy.late_by_ms()),
                enough: i64::from(count.enough),
            },
            value: 0,
        }));
    }
    for asked in workflow.engagements.iter().filter(|asked| is_new(asked.slot)) {
        let Some(email) = program.emails.get(asked.email).filter(|_| sent_at(asked.email).is_some()) else { continue };
        let what = What::Mail { asked, name: &email.name };
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

/// When each mail that a journey has sent last left.
pub(super) fn last_sends(journey: &JourneyRecord, workflow: &Workflow) -> Vec<(EmailId, i64)> {
    let emails: BTreeSet<EmailId> = journey.sends.iter().map(|send| EmailId(send.email)).collect();
    emails.into_iter().filter_map(|email| Some((email, sent_at(journey, workflow, email)?))).collect()
}

/// Those who wait for their turn, or whose trigger came during a journey, count before their journey begins.
fn of_turns<'p>(frame: &[u8], workflow: &Workflow, program: &Program, filled: &mut Vec<Filled<'p>>) {
    workflow.turn.iter().chain(&workflow.again).for_each(|turn| of_turn(frame, (workflow, turn), program, filled));
}

fn of_turn<'p>(frame: &[u8], (workflow, turn): (&Workflow, &Turn), program: &Program, filled: &mut Vec<Filled<'p>>) {
    let waits = held(&program.frame, frame, turn.at).is_some_and(|at| at < FOREVER);
    let Some(triggered_at) = held(&program.frame, frame, turn.triggered_at).filter(|_| waits) else { return };
    for (count, slot) in turn.counts.iter().filter(|(_, slot)| held(&program.frame, frame, *slot).is_none()) {
        let Some(count) = workflow.counts.iter().find(|known| known.slot == *count) else { continue };
        if program.patterns.get(count.pattern).is_some_and(|pattern| pattern.of_journey().is_some()) {
            // Who waits has no value yet.
            continue;
        }
        let what = What::Events {
            pattern: count.pattern,
            value: None,
            arrived_after: triggered_at,
            occurred_from: triggered_at.saturating_sub(program.policy.late_by_ms()),
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
        MailEvent::Delivered
        | MailEvent::MarkedAsSpam
        | MailEvent::Unsubscribed
        | MailEvent::Subscribed
        | MailEvent::Confirmed => None,
    }
}
