//! A store in memory, for simulations and tests: the contract of [`Store`] over sorted maps, without durability.
//!
//! A batch is checked whole before the first row is written, and writing cannot fail, so it is kept whole or not at all.

use super::check::{broken, check_rows};
use super::digest::Snapshot;
use super::{
    Changes, ContactId, ContactRecord, ContactWrite, DecisionCode, DecisionCount, DecisionRecord, EventRecord,
    HandoffCount, HandoffRecord, HeldEntry, JourneyRecord, JourneyStatus, MessageId, OutboxRecord, OutboxSettlement,
    PAGE_ROWS, PositionCount, Store, StoreError,
};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

type JourneyKey = (ContactId, u32, u32);
/// Of a decision that is recorded once: whose journey, what, and the number in the place of the step.
type OnceKey = (ContactId, Option<u32>, u32, DecisionCode, Option<u32>);
type DecisionKey = (Option<u32>, DecisionCode, Option<u32>, u32);

/// Rows by their keys, with the few orders that reads ask for.
#[derive(Debug, Clone)]
pub struct MemoryStore {
    /// How many text columns the program has.
    texts: usize,
    next_contact: u64,
    contacts: BTreeMap<ContactId, Contact>,
    keys: BTreeMap<String, ContactId>,
    joined: BTreeMap<ContactId, ContactId>,
    journeys: BTreeMap<JourneyKey, JourneyRecord>,
    /// In the order of arrival.
    events: Vec<EventRecord>,
    messages: BTreeSet<MessageId>,
    /// By id, each with its receipt or reason.
    outbox: BTreeMap<u64, (OutboxRecord, String)>,
    outbox_keys: BTreeSet<String>,
    /// The rows that are still to leave.
    unsettled: BTreeSet<u64>,
    handoffs: BTreeMap<String, HandoffRecord>,
    decisions: Vec<DecisionRecord>,
    decision_counts: BTreeMap<DecisionKey, u64>,
    /// What is recorded once, and was.
    told_once: BTreeSet<OnceKey>,
    meta: BTreeMap<String, Vec<u8>>,
    counters: BTreeMap<String, i64>,
}

#[derive(Debug, Clone)]
struct Contact {
    frame: Vec<u8>,
    texts: Vec<Option<String>>,
    next_at: Option<i64>,
    version: u32,
    held: Vec<HeldEntry>,
}

impl MemoryStore {
    /// An empty store for a program with this many text columns.
    pub fn new(texts: usize) -> Self {
        Self {
            texts,
            next_contact: 1,
            contacts: BTreeMap::new(),
            keys: BTreeMap::new(),
            joined: BTreeMap::new(),
            journeys: BTreeMap::new(),
            events: Vec::new(),
            messages: BTreeSet::new(),
            outbox: BTreeMap::new(),
            outbox_keys: BTreeSet::new(),
            unsettled: BTreeSet::new(),
            handoffs: BTreeMap::new(),
            decisions: Vec::new(),
            decision_counts: BTreeMap::new(),
            told_once: BTreeSet::new(),
            meta: BTreeMap::new(),
            counters: BTreeMap::new(),
        }
    }

    /// Has room for so many text columns from now on: those of a later version of the program, behind the others.
    pub fn widen(&mut self, texts: usize) {
        self.texts = texts.max(self.texts);
        self.contacts.values_mut().for_each(|contact| contact.texts.resize(self.texts, None));
    }

    /// Everything it holds.
    pub fn snapshot(&self) -> Snapshot {
        let contacts = self.contacts.iter().map(|(id, contact)| ContactWrite {
            id: *id,
            frame: contact.frame.clone(),
            texts: Some(contact.texts.clone()),
            next_at: contact.next_at,
            version: contact.version,
            held: Some(contact.held.clone()),
        });
        let snapshot = Snapshot {
            contacts: contacts.collect(),
            keys: self.keys.iter().map(|(key, id)| (key.clone(), *id)).collect(),
            joined: self.joined.iter().map(|(id, into)| (*id, *into)).collect(),
            journeys: self.journeys.values().cloned().collect(),
            events: self.events.clone(),
            outbox: self.outbox.values().cloned().collect(),
            handoffs: self.handoffs.values().cloned().collect(),
            decisions: self.decisions.clone(),
        };
        snapshot.sorted()
    }

