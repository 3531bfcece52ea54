//! Batches that were handed over and may not be durable yet. Whoever asks is answered as if they were.

use crate::store::written::Written;
use crate::store::{
    Batch, ContactId, ContactRecord, ContactWrite, EventRecord, MessageKey, OutboxRecord, OutboxSettlement,
    OutboxState, Ticket,
};
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// A batch on its way into the file. What answers a kind of question is made when that is first asked.
#[derive(Debug)]
pub(super) struct Begun {
    pub(super) ticket: Ticket,
    batch: Arc<Batch>,
    names: Option<Names>,
    contacts: Option<FxHashMap<ContactId, Stands>>,
    records: Option<Logs>,
    /// What is written about each outbox row, in order.
    rows: Option<BTreeMap<u64, Vec<Place>>>,
}

/// Which slot of the batch, which row of it.
type Stands = (usize, usize);

/// Where something about an outbox row stands: which slot, which row.
#[derive(Debug, Clone, Copy)]
enum Place {
    Given(usize, usize),
    Settled(usize, usize),
}

/// Whose keys are, and which messages are known.
#[derive(Debug, Default)]
struct Names {
    keys: HashMap<String, Option<ContactId>>,
    messages: FxHashSet<MessageKey>,
}

/// What is added to the log.
#[derive(Debug, Default)]
struct Logs {
    events: FxHashMap<u64, Stands>,
    /// Of each decision, the record before it.
    decisions: FxHashMap<u64, u64>,
}

/// A record of the log, on the way from one to the one before it.
pub(super) enum Logged {
    Event(EventRecord),
    /// With the number of the one before it.
    Decision(u64),
}

impl Begun {
    pub(super) fn new(ticket: Ticket, batch: Arc<Batch>) -> Begun {
        Begun { ticket, batch, names: None, contacts: None, records: None, rows: None }
    }

    fn names(&mut self) -> &Names {
        let batch = &self.batch;
        self.names.get_or_insert_with(|| {
            let mut names = Names::default();
            for changes in batch.slots.iter().map(|slot| &slot.changes) {
                names.keys.extend(changes.keys.iter().cloned());
                names.messages.extend(changes.events.iter().map(|event| event.message));
            }
            names
        })
    }

    /// Where the last write of each contact stands.
    fn contacts(&mut self) -> &FxHashMap<ContactId, Stands> {
        let batch = &self.batch;
        self.contacts.get_or_insert_with(|| {
            let mut contacts = FxHashMap::default();
            for (place, slot) in batch.slots.iter().enumerate() {
                let written = slot.changes.contacts.ids().enumerate();
                contacts.extend(written.map(|(row, id)| (id, (place, row))));
            }
            contacts
        })
    }

    fn records(&mut self) -> &Logs {
        let batch = &self.batch;
        self.records.get_or_insert_with(|| {
            let mut written = Logs::default();
            for (place, slot) in batch.slots.iter().enumerate() {
                let events = slot.changes.events.iter().enumerate();
                written.events.extend(events.map(|(row, event)| (event.id, (place, row))));
                written.decisions.extend(slot.changes.decisions.iter().map(|row| (row.id, row.previous)));
            }
            written
        })
    }

    fn rows(&mut self) -> &BTreeMap<u64, Vec<Place>> {
        let batch = &self.batch;
        self.rows.get_or_insert_with(|| {
            let mut rows: BTreeMap<u64, Vec<Place>> = BTreeMap::new();
            for (slot, written) in batch.slots.iter().enumerate() {
                for (place, row) in written.changes.outbox.iter().enumerate() {
                    rows.entry(row.id).or_default().push(Place::Given(slot, place));
                }
                for (place, row) in written.changes.settled.iter().enumerate() {
                    rows.entry(row.id).or_default().push(Place::Settled(slot, place));
                }
            }
            rows
        })
    }

    fn given(&self, slot: usize, place: usize) -> Option<&OutboxRecord> {
        self.batch.slots.get(slot)?.changes.outbox.get(place)
    }

    fn settled(&self, slot: usize, place: usize) -> Option<&OutboxSettlement> {
        self.batch.slots.get(slot)?.changes.settled.get(place)
    }

    /// The outbox rows that it gives or settles, each with the state that it leaves them in.
    fn row_states(&mut self) -> Vec<(u64, OutboxState)> {
        let last: Vec<(u64, Place)> = self.rows().iter().filter_map(|(id, all)| Some((*id, *all.last()?))).collect();
        let state = |place| match place {
            Place::Given(slot, place) => self.given(slot, place).map(|row| row.state),
            Place::Settled(slot, place) => self.settled(slot, place).map(|row| row.state),
        };
        last.into_iter().filter_map(|(id, place)| Some((id, state(place)?))).collect()
    }

