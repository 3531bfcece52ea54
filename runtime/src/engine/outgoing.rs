//! Outbox rows on their way: those that leave after the next commit, and those that wait for another attempt.
//!
//! A contact with a mail that has not left yet is not touched again before it has: what becomes of the mail (a bounce) belongs
//! between this item and the contact's next one, wherever the border of a batch falls.

use super::batch::Queued;
use super::error::EngineError;
use crate::store::{ContactId, OutboxKind, OutboxRecord};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Debug, Default)]
pub(super) struct Outgoing {
    /// Rows that leave after the next commit.
    ripe: BTreeMap<u64, Ripe>,
    ripe_mails: BTreeSet<u64>,
    /// How many rows have ripened.
    order: u64,
    /// How many ripe rows a contact has.
    contacts: BTreeMap<ContactId, usize>,
    /// Rows for a later attempt, by (due, id).
    waiting: BTreeMap<(i64, u64), ContactId>,
}

impl Outgoing {
    /// A row that a handled item has queued.
    pub(super) fn ripen(&mut self, row: Queued) {
        self.waiting.remove(&(row.due_at, row.id));
        self.order += 1;
        let ripe = Ripe { contact: row.contact, order: self.order };
        if self.ripe.insert(row.id, ripe).is_none() {
            *self.contacts.entry(row.contact).or_default() += 1;
        }
        if row.is_mail {
            self.ripe_mails.insert(row.id);
        }
    }

    /// A row that is tried at a later instant.
    pub(super) fn wait(&mut self, due_at: i64, id: u64, contact: ContactId) {
        self.waiting.insert((due_at, id), contact);
    }

    /// A row that has an answer.
    pub(super) fn answered(&mut self, row: &OutboxRecord) {
        self.ripe_mails.remove(&row.id);
        let Some(Ripe { contact, .. }) = self.ripe.remove(&row.id) else { return };
        if let Some(count) = self.contacts.get_mut(&contact) {
            *count -= 1;
            if *count == 0 {
                self.contacts.remove(&contact);
            }
        }
    }

    /// A row's place in the order of the items behind the ripe ones; none where it is not ripe.
    pub(super) fn order_of(&self, id: u64) -> Option<u64> {
        self.ripe.get(&id).map(|ripe| ripe.order)
    }

    /// The number of the last row that is to leave.
    pub(super) fn last_ripe(&self) -> Option<u64> {
        self.ripe.last_key_value().map(|(id, _)| *id)
    }

    /// After a delivery: nothing up to this row may be left, or the engine would wait for it for ever.
    pub(super) fn check_gone(&self, last: Option<u64>) -> Result<(), EngineError> {
        let first = self.ripe.first_key_value().map(|(id, _)| *id);
        match (first, last) {
            (Some(first), Some(last)) if first <= last => {
                Err(EngineError::Fault { problem: format!("outbox row {first} is not in the store's queue") })
            }
            _ => Ok(()),
        }
    }

    pub(super) fn has_ripe(&self) -> bool {
        !self.ripe.is_empty()
    }

    pub(super) fn has_ripe_mail(&self) -> bool {
        !self.ripe_mails.is_empty()
    }

    pub(super) fn concerns(&self, contact: ContactId) -> bool {
        self.contacts.contains_key(&contact)
    }

    /// The next attempt at a row.
    pub(super) fn next_attempt(&self) -> Option<Queued> {
        let ((due_at, id), contact) = self.waiting.first_key_value()?;
        Some(Queued { due_at: *due_at, id: *id, contact: *contact, is_mail: true })
    }

    /// How many rows the store has due by then that are not to leave yet.
    pub(super) fn unripe_until(&self, now: i64) -> usize {
        self.waiting.range(..=(now, u64::MAX)).count()
    }
}

/// A row that leaves after the next commit.
#[derive(Debug)]
struct Ripe {
    contact: ContactId,
    order: u64,
}

/// A row as it stands in the queue.
pub(super) fn queued(row: &OutboxRecord) -> Queued {
    Queued { due_at: row.due_at, id: row.id, contact: row.contact, is_mail: row.kind == OutboxKind::Mail }
}
