//! What memory holds in place of the tables: whoever asks is answered by it, and the tables follow.

use super::fault::Trouble;
use super::open::BUSY_TIMEOUT_MS;
use super::tail::over::{self, Overlay, Unread};
use super::writer::END_SLICE;
use super::{SqliteStore, Standing, append_slot, contacts, events, no_contact, of_outbox, transact, write_batch};
use crate::store::check::broken;
use crate::store::resident::{Knows, Resident, Writes};
use crate::store::stored::{Damaged, StoredContact};
use crate::store::{
    Answers, Batch, ContactId, ContactRecord, MessageKey, PAGE_ROWS, Questions, Slot, SlotBatch, SlotSink, StoreError,
    Ticket,
};
use rusqlite::{Connection, OpenFlags, TransactionBehavior};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

impl SqliteStore {
    /// Reads everybody in, unless they are there as the file has them.
    pub(super) fn read_in(&mut self, slot: Slot) -> Result<(), StoreError> {
        if self.resident.is_none() || self.standing == Standing::Read {
            return Ok(());
        }
        // What is there goes first: two of everybody may be more than memory holds.
        let mut resident = Resident::new(slot, Arc::clone(&self.blank));
        self.resident = Some(Resident::new(slot, Arc::clone(&self.blank)));
        self.standing = Standing::Unread;
        let beside = Beside::open(&self.path).ok();
        self.read(|connection, _| {
            over::lay(connection, Overlay::Unknown, Unread::Refused)?;
            let read = read_everybody(connection, beside, slot, &mut resident)
                .and_then(|()| events::read_new_in(connection, &mut resident));
            read.and(over::take_away(connection))
        })?;
        (self.resident, self.standing) = (Some(resident), Standing::Read);
        Ok(())
    }

    /// Whoever made the batch has asked about its messages before, and so the answers are there. Where they have not, they are asked about now.
    fn ask_about_messages(&mut self, batch: &Batch) -> Result<(), StoreError> {
        let Some(mut resident) = self.resident.take() else { return Ok(()) };
        let events = batch.slots.iter().flat_map(|slot| &slot.changes.events);
        let asked = events.map(|event| event.message).filter(|message| resident.knows(message) == Knows::Ask);
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
        self.ask_about_messages(batch)?;
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
        resident.messages_kept(self.told.known_to());
        let owners = keys.iter().map(|key| resident.owner(key)).collect();
        let whole = |id: &ContactId| contact_of(resident, *id);
        let contacts = contacts.iter().map(whole).collect::<Result<_, _>>();
        let contacts = self.noted(contacts, "read")?;
        let is_of_outbox = !rows.is_empty() || !recipients.is_empty() || queued.is_some();
        let asks_file = messages.iter().any(|message| resident.knows(message) == Knows::Ask);
        if !is_of_outbox && events.is_empty() && !asks_file {
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

    /// How much memory it takes; none where every row is written with its batch.
    pub fn memory(&self) -> Option<MemoryUse> {
        let people = self.resident.as_ref().map(Resident::memory)?;
        Some(MemoryUse { people, tail: self.told.memory() })
    }
}

/// Bytes of memory that a store takes, beside the pages of its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MemoryUse {
    /// Everybody, with their keys, and the messages that are known.
    pub people: usize,
    /// What the tables have not taken over, as of the last batch that was written: none once they have caught up.
    pub tail: usize,
}

/// A second connection, which reads keys on a thread of its own while the first reads people.
struct Beside {
    connection: Connection,
    /// How the file stood before the first one began to read: SQLite counts for each connection what others commit.
    version: i64,
}

impl Beside {
    fn open(path: &Path) -> Result<Beside, Trouble> {
        // Not read-only, as with whoever asks for reports.
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags)?;
        connection.busy_timeout(Duration::from_millis(BUSY_TIMEOUT_MS.into()))?;
        over::prepare(&connection)?;
        connection.pragma_update(None, "cell_size_check", "ON")?;
        connection.pragma_update(None, "trusted_schema", "OFF")?;
        let version = version(&connection)?;
        Ok(Beside { connection, version })
    }

    /// Every key, and who was joined into whom. None where somebody has written since it was opened: the first may then read another moment.
    fn keys(mut self, slot: Slot) -> Result<Option<Resident>, Trouble> {
        let opened_at = self.version;
        transact(&mut self.connection, TransactionBehavior::Deferred, |connection| {
            if version(connection)? != opened_at {
                return Ok(None);
            }
            over::lay(connection, Overlay::Unknown, Unread::Refused)?;
            let mut keys = Resident::new(slot, Arc::default());
            contacts::read_keys_in(connection, &mut keys)?;
            over::take_away(connection)?;
            Ok(Some(keys))
        })
    }
}

fn version(connection: &Connection) -> rusqlite::Result<i64> {
    connection.pragma_query_value(None, "data_version", |row| row.get(0))
}