    fn load(&self, id: ContactId) -> Result<ContactRecord, StoreError> {
        let contact = self.contacts.get(&id).ok_or_else(|| broken(format_args!("there is no contact {}", id.0)))?;
        let journeys = self.journeys.range((id, 0, 0)..=(id, u32::MAX, u32::MAX)).map(|(_, journey)| journey);
        Ok(ContactRecord {
            id,
            frame: contact.frame.clone(),
            texts: contact.texts.clone(),
            next_at: contact.next_at,
            version: contact.version,
            journeys: journeys.filter(|journey| journey.keep).cloned().collect(),
            held: contact.held.clone(),
        })
    }

    /// Looks up what a batch relies on. Returns the next free contact id after it.
    fn check(&self, changes: &Changes) -> Result<u64, StoreError> {
        let next = check_rows(changes, self.texts, self.next_contact)?;
        self.check_contacts(changes)?;
        self.check_messages(changes)?;
        self.check_outbox(changes)?;
        self.check_counters(changes)?;
        Ok(next)
    }

    fn check_contacts(&self, changes: &Changes) -> Result<(), StoreError> {
        let mut new = BTreeSet::new();
        for contact in &changes.contacts {
            if contact.texts.is_some() {
                new.insert(contact.id);
            } else if !new.contains(&contact.id) && !self.contacts.contains_key(&contact.id) {
                return Err(broken(format_args!("contact {} is new and has no texts", contact.id.0)));
            }
        }
        Ok(())
    }

    fn check_messages(&self, changes: &Changes) -> Result<(), StoreError> {
        let mut new = BTreeSet::new();
        for event in &changes.events {
            if self.messages.contains(&event.message) || !new.insert(event.message) {
                return Err(broken(format_args!("an event `{}` arrived twice", event.name)));
            }
        }
        Ok(())
    }

    fn check_outbox(&self, changes: &Changes) -> Result<(), StoreError> {
        let (mut keys, mut ids) = (BTreeSet::new(), BTreeSet::new());
        for row in &changes.outbox {
            if self.outbox_keys.contains(&row.key) || !keys.insert(&row.key) {
                continue;
            }
            if self.outbox.contains_key(&row.id) || !ids.insert(row.id) {
                return Err(broken(format_args!("outbox row {} has two keys", row.id)));
            }
        }
        match changes.settled.iter().find(|row| !self.outbox.contains_key(&row.id) && !ids.contains(&row.id)) {
            Some(row) => Err(broken(format_args!("there is no outbox row {} to settle", row.id))),
            None => Ok(()),
        }
    }

    fn check_counters(&self, changes: &Changes) -> Result<(), StoreError> {
        let mut sums: BTreeMap<&str, i64> = BTreeMap::new();
        for (name, add) in &changes.counters {
            let sum = sums.entry(name).or_insert_with(|| self.counters.get(name).copied().unwrap_or_default());
            *sum = sum.checked_add(*add).ok_or_else(|| broken(format_args!("the total `{name}` is out of range")))?;
        }
        Ok(())
    }

    fn write_contact(&mut self, write: &ContactWrite) {
        let (frame, next_at, version) = (write.frame.clone(), write.next_at, write.version);
        match (&write.texts, self.contacts.get_mut(&write.id)) {
            (Some(texts), _) => {
                let held = self.contacts.remove(&write.id).map(|contact| contact.held).unwrap_or_default();
                self.contacts.insert(write.id, Contact { frame, texts: texts.clone(), next_at, version, held });
            }
            (None, Some(contact)) => (contact.frame, contact.next_at, contact.version) = (frame, next_at, version),
            // Ruled out by `check_contacts`.
            (None, None) => {}
        }
        if let (Some(held), Some(contact)) = (&write.held, self.contacts.get_mut(&write.id)) {
            contact.held.clone_from(held);
        }
    }