    /// What it makes of an outbox row.
    fn row(&mut self, id: u64, before: Option<OutboxRecord>) -> Option<OutboxRecord> {
        let places = self.rows().get(&id).cloned().unwrap_or_default();
        let mut row = before;
        for place in places {
            match place {
                Place::Given(slot, place) => row = self.given(slot, place).cloned(),
                Place::Settled(slot, place) => {
                    if let (Some(row), Some(settled)) = (&mut row, self.settled(slot, place)) {
                        row.settle(settled);
                    }
                }
            }
        }
        row
    }

    /// To whom an outbox row is by then, if it was to `before`.
    pub(super) fn recipient(&mut self, id: u64, before: Option<String>) -> Option<String> {
        let places = self.rows().get(&id).cloned().unwrap_or_default();
        places.into_iter().fold(before, |to, place| match place {
            Place::Given(slot, place) => self.given(slot, place).map(|row| row.recipient.clone()),
            Place::Settled(slot, place) => self.settled(slot, place).and_then(|row| row.recipient.clone()).or(to),
        })
    }

    fn gives(&mut self, id: u64) -> bool {
        self.rows().get(&id).is_some_and(|places| matches!(places.first(), Some(Place::Given(..))))
    }

    /// Who somebody is by then.
    fn now(&self, id: ContactId) -> ContactId {
        let joined = self.batch.slots.iter().flat_map(|slot| &slot.changes.joined);
        joined.fold(id, |now, (id, into)| if now == *id { *into } else { now })
    }

    /// Whose a key is by then, if whoever was before it says `owner`.
    pub(super) fn owner(&mut self, key: &str, owner: Option<ContactId>) -> Option<ContactId> {
        let owner = self.names().keys.get(key).copied().unwrap_or(owner);
        owner.map(|owner| self.now(owner))
    }

    pub(super) fn knows(&mut self, message: &MessageKey) -> bool {
        self.names().messages.contains(message)
    }

    fn record(&mut self, number: u64) -> Option<Logged> {
        if let Some(previous) = self.records().decisions.get(&number) {
            return Some(Logged::Decision(*previous));
        }
        let (slot, row) = *self.records().events.get(&number)?;
        self.batch.slots.get(slot)?.changes.events.get(row).cloned().map(Logged::Event)
    }

    pub(super) fn contact(&mut self, id: ContactId) -> Option<Written<'_>> {
        let (slot, row) = *self.contacts().get(&id)?;
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
        newest = newest.or_else(|| write.whole());
        texts = texts.or_else(|| write.texts.cloned());
    }
    let Some(ContactWrite { layout, frame, next_at, newest, kept, held, said_at, .. }) = newest else {
        return in_file();
    };
    let texts = match texts {
        Some(texts) => texts,
        None => match in_file()? {
            Some(record) => record.texts,
            None => return Ok(None),
        },
    };
    Ok(Some(ContactRecord { id, frame, texts, next_at, layout, newest, kept, held, said_at }))
}

/// An outbox row that is still to leave, as these batches leave it, about whom it is by then.
pub(super) fn overlaid_row<E>(
    begun: &mut [Begun],
    id: u64,
    in_file: impl FnOnce() -> Result<Option<OutboxRecord>, E>,
) -> Result<Option<OutboxRecord>, E> {
    let is_new = begun.iter_mut().any(|batch| batch.gives(id));
    let in_file = if is_new { None } else { in_file()? };
    let row = begun.iter_mut().fold(in_file, |row, batch| batch.row(id, row));
    Ok(row.filter(|row| row.state.is_unsettled()).map(|row| of_now(begun, row)))
}

/// The same row, about whom it is once these batches are written.
pub(super) fn of_now(begun: &[Begun], row: OutboxRecord) -> OutboxRecord {
    OutboxRecord { contact: begun.iter().fold(row.contact, |contact, batch| batch.now(contact)), ..row }
}

/// The outbox rows that these batches give or settle, and which of them wait for their instant behind them.
pub(super) fn changed_rows(begun: &mut [Begun]) -> (BTreeSet<u64>, BTreeSet<u64>) {
    let states: BTreeMap<u64, OutboxState> = begun.iter_mut().flat_map(Begun::row_states).collect();
    let queued = states.iter().filter(|(_, state)| **state == OutboxState::Queued).map(|(id, _)| *id).collect();
    (states.into_keys().collect(), queued)
}