/// People on this thread and keys beside it; both here where there is no second connection that reads the same moment.
fn read_everybody(
    connection: &Connection,
    beside: Option<Beside>,
    slot: Slot,
    resident: &mut Resident,
) -> Result<(), Trouble> {
    let (people, keys) = std::thread::scope(|scope| {
        let keys = beside.map(|beside| scope.spawn(move || beside.keys(slot)));
        let people = contacts::read_in(connection, slot, resident);
        (people, keys.map(|keys| keys.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))))
    });
    people?;
    let keys = match keys {
        Some(Ok(Some(keys))) => keys,
        Some(Err(trouble)) if trouble.is_damage() => return Err(trouble),
        // Whatever else kept the other connection from it need not keep this one.
        _ => {
            let mut keys = Resident::new(slot, Arc::default());
            contacts::read_keys_in(connection, &mut keys)?;
            keys
        }
    };
    resident.take_keys_of(keys);
    Ok(())
}

/// A batch as memory has it from now on. Where the engine must never make it, nothing of it is taken in, or half of it, as is told.
fn take_in(resident: &mut Resident, batch: &Batch) -> Result<Vec<Writes>, (String, bool)> {
    let mut all = Vec::new();
    for SlotBatch { changes, .. } in &batch.slots {
        let written = Writes::of(&changes.contacts, resident);
        all.push(written.map_err(|id| (format!("contact {} is new and has no texts", id.0), false))?);
        if let Some(event) = resident.arrived_before(&changes.events) {
            return Err((format!("an event `{}` arrived twice", event.name), false));
        }
    }
    for (SlotBatch { changes, .. }, written) in batch.slots.iter().zip(&all) {
        for (id, _, packed, texts) in written.people(&changes.contacts) {
            if !resident.put(id, packed, texts) {
                return Err((format!("contact {} has a number beyond those that memory holds", id.0), true));
            }
        }
        resident.take_in(changes);
    }
    Ok(all)
}

fn contact_of(resident: &mut Resident, id: ContactId) -> Result<ContactRecord, Trouble> {
    let stored = resident.contact(id).ok_or_else(|| no_contact(id))?;
    stored.and_then(|stored| stored.to_record()).map_err(damaged(id))
}

pub(super) fn damaged(id: ContactId) -> impl Fn(Damaged) -> Trouble {
    move |Damaged| Trouble::Damaged(format!("contact {} holds what Flow never writes", id.0))
}

/// Shows contacts where they lie in memory.
pub(super) fn show(
    resident: &mut Resident,
    ids: &[ContactId],
    to: &mut dyn FnMut(StoredContact<'_>) -> Result<(), Damaged>,
) -> Result<(), Trouble> {
    ids.iter().try_for_each(|id| {
        let stored = resident.contact(*id).ok_or_else(|| no_contact(*id))?;
        stored.and_then(&mut *to).map_err(damaged(*id))
    })
}

/// All who are a contact by now, each with the newest of their records in the log.
fn newest_in(resident: &Resident, id: ContactId) -> Vec<(ContactId, u64)> {
    resident.all_who_are(id).into_iter().map(|id| (id, resident.newest(id))).collect()
}

/// Which messages have arrived.
fn known_in(resident: &mut Resident, connection: &Connection, messages: &[MessageKey]) -> Result<Vec<bool>, Trouble> {
    let mut known = Vec::with_capacity(messages.len());
    for message in messages {
        if resident.knows(message) == Knows::Ask {
            ask_table(resident, connection, message)?;
        }
        known.push(resident.knows(message) == Knows::Yes);
    }
    Ok(known)
}

/// Lets the table answer about a message that memory does not know, by all of its part where that is worth it.
fn ask_table(resident: &mut Resident, connection: &Connection, message: &MessageKey) -> Result<(), Trouble> {
    if let Some(at_most) = resident.ask(message)
        && let Some(part) = events::of_part(connection, message, at_most)?
    {
        resident.learn_part(message, part);
    }
    // What agrees with another of its part is asked about all the same.
    if resident.knows(message) == Knows::Ask {
        let known = events::known(connection, std::slice::from_ref(message))?;
        resident.answer(*message, known.contains(&true));
    }
    Ok(())
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

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::store::sqlite::OpenOptions;
    use tempfile::TempDir;

    /// Two connections that read at once read one moment, or only one of them reads.
    #[test]
    fn keys_are_read_beside_people_only_where_nobody_has_written_between() {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("flow.db");
        OpenOptions::new(&path).open().unwrap().close().unwrap();
        let writer = Connection::open(&path).unwrap();
        let give = |key: &str, contact: i64| {
            writer.execute("INSERT INTO contact_key (key, contact) VALUES (?1, ?2)", (key, contact)).unwrap();
        };
        give("user:1", 1);
        let keys = Beside::open(&path).unwrap().keys(Slot::FIRST).unwrap().unwrap();
        assert_eq!(keys.owner("user:1"), Some(ContactId(1)));

        let beside = Beside::open(&path).unwrap();
        give("user:2", 2);
        assert!(beside.keys(Slot::FIRST).unwrap().is_none());

        let beside = Beside::open(&path).unwrap();
        give("user:3", 3);
        let mut resident = Resident::new(Slot::FIRST, Arc::default());
        read_everybody(&writer, Some(beside), Slot::FIRST, &mut resident).unwrap();
        let owners = ["user:1", "user:2", "user:3"].map(|key| resident.owner(key).map(ContactId::number));
        assert_eq!(owners, [Some(1), Some(2), Some(3)]);
    }
}
