//! The best batches: what the engine committed, in as few transactions as the limit of a batch allows, each row written once in it.
//!
//! *Same batches* inherits the engine's own mistakes: where it commits too often, so does its floor. This one does not.

use crate::recording::Work;
use flow_runtime::engine::BATCH_ITEMS;
use flow_runtime::store::*;
use std::collections::BTreeMap;

/// The batches joined until each has as many events and wakes as a batch may have. Nothing is read: state could be in memory.
pub(crate) fn best_batches(work: &[Work]) -> Vec<Work> {
    let mut best = Vec::new();
    let mut batch = Batch::default();
    for changes in work.iter().filter_map(Work::changes) {
        batch.add(changes);
        if batch.items >= BATCH_ITEMS {
            best.push(std::mem::take(&mut batch).into_work());
        }
    }
    best.push(batch.into_work());
    best
}

/// The last of each row.
#[derive(Default)]
struct Batch {
    items: usize,
    contacts: BTreeMap<ContactId, ContactWrite>,
    keys: BTreeMap<String, Option<ContactId>>,
    journeys: BTreeMap<(ContactId, u32, u32), JourneyRecord>,
    outbox: BTreeMap<u64, OutboxRecord>,
    settled: BTreeMap<u64, OutboxSettlement>,
    meta: BTreeMap<String, Vec<u8>>,
    counters: BTreeMap<String, i64>,
    rest: Changes,
}

impl Batch {
    fn add(&mut self, changes: &Changes) {
        let wakes = changes.decisions.iter().filter(|decision| decision.code == DecisionCode::Stepped).count();
        self.items += changes.events.len() + wakes;
        for write in &changes.contacts {
            let texts = self.contacts.remove(&write.id).and_then(|before| before.texts);
            let texts = write.texts.clone().or(texts);
            self.contacts.insert(write.id, ContactWrite { texts, ..write.clone() });
        }
        self.keys.extend(changes.keys.iter().cloned());
        self.journeys.extend(changes.journeys.iter().map(|row| ((row.contact, row.workflow, row.run), row.clone())));
        self.outbox.extend(changes.outbox.iter().map(|row| (row.id, row.clone())));
        self.settled.extend(changes.settled.iter().map(|row| (row.id, row.clone())));
        self.meta.extend(changes.meta.iter().cloned());
        for (name, more) in &changes.counters {
            *self.counters.entry(name.clone()).or_default() += more;
        }
        self.rest.joined.extend_from_slice(&changes.joined);
        self.rest.events.extend_from_slice(&changes.events);
        self.rest.handoffs.extend_from_slice(&changes.handoffs);
        self.rest.decisions.extend_from_slice(&changes.decisions);
    }

    fn into_work(mut self) -> Work {
        // A row that is settled in the batch that queues it is written as it ends.
        for (id, row) in &mut self.outbox {
            if let Some(settled) = self.settled.remove(id) {
                (row.state, row.attempts, row.due_at) = (settled.state, settled.attempts, settled.due_at);
            }
        }
        Work::Commit(Box::new(Changes {
            contacts: self.contacts.into_values().collect(),
            keys: self.keys.into_iter().collect(),
            journeys: self.journeys.into_values().collect(),
            outbox: self.outbox.into_values().collect(),
            settled: self.settled.into_values().collect(),
            meta: self.meta.into_iter().collect(),
            counters: self.counters.into_iter().collect(),
            ..self.rest
        }))
    }
}