    fn write_outbox(&mut self, row: &OutboxRecord) {
        if !self.outbox_keys.insert(row.key.clone()) {
            return;
        }
        if row.state.is_unsettled() {
            self.unsettled.insert(row.id);
        }
        self.outbox.insert(row.id, (row.clone(), String::new()));
    }

    fn settle(&mut self, settlement: &OutboxSettlement) {
        let Some((row, detail)) = self.outbox.get_mut(&settlement.id) else { return };
        (row.state, row.attempts, row.due_at) = (settlement.state, settlement.attempts, settlement.due_at);
        detail.clone_from(&settlement.detail);
        if row.state.is_unsettled() {
            self.unsettled.insert(row.id);
        } else {
            self.unsettled.remove(&row.id);
        }
    }

    /// Whoever was joined into the first is the second too.
    fn join(&mut self, id: ContactId, into: ContactId) {
        self.joined.values_mut().filter(|was| **was == id).for_each(|was| *was = into);
        self.joined.insert(id, into);
    }

    fn write_decision(&mut self, decision: &DecisionRecord) {
        let DecisionRecord { contact, workflow, run, code, step, .. } = *decision;
        // As in SQL, nothing is the same as what is none.
        let is_whole = workflow.is_some() && step.is_some();
        if code.is_recorded_once() && is_whole && !self.told_once.insert((contact, workflow, run, code, step)) {
            return;
        }
        *self.decision_counts.entry((workflow, code, step, decision.reason)).or_default() += 1;
        for arm in decision.arms() {
            *self.decision_counts.entry((workflow, DecisionCode::Ran, Some(arm), 0)).or_default() += 1;
        }
        self.decisions.push(decision.clone());
    }
}

impl Store for MemoryStore {
    fn find_contacts(&mut self, keys: &[String]) -> Result<Vec<Option<ContactId>>, StoreError> {
        let now = |id: &ContactId| self.joined.get(id).copied().unwrap_or(*id);
        Ok(keys.iter().map(|key| self.keys.get(key).map(now)).collect())
    }

    fn load_contacts(&mut self, ids: &[ContactId]) -> Result<Vec<ContactRecord>, StoreError> {
        ids.iter().map(|id| self.load(*id)).collect()
    }

    fn known_messages(&mut self, ids: &[MessageId]) -> Result<Vec<bool>, StoreError> {
        Ok(ids.iter().map(|id| self.messages.contains(id)).collect())
    }

    fn commit(&mut self, changes: &Changes) -> Result<(), StoreError> {
        self.next_contact = self.check(changes)?;
        changes.contacts.iter().for_each(|contact| self.write_contact(contact));
        for (key, id) in &changes.keys {
            match id {
                Some(id) => drop(self.keys.insert(key.clone(), *id)),
                None => drop(self.keys.remove(key)),
            }
        }
        changes.joined.iter().for_each(|(id, into)| self.join(*id, *into));
        for journey in &changes.journeys {
            self.journeys.insert((journey.contact, journey.workflow, journey.run), journey.clone());
        }
        self.messages.extend(changes.events.iter().map(|event| event.message));
        self.events.extend_from_slice(&changes.events);
        changes.outbox.iter().for_each(|row| self.write_outbox(row));
        changes.settled.iter().for_each(|row| self.settle(row));
        for handoff in &changes.handoffs {
            self.handoffs.entry(handoff.key.clone()).or_insert_with(|| handoff.clone());
        }
        changes.decisions.iter().for_each(|decision| self.write_decision(decision));
        self.meta.extend(changes.meta.iter().cloned());
        for (name, add) in &changes.counters {
            *self.counters.entry(name.clone()).or_default() += add;
        }
        Ok(())
    }

