//! What counts since entry, where several contacts prove to be one (E11): what the one did after the entry of the other counts for it.
//!
//! Nobody counts for others ahead, so it is read from the log when they are joined, and only where a journey that still counts, an entry that
//! is held or one that waits for its turn asks for it. That the person entered or left a segment is in no log.

use super::Engine;
use super::again::remembered_in;
use super::contact::Contact;
use super::error::EngineError;
use super::lend::Look;
use super::plan::Plan;
use super::rate::waiting_in;
use super::touch::Touch;
use crate::inbound::{Known, SegmentReader};
use crate::store::{ContactId, EventRecord, Questions, Store};
use flow_ir::{PatternEvent, PatternId, WorkflowId};
use std::collections::BTreeSet;
use std::sync::Arc;

/// When an event arrived.
#[derive(Debug, Clone, Copy)]
pub(super) enum Arrived {
    /// It is at hand: whatever has begun has begun before it.
    Now(i64),
    /// As this record of the log.
    Before { now: i64, number: u64, at: i64 },
}

impl Arrived {
    pub(super) fn now(self) -> i64 {
        match self {
            Arrived::Now(now) | Arrived::Before { now, .. } => now,
        }
    }

    /// Whether it came after what let somebody in: after this record or, where that is not kept, this instant.
    pub(super) fn is_after(self, since: u64, triggered_at: i64) -> bool {
        match self {
            Arrived::Now(_) => true,
            Arrived::Before { at, .. } if since == 0 => at > triggered_at,
            Arrived::Before { number, .. } => number > since,
        }
    }

    /// Whether it came after an instant of a journey.
    pub(super) fn is_behind(self, begun: i64) -> bool {
        match self {
            Arrived::Now(_) => true,
            Arrived::Before { at, .. } => at > begun,
        }
    }
}

/// What somebody did, as journeys may count it.
#[derive(Debug)]
pub(super) struct Deed {
    number: u64,
    arrived_at: i64,
    occurred_at: i64,
    matched: Vec<PatternId>,
    /// The properties of the event, by which a journey finds that it is about it.
    values: Vec<Option<Known>>,
}

/// What each of those who prove to be one did: the one who stays, then the others.
pub(super) type Joint = Vec<Vec<Deed>>;

impl<S: Store> Engine<S> {
    /// Reads what counts for somebody else of those who prove to be one.
    pub(super) fn joint(
        &mut self,
        contact: Option<ContactId>,
        others: &[Box<Contact>],
        look: Look,
    ) -> Result<Joint, EngineError> {
        let Some(contact) = contact.filter(|_| !others.is_empty()) else { return Ok(Joint::new()) };
        let (plan, now) = (Arc::clone(&self.plan), self.now().0);
        let own = self.lend_when(contact, look)?;
        let people = || std::iter::once(&own).chain(others);
        let counting: Vec<Option<u64>> = people().map(|person| person.counts_since(&plan, now)).collect();
        let after = |place: usize| {
            let of_others = counting.iter().enumerate().filter(|(other, _)| *other != place);
            of_others.filter_map(|(_, since)| *since).min()
        };
        let asked: Vec<Option<(ContactId, u64)>> =
            people().enumerate().map(|(place, person)| Some((person.id, after(place)?))).collect();
        let events = self.events_of(&asked)?;
        self.cache.put(own);
        Ok(events.into_iter().map(|events| deeds(&plan, events)).collect())
    }

    /// What each of them did after a record, in the store and in hand; nothing where nothing is asked.
    fn events_of(&mut self, asked: &[Option<(ContactId, u64)>]) -> Result<Vec<Vec<EventRecord>>, EngineError> {
        let people: Vec<BTreeSet<ContactId>> =
            asked.iter().map(|asked| asked.map_or_else(BTreeSet::new, |(id, _)| self.batch.with_joined(id))).collect();
        let after = |asked: &Option<(ContactId, u64)>| asked.map_or(u64::MAX, |(_, after)| after);
        let in_store = |people: &BTreeSet<ContactId>, after: u64| {
            let is_there = after < self.batch.handed;
            people.iter().filter(|_| is_there).map(|id| (*id, after)).collect::<Vec<_>>()
        };
        let questions: Vec<Vec<(ContactId, u64)>> =
            people.iter().zip(asked).map(|(people, asked)| in_store(people, after(asked))).collect();
        let events: Vec<(ContactId, u64)> = questions.iter().flatten().copied().collect();
        let mut answers = Vec::new();
        if !events.is_empty() {
            answers = self.store.ask(&Questions { events, ..Questions::default() })?.events;
        }
        let mut answers = answers.into_iter();
        let of_each = people.iter().zip(asked).zip(&questions).map(|((people, asked), questions)| {
            let in_store = answers.by_ref().take(questions.len()).flatten();
            in_store.chain(self.batch.events_of(people, after(asked)).cloned()).collect()
        });
        Ok(of_each.collect())
    }
}

/// What these events are to journeys.
fn deeds(plan: &Plan, events: Vec<EventRecord>) -> Vec<Deed> {
    if events.is_empty() {
        return Vec::new();
    }
    let reader = SegmentReader::by(Arc::clone(&plan.names), &plan.program);
    let deed = |event: EventRecord| {
        let properties = serde_json::from_str(&event.properties).unwrap_or_default();
        let (matched, values) = plan.patterns.said_in_log(&reader, &event, properties);
        let EventRecord { id, occurred_at, received_at, .. } = event;
        Deed { number: id, arrived_at: received_at, occurred_at, matched, values }
    };
    events.into_iter().map(deed).filter(|deed| !deed.matched.is_empty()).collect()
}

impl Contact {
    /// The record after which what somebody else did counts here; none where nothing does.
    fn counts_since(&self, plan: &Plan, now: i64) -> Option<u64> {
        let is_told = |pattern: &PatternId| {
            let event = plan.program.patterns.get(*pattern).map(|pattern| pattern.event);
            matches!(event, Some(PatternEvent::Declared(_) | PatternEvent::AnyActivity))
        };
        let counts = |workflow: WorkflowId| plan.workflow(workflow).counts.keys().any(is_told);
        let journeys = self.journeys.iter().filter(|journey| journey.still_counts(now) && counts(journey.workflow()));
        let held = self.held.iter().filter(|held| counts(WorkflowId(held.workflow)));
        let turns = waiting_in(plan, self)
            .into_iter()
            .chain(remembered_in(plan, self))
            .filter(|(workflow, _)| counts(*workflow));
        journeys.map(|journey| journey.record.since).chain(held.map(|held| held.since)).chain(turns.map(|_| 0)).min()
    }
}

impl Touch<'_> {
    /// Counts what each of those who prove to be one did for the others, before they are joined.
    pub(super) fn count_joint(&mut self, others: &mut [Box<Contact>], joint: &[Vec<Deed>]) {
        let (plan, now) = (self.plan, self.now);
        let people = std::iter::once(&mut *self.contact).chain(others.iter_mut().map(|other| &mut **other));
        for (place, person) in people.enumerate() {
            let of_others = joint.iter().enumerate().filter(|(other, _)| *other != place);
            for deed in of_others.flat_map(|(_, deeds)| deeds) {
                let arrived = Arrived::Before { now, number: deed.number, at: deed.arrived_at };
                for pattern in &deed.matched {
                    person.count(plan, (*pattern, &deed.values), deed.occurred_at, arrived);
                }
            }
        }
    }
}
