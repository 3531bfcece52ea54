//! Batches that were handed over and may not be durable yet. Whoever asks is answered as if they were.

use crate::store::{Batch, ContactId, ContactRecord, ContactWrite, EventRecord, MessageKey, Ticket};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// A batch on its way into the file.
#[derive(Debug)]
pub(super) struct Begun {
    pub(super) ticket: Ticket,
    batch: Arc<Batch>,
    /// Made when something is first asked.
    index: Option<Index>,
}

/// What of the batch answers questions.
#[derive(Debug, Default)]
struct Index {
    keys: HashMap<String, Option<ContactId>>,
    messages: HashSet<MessageKey>,
    /// Where the last write of a contact stands: which slot, which row.
    contacts: HashMap<ContactId, (usize, usize)>,
    /// Where each event of the log stands.
    events: HashMap<u64, (usize, usize)>,
    /// Of each decision, the record before it.
    decisions: HashMap<u64, u64>,
}

/// A record of the log, on the way from one to the one before it.
pub(super) enum Logged {
    Event(EventRecord),
    /// With the number of the one before it.
    Decision(u64),
}

impl Begun {
    pub(super) fn new(ticket: Ticket, batch: Arc<Batch>) -> Begun {
        Begun { ticket, batch, index: None }
    }

    fn index(&mut self) -> &Index {
        let batch = &self.batch;
        self.index.get_or_insert_with(|| {
            let mut index = Index::default();
            for (place, slot) in batch.slots.iter().enumerate() {
                let changes = &slot.changes;
                index.keys.extend(changes.keys.iter().cloned());
                index.messages.extend(changes.events.iter().map(|event| event.message));
                let contacts = changes.contacts.iter().enumerate();
                index.contacts.extend(contacts.map(|(row, contact)| (contact.id, (place, row))));
                let events = changes.events.iter().enumerate();
                index.events.extend(events.map(|(row, event)| (event.id, (place, row))));
                index.decisions.extend(changes.decisions.iter().map(|row| (row.id, row.previous)));
            }
            index
        })
    }

    /// Whose a key is by then, if whoever was before it says `owner`.
    pub(super) fn owner(&mut self, key: &str, owner: Option<ContactId>) -> Option<ContactId> {
        let owner = self.index().keys.get(key).copied().unwrap_or(owner);
        let joined = self.batch.slots.iter().flat_map(|slot| &slot.changes.joined);
        joined.fold(owner, |owner, (id, into)| if owner == Some(*id) { Some(*into) } else { owner })
    }

    pub(super) fn knows(&mut self, message: &MessageKey) -> bool {
        self.index().messages.contains(message)
    }

    fn record(&mut self, number: u64) -> Option<Logged> {
        if let Some(previous) = self.index().decisions.get(&number) {
            return Some(Logged::Decision(*previous));
        }
        let (slot, row) = *self.index().events.get(&number)?;
        self.batch.slots.get(slot)?.changes.events.get(row).cloned().map(Logged::Event)
    }

    pub(super) fn contact(&mut self, id: ContactId) -> Option<&ContactWrite> {
        let (slot, row) = *self.index().contacts.get(&id)?;
        self.batch.slots.get(slot)?.changes.contacts.get(row)
    }
}

/// What of these batches tells of a record of the log.
pub(super) fn logged(begun: &mut [Begun], number: u64) -> Option<Logged> {
    begun.iter_mut().rev().find_map(|batch| batch.record(number))
}

/// Whoever was joined into one of these contacts in these batches, before they were joined in turn.
pub(super) fn joined_into(begun: &[Begun], into: ContactId) -> impl Iterator<Item = ContactId> {
    let joined = begun.iter().flat_map(|begun| &begun.batch.slots).flat_map(|slot| &slot.changes.joined);
    joined.filter(move |(_, other)| *other == into).map(|(id, _)| *id)
}

/// A contact as the last of these batches leaves them, with what only an earlier one or the file knows.
pub(super) fn overlaid<E>(
    begun: &mut [Begun],
    id: ContactId,
    in_file: impl FnOnce() -> Result<Option<ContactRecord>, E>,
) -> Result<Option<ContactRecord>, E> {
    let (mut newest, mut texts) = (None, None);
    for batch in begun.iter_mut().rev() {
        let Some(write) = batch.contact(id) else { continue };
        newest = newest.or_else(|| Some(write.clone()));
        texts = texts.or_else(|| write.texts.clone());
    }
    let Some(ContactWrite { layout, frame, next_at, newest, kept, held, .. }) = newest else { return in_file() };
    let texts = match texts {
        Some(texts) => texts,
        None => match in_file()? {
            Some(record) => record.texts,
            None => return Ok(None),
        },
    };
    Ok(Some(ContactRecord { id, frame, texts, next_at, layout, newest, kept, held }))
}