    fn due_contacts(&mut self, after: Option<ContactId>) -> Result<Vec<(ContactId, i64)>, StoreError> {
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        let due = self.contacts.range((from, Bound::Unbounded));
        Ok(due.filter_map(|(id, contact)| Some((*id, contact.next_at?))).take(PAGE_ROWS).collect())
    }

    fn contacts_before(&mut self, version: u32, after: Option<ContactId>) -> Result<Vec<ContactId>, StoreError> {
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        let before = self.contacts.range((from, Bound::Unbounded)).filter(|(_, contact)| contact.version < version);
        Ok(before.map(|(id, _)| *id).take(PAGE_ROWS).collect())
    }

    fn live_blocks(&mut self) -> Result<Vec<(u32, u32)>, StoreError> {
        let live = self.journeys.values().filter(|journey| journey.status != JourneyStatus::Ended);
        let blocks: BTreeSet<(u32, u32)> = live.map(|journey| (journey.workflow, journey.block)).collect();
        Ok(blocks.into_iter().collect())
    }

    fn events_after(&mut self, number: u64) -> Result<Vec<(u64, EventRecord)>, StoreError> {
        let now = |id: ContactId| self.joined.get(&id).copied().unwrap_or(id);
        let events = (1_u64..).zip(&self.events).filter(|(at, _)| *at > number).take(PAGE_ROWS);
        Ok(events.map(|(at, event)| (at, EventRecord { contact: now(event.contact), ..event.clone() })).collect())
    }

    fn unsettled(&mut self, after: Option<u64>) -> Result<Vec<OutboxRecord>, StoreError> {
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        let rows = self.unsettled.range((from, Bound::Unbounded)).filter_map(|id| self.outbox.get(id));
        let now = |id: ContactId| self.joined.get(&id).copied().unwrap_or(id);
        Ok(rows.map(|(row, _)| OutboxRecord { contact: now(row.contact), ..row.clone() }).take(PAGE_ROWS).collect())
    }

    fn unsettled_count(&mut self) -> Result<u64, StoreError> {
        Ok(self.unsettled.len() as u64)
    }

    fn meta(&mut self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.meta.get(name).cloned())
    }

    fn counters(&mut self) -> Result<Vec<(String, i64)>, StoreError> {
        Ok(self.counters.iter().map(|(name, total)| (name.clone(), *total)).collect())
    }

    fn decision_counts(&mut self) -> Result<Vec<DecisionCount>, StoreError> {
        let counts = self.decision_counts.iter();
        Ok(counts
            .map(|(&(workflow, code, step, reason), &count)| DecisionCount { workflow, code, step, reason, count })
            .collect())
    }

    fn position_counts(&mut self) -> Result<Vec<PositionCount>, StoreError> {
        let mut counts: BTreeMap<(u32, u32, JourneyStatus), u64> = BTreeMap::new();
        for journey in self.journeys.values().filter(|journey| journey.status != JourneyStatus::Ended) {
            *counts.entry((journey.workflow, journey.step, journey.status)).or_default() += 1;
        }
        let counts = counts.into_iter();
        Ok(counts.map(|((workflow, step, status), count)| PositionCount { workflow, step, status, count }).collect())
    }

    fn handoff_counts(&mut self) -> Result<Vec<HandoffCount>, StoreError> {
        let mut counts: BTreeMap<(u32, &str, &str), u64> = BTreeMap::new();
        for handoff in self.handoffs.values() {
            *counts.entry((handoff.workflow, &handoff.team, &handoff.member)).or_default() += 1;
        }
        let counts = counts.into_iter();
        let named = |((workflow, team, member), count): ((u32, &str, &str), u64)| HandoffCount {
            workflow,
            team: team.to_owned(),
            member: member.to_owned(),
            count,
        };
        Ok(counts.map(named).collect())
    }

    fn next_contact(&mut self) -> Result<ContactId, StoreError> {
        Ok(ContactId(self.next_contact))
    }
}
