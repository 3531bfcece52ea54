//! What memory holds in place of the tables: whoever asks is answered by it, and the tables follow.

use super::fault::Trouble;
use super::tail::over::{self, Overlay, Unread};
use super::writer::END_SLICE;
use super::{SqliteStore, Standing, append_slot, contacts, events, no_contact, of_outbox, write_batch};
use crate::store::check::broken;
use crate::store::resident::{Knows, Resident, Written};
use crate::store::{
    Answers, Batch, ContactId, ContactRecord, MessageKey, PAGE_ROWS, Questions, Slot, SlotBatch, SlotSink, StoreError,
    Ticket,
};
use rusqlite::Connection;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

impl SqliteStore {
    /// Reads everybody in, unless they are there as the file has them.
    pub(super) fn read_in(&mut self, slot: Slot) -> Result<(), StoreError> {
        if self.resident.is_none() || self.standing == Standing::Read {
            return Ok(());
        }
        // What is there goes first: two of everybody may be more than memory holds.
        let mut resident = Resident::new(slot);
        self.resident = Some(Resident::new(slot));
        self.standing = Standing::Unread;
        self.read(|connection, _| {
            over::lay(connection, Overlay::Unknown, Unread::Refused)?;
            let read = contacts::read_in(connection, slot, &mut resident)
                .and_then(|()| contacts::read_keys_in(connection, &mut resident))
                .and_then(|()| events::read_new_in(connection, &mut resident));
            read.and(over::take_away(connection))
        })?;
        (self.resident, self.standing) = (Some(resident), Standing::Read);
        Ok(())
    }

    /// Whoever made the batch has asked about its messages before, and so their days are known. Where they have not, they are asked about now.
    fn ask_about_days(&mut self, batch: &Batch) -> Result<(), StoreError> {
        let Some(mut resident) = self.resident.take() else { return Ok(()) };
        let events = batch.slots.iter().flat_map(|slot| &slot.changes.events);
        let asked = events.map(|event| event.message).filter(|message| resident.knows(message) == Knows::Day);
        let unknown: Vec<MessageKey> = asked.collect();
        let learnt = match unknown.is_empty() {
            true => Ok(()),
            false => self.read(|connection, _| known_in(&mut resident, connection, &unknown).map(drop)),
        };
        self.resident = Some(resident);
        learnt
    }

    /// Hands a batch to the thread that writes, and takes it into memory.
    pub(super) fn hand_over(&mut self, batch: &Arc<Batch>) -> Result<Ticket, StoreError> {
        self.ask_about_days(batch)?;
        let to_write = Arc::clone(batch);
        let Some(resident) = &mut self.resident else {
            let ticket = self.writer.begin(batch.slots.len(), move |connection, _| write_batch(connection, &to_write));
            return ticket.map_err(|trouble| trouble.at(&self.path, "write to"));
        };
        let written = take_in(resident, batch).map_err(|(what, is_half)| {
            if is_half {
                self.standing = Standing::Ahead;
            }
            StoreError { path: Some(self.path.clone()), ..broken(what) }
        })?;
        let contacts = resident.count();
        let ticket = self.writer.begin(batch.slots.len(), move |connection, tail| {
            let each = to_write.slots.iter().zip(&written);
            each.into_iter().try_for_each(|(slot, written)| append_slot(connection, tail, slot, (written, contacts)))
        });
        if ticket.is_err() {
            self.standing = Standing::Ahead;
        }
        ticket.map_err(|trouble| trouble.at(&self.path, "write to"))
    }

    /// Answers by memory; the file is asked for what that does not hold, and else not even opened to read.
    pub(super) fn ask_memory(&mut self, resident: &mut Resident, questions: &Questions) -> Result<Answers, StoreError> {
        let Questions { keys, messages, contacts, rows, recipients, queued, events } = questions;
        resident.messages_kept(self.known_to.load(Ordering::Acquire));
        let owners = keys.iter().map(|key| resident.owner(key)).collect();
        let whole = |id: &ContactId| contact_of(resident, *id);
        let contacts = contacts.iter().map(whole).collect::<Result<_, _>>();
        let contacts = self.noted(contacts, "read")?;
        let is_of_outbox = !rows.is_empty() || !recipients.is_empty() || queued.is_some();
        let asks_file = |message| matches!(resident.knows(message), Knows::Day | Knows::Message);
        if !is_of_outbox && events.is_empty() && !messages.iter().any(asks_file) {
            let known = messages.iter().map(|message| resident.knows(message) == Knows::Yes).collect();
            return Ok(Answers { owners, contacts, known, ..Answers::default() });
        }
        self.read(|connection, begun| {
            let done = |(id, after): &(ContactId, u64)| {
                super::events::of_contacts(connection, begun, &newest_in(resident, *id), *after)
            };
            let events = events.iter().map(done).collect::<Result<_, _>>()?;
            let known = known_in(resident, connection, messages)?;
            Ok(Answers { owners, contacts, events, known, ..of_outbox(connection, begun, questions)? })
        })
    }

