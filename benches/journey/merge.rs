//! The best batches: what the engine committed, in as few transactions as the limit of a batch allows, each row written once in it.
//!
//! *Same batches* inherits the engine's own mistakes: where it commits too often, so does its floor. This one does not.

use crate::recording::Work;
use flow_runtime::engine::BATCH_ITEMS;
use flow_runtime::store::*;
use std::collections::BTreeMap;

/// The batches joined until each has as many events and wakes as a batch may have. Nothing is read: state could be in memory.
pub(crate) fn best_batches(work: &[Work]) -> Vec<Work> {
    let mut best: Vec<Work> = Vec::new();
    let mut batch = Best::default();
    for written in work.iter().filter_map(Work::batch) {
        batch.add(written);
        if batch.items >= BATCH_ITEMS {
            best.extend(std::mem::take(&mut batch).into_work());
        }
    }
    best.extend(batch.into_work());
    best
}

/// The last of each row.
#[derive(Default)]
struct Best {
    items: usize,
    /// Where the slot stands after the last of them.
    end: Option<(Slot, SlotState)>,
    contacts: BTreeMap<ContactId, ContactWrite>,
    keys: BTreeMap<String, Option<ContactId>>,
    ended: BTreeMap<(ContactId, u32, u32), JourneyRecord>,
    outbox: BTreeMap<u64, OutboxRecord>,
    settled: BTreeMap<u64, OutboxSettlement>,
    reads: BTreeMap<String, Vec<u8>>,
    actors: BTreeMap<Actor, Vec<u8>>,
    totals: BTreeMap<Total, i64>,
    rest: Changes,
}

impl Best {
    fn add(&mut self, SlotBatch { slot, state, changes }: &SlotBatch) {
        let wakes = changes.decisions.iter().filter(|decision| decision.code == DecisionCode::Stepped).count();
        self.items += changes.events.len() + wakes;
        self.end = Some((*slot, *state));
        for write in changes.contacts.whole() {
            let texts = self.contacts.remove(&write.id).and_then(|before| before.texts);
            let texts = write.texts.clone().or(texts);
            self.contacts.insert(write.id, ContactWrite { texts, ..write });
        }
        self.keys.extend(changes.keys.iter().cloned());
        self.ended.extend(changes.ended.iter().map(|row| ((row.contact, row.workflow, row.run), row.clone())));
        self.outbox.extend(changes.outbox.iter().map(|row| (row.id, row.clone())));
        self.settled.extend(changes.settled.iter().map(|row| (row.id, row.clone())));
        self.reads.extend(changes.reads.iter().cloned());
        self.actors.extend(changes.actors.iter().cloned());
        for (total, more) in &changes.totals {
            *self.totals.entry(total.clone()).or_default() += more;
        }
        self.rest.joined.extend_from_slice(&changes.joined);
        self.rest.events.extend_from_slice(&changes.events);
        self.rest.handoffs.extend_from_slice(&changes.handoffs);
        self.rest.decisions.extend_from_slice(&changes.decisions);
        self.rest.stages.extend_from_slice(&changes.stages);
        self.rest.scores.extend_from_slice(&changes.scores);
    }

    fn into_work(mut self) -> Option<Work> {
        let (slot, state) = self.end?;
        // A row that is settled in the batch that queues it is written as it ends.
        for (id, row) in &mut self.outbox {
            if let Some(settled) = self.settled.remove(id) {
                (row.state, row.attempts, row.due_at) = (settled.state, settled.attempts, settled.due_at);
            }
        }
        let changes = Changes {
            contacts: self.contacts.into_values().collect(),
            keys: self.keys.into_iter().collect(),
            ended: self.ended.into_values().collect(),
            outbox: self.outbox.into_values().collect(),
            settled: self.settled.into_values().collect(),
            reads: self.reads.into_iter().collect(),
            actors: self.actors.into_iter().collect(),
            totals: self.totals.into_iter().collect(),
            ..self.rest
        };
        Some(Work::commit(SlotBatch { slot, state, changes }))
    }
}