    /// Brings the tables up to the last batch that was handed over, and waits for it.
    pub fn catch_up(&mut self) -> Result<(), StoreError> {
        loop {
            let is_behind = Arc::new(AtomicBool::new(false));
            let told = Arc::clone(&is_behind);
            let caught_up = self.writer.run(move |connection, tail| {
                let done = tail.catch_up(connection, END_SLICE);
                told.store(tail.is_behind(), Ordering::Release);
                done
            });
            self.noted(caught_up, "write to")?;
            if !is_behind.load(Ordering::Acquire) {
                return Ok(());
            }
        }
    }

    /// Bytes of memory that everybody takes; none where every row is written with its batch.
    pub fn memory(&self) -> Option<usize> {
        self.resident.as_ref().map(Resident::memory)
    }
}

/// A batch as memory has it from now on. Where the engine must never make it, nothing of it is taken in, or half of it, as is told.
fn take_in(resident: &mut Resident, batch: &Batch) -> Result<Vec<Written>, (String, bool)> {
    let mut all = Vec::new();
    for SlotBatch { changes, .. } in &batch.slots {
        let written = Written::pack(&changes.contacts, resident);
        all.push(written.map_err(|id| (format!("contact {} is new and has no texts", id.0), false))?);
        if let Some(event) = resident.arrived_before(&changes.events) {
            return Err((format!("an event `{}` arrived twice", event.name), false));
        }
    }
    for (SlotBatch { changes, .. }, written) in batch.slots.iter().zip(&all) {
        for (id, person, packed) in written.people(&changes.contacts) {
            if !resident.put(id, packed, Written::texts(person, &changes.contacts)) {
                return Err((format!("contact {} has a number beyond those that memory holds", id.0), true));
            }
        }
        resident.take_in(changes);
    }
    Ok(all)
}

fn contact_of(resident: &mut Resident, id: ContactId) -> Result<ContactRecord, Trouble> {
    let damaged = |_| Trouble::Damaged(format!("contact {} holds what Flow never writes", id.0));
    resident.contact(id).ok_or_else(|| no_contact(id))?.map_err(damaged)
}

/// All who are a contact by now, each with the newest of their records in the log.
fn newest_in(resident: &Resident, id: ContactId) -> Vec<(ContactId, u64)> {
    resident.all_who_are(id).into_iter().map(|id| (id, resident.newest(id))).collect()
}

/// Which messages have arrived; a day that memory does not know is read once.
fn known_in(resident: &mut Resident, connection: &Connection, messages: &[MessageKey]) -> Result<Vec<bool>, Trouble> {
    let mut known = Vec::with_capacity(messages.len());
    for message in messages {
        if resident.knows(message) == Knows::Day {
            let of_day = events::of_day(connection, message.day, Resident::MESSAGES_OF_A_DAY)?;
            resident.learn_day(message.day, of_day);
        }
        known.push(match resident.knows(message) {
            Knows::Yes => true,
            Knows::No => false,
            Knows::Day | Knows::Message => events::known(connection, std::slice::from_ref(message))?.contains(&true),
        });
    }
    Ok(known)
}

/// Tells who is due, in pages.
pub(super) fn hand_over_due(resident: &Resident, layout: u32, sink: &mut dyn SlotSink) {
    let mut page = Vec::with_capacity(PAGE_ROWS);
    for due in resident.due(layout) {
        page.push(due);
        if page.len() == PAGE_ROWS {
            sink.contacts(&page);
            page.clear();
        }
    }
    if !page.is_empty() {
        sink.contacts(&page);
    }
}
