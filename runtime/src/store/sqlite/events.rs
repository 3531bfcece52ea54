//! The event log and which messages are in it.

use super::append::{self, Table, Values};
use super::aside::CountedKeys;
use super::begun::{Begun, Logged, joined_into, logged};
use super::codes::{id, sql_id};
use super::fault::Trouble;
use crate::store::resident::Resident;
use crate::store::{
    Astray, ContactId, EventRecord, MAX_NUMBER, MessageId, MessageKey, PAGE_ROWS, RECENT_MESSAGES, Slot,
};
use rusqlite::{Connection, ErrorCode, OptionalExtension, Row, Rows, params};
use std::collections::BTreeSet;

/// Serves from the primary key.
pub(super) const KNOWN: &str = "SELECT 1 FROM message WHERE day = ?1 AND id = ?2";

/// From one record of the log to the one before it: each serves from the primary key.
pub(super) const EVENT: &str = "SELECT id, previous, contact, day, message, name, occurred_at, received_at, properties, counts FROM event WHERE id = ?1";
pub(super) const DECISION: &str = "SELECT previous FROM decision WHERE id = ?1";
pub(super) const NEWEST: &str = "SELECT newest FROM contact WHERE id = ?1";
/// Serves from an index.
pub(super) const JOINED_INTO: &str = "SELECT contact FROM joined WHERE \"into\" = ?1";

pub(super) fn known(connection: &Connection, messages: &[MessageKey]) -> Result<Vec<bool>, Trouble> {
    let mut statement = connection.prepare_cached(KNOWN)?;
    let mut known = Vec::with_capacity(messages.len());
    for MessageKey { day, id } in messages {
        known.push(statement.exists(params![day, id.0])?);
    }
    Ok(known)
}

/// All who are a contact by now, each with the newest of their records in the log.
pub(super) fn newest_of(
    connection: &Connection,
    begun: &mut [Begun],
    contact: ContactId,
) -> Result<Vec<(ContactId, u64)>, Trouble> {
    let mut found = Vec::new();
    for of in with_joined(connection, begun, contact)? {
        let on_its_way = begun.iter_mut().rev().find_map(|batch| batch.contact(of).map(|write| write.packed.newest));
        let newest = match on_its_way {
            Some(newest) => newest,
            None => {
                let mut newest = connection.prepare_cached(NEWEST)?;
                newest.query_row([sql_id(of.0)], |row| id(row, 0)).optional()?.unwrap_or(0)
            }
        };
        found.push((of, newest));
    }
    Ok(found)
}

/// What these contacts, each by the newest of their records, did after a record of the log.
pub(super) fn of_contacts(
    connection: &Connection,
    begun: &mut [Begun],
    contacts: &[(ContactId, u64)],
    after: u64,
) -> Result<Vec<EventRecord>, Trouble> {
    let mut found = Vec::new();
    for (of, newest) in contacts {
        let mut next = *newest;
        while next > after {
            let record = match logged(begun, next) {
                Some(record) => Some(record),
                None => in_file(connection, next)?,
            };
            next = match record {
                Some(Logged::Event(event)) => {
                    let previous = event.previous;
                    found.push(event);
                    previous
                }
                Some(Logged::Decision(previous)) => previous,
                None => return Err(Trouble::Damaged(format!("record {next} of contact {} is not there", of.0))),
            };
        }
    }
    found.sort_unstable_by_key(|event| event.id);
    Ok(found)
}

/// A contact and all who are this contact by now.
fn with_joined(connection: &Connection, begun: &[Begun], contact: ContactId) -> Result<BTreeSet<ContactId>, Trouble> {
    let mut all = BTreeSet::from([contact]);
    let mut open = vec![contact];
    let mut statement = connection.prepare_cached(JOINED_INTO)?;
    while let Some(into) = open.pop() {
        let in_file = statement.query_map([sql_id(into.0)], |row| Ok(ContactId(id(row, 0)?)))?;
        let in_file = in_file.collect::<rusqlite::Result<Vec<_>>>()?;
        open.extend(in_file.into_iter().chain(joined_into(begun, into)).filter(|id| all.insert(*id)));
    }
    Ok(all)
}

fn in_file(connection: &Connection, number: u64) -> Result<Option<Logged>, Trouble> {
    let event = connection.prepare_cached(EVENT)?.query_row([sql_id(number)], event).optional()?;
    if let Some(event) = event {
        return Ok(Some(Logged::Event(event)));
    }
    let previous = connection.prepare_cached(DECISION)?.query_row([sql_id(number)], |row| id(row, 0)).optional()?;
    Ok(previous.map(Logged::Decision))
}

/// Serves from the primary key.
pub(super) const PART: &str = "SELECT id FROM message WHERE day = ?1 AND id >= ?2 AND id < ?3 LIMIT ?4";

/// The messages of a day that begin with the same four bits as this one and have arrived; none where there are more than so many.
pub(super) fn of_part(
    connection: &Connection,
    message: &MessageKey,
    at_most: usize,
) -> Result<Option<Vec<MessageId>>, Trouble> {
    let MessageId([first, ..]) = message.id;
    let begin = [first & 0xf0];
    let after_all = [u8::MAX; size_of::<MessageId>() + 1];
    let next = begin.map(|begin| begin.saturating_add(1 << 4));
    // Where no byte is greater, it is longer than any id.
    let end: &[u8] = if first >= 0xf0 { &after_all } else { &next };
    let one_more = i64::try_from(at_most).unwrap_or(i64::MAX).saturating_add(1);
    let mut statement = connection.prepare_cached(PART)?;
    let rows = statement.query_map(params![message.day, begin, end, one_more], |row| Ok(MessageId(row.get(0)?)))?;
    let known = rows.collect::<rusqlite::Result<Vec<_>>>()?;
    Ok((known.len() <= at_most).then_some(known))
}

/// The messages that the table does not know yet, into memory.
pub(super) fn read_new_in(connection: &Connection, resident: &mut Resident) -> Result<(), Trouble> {
    let sql = "SELECT id, day, message FROM event WHERE id > (SELECT up_to FROM message_tail WHERE slot = ?1)";
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query([Slot::FIRST.index()])?;
    while let Some(row) = rows.next()? {
        resident.arrive(MessageKey { day: row.get(1)?, id: MessageId(row.get(2)?) }, id(row, 0)?);
    }
    Ok(())
}

/// Appends in the order given, which is the log's, and notes the messages as arrived.
pub(super) fn write(connection: &Connection, events: &[EventRecord]) -> Result<(), Trouble> {
    append(connection, events)?;
    write_messages(connection, events)
}

/// In the order that [`event`] expects.
const COLUMNS: &str = "id, previous, contact, day, message, name, occurred_at, received_at, properties, counts";
const TABLE: Table = Table { name: "event", columns: COLUMNS };

/// Appends in the order given: that order is the log's.
pub(super) fn append(connection: &Connection, events: &[EventRecord]) -> Result<(), Trouble> {
    let bind = |event: &EventRecord, values: &mut Values<'_, '_>| {
        let MessageKey { day, id } = event.message;
        values.integer(sql_id(event.id))?;
        values.integer(sql_id(event.previous))?;
        values.integer(sql_id(event.contact.0))?;
        values.integer(day)?;
        values.blob(&id.0)?;
        values.text(&event.name)?;
        values.integer(event.occurred_at)?;
        values.integer(event.received_at)?;
        values.text(&event.properties)?;
        values.integer(event.counts)
    };
    append::append(connection, TABLE, events, bind, |_, error| error.into())
}

/// In the order of the keys, so that neighbours share pages.
fn write_messages(connection: &Connection, events: &[EventRecord]) -> Result<(), Trouble> {
    let mut rows: Vec<&EventRecord> = events.iter().collect();
    rows.sort_by_key(|event| event.message);
    let mut statement = connection.prepare_cached("INSERT INTO message (day, id) VALUES (?1, ?2)")?;
    for event in rows {
        match statement.execute(params![event.message.day, event.message.id.0]) {
            // The one constraint that a typed row can break.
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation) => {
                return Err(Trouble::Broken(format!("an event `{}` arrived twice", event.name)));
            }
            done => done?,
        };
    }
    Ok(())
}

/// The messages that arrived last in a slot, the newest first.
pub(super) fn newest(connection: &Connection, slot: Slot) -> Result<Vec<MessageId>, Trouble> {
    let sql = "SELECT message FROM event WHERE id > ?1 AND id <= ?2 ORDER BY id DESC LIMIT ?3";
    let mut statement = connection.prepare_cached(sql)?;
    let (first, last) = (sql_id(slot.global(0)), sql_id(slot.global(MAX_NUMBER)));
    let rows = statement.query_map(params![first, last, RECENT_MESSAGES as i64], |row| Ok(MessageId(row.get(0)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// A page of the log, each as it was written.
pub(super) fn page(connection: &Connection, after: u64) -> Result<Vec<EventRecord>, Trouble> {
    let sql = format!("SELECT {COLUMNS} FROM event WHERE id > ?1 ORDER BY id LIMIT ?2");
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map(params![sql_id(after), PAGE_ROWS as i64], event)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Shows each message that does not stand exactly once both here and among those that are known. Those of the log are sorted beyond memory, and
/// those that are known lie in order.
pub(super) fn astray(connection: &Connection, show: &mut dyn FnMut(Astray)) -> Result<(), Trouble> {
    let mut logged = CountedKeys::new()?;
    let mut statement = connection.prepare("SELECT day, message FROM event")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        logged.put(&sorting_key(message(row)?))?;
    }
    let mut statement = connection.prepare("SELECT day, id FROM message ORDER BY day, id")?;
    let mut known = statement.query([])?;
    let mut next = next_known(&mut known)?;
    logged.each(|key, logged| {
        let key = of_sorting_key(key);
        while let Some(message) = next.filter(|next| Some(*next) < key) {
            show(Astray { message, logged: 0, known: 1 });
            next = next_known(&mut known)?;
        }
        let is_known = key.is_some() && next == key;
        if is_known {
            next = next_known(&mut known)?;
        }
        if let Some(message) = key.filter(|_| logged != 1 || !is_known) {
            show(Astray { message, logged, known: is_known.into() });
        }
        Ok(())
    })?;
    while let Some(message) = next {
        show(Astray { message, logged: 0, known: 1 });
        next = next_known(&mut known)?;
    }
    Ok(())
}

fn next_known(known: &mut Rows<'_>) -> Result<Option<MessageKey>, Trouble> {
    Ok(known.next()?.map(message).transpose()?)
}

fn message(row: &Row<'_>) -> rusqlite::Result<MessageKey> {
    Ok(MessageKey { day: row.get(0)?, id: MessageId(row.get(1)?) })
}

/// Bytes whose order is that of messages.
fn sorting_key(MessageKey { day, id }: MessageKey) -> [u8; 20] {
    let mut key = [0; 20];
    let day = (day ^ i32::MIN).to_be_bytes();
    key.iter_mut().zip(day.into_iter().chain(id.0)).for_each(|(place, byte)| *place = byte);
    key
}

fn of_sorting_key(key: &[u8]) -> Option<MessageKey> {
    let (day, id) = key.split_first_chunk()?;
    Some(MessageKey { day: i32::from_be_bytes(*day) ^ i32::MIN, id: MessageId(id.try_into().ok()?) })
}

/// The log, in the order of arrival.
pub(super) fn all(connection: &Connection) -> Result<Vec<EventRecord>, Trouble> {
    let mut statement = connection.prepare(&format!("SELECT {COLUMNS} FROM event ORDER BY id"))?;
    let rows = statement.query_map([], event)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// A page of the log, each with the contact it is about now.
pub(super) fn after(connection: &Connection, number: u64) -> Result<Vec<EventRecord>, Trouble> {
    let sql = "SELECT id, previous, coalesce((SELECT \"into\" FROM joined WHERE joined.contact = event.contact), contact), day, \
               message, name, occurred_at, received_at, properties, counts FROM event WHERE id > ?1 ORDER BY id LIMIT ?2";
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map(params![sql_id(number), PAGE_ROWS as i64], event)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn event(row: &Row<'_>) -> rusqlite::Result<EventRecord> {
    Ok(EventRecord {
        id: id(row, 0)?,
        previous: id(row, 1)?,
        contact: ContactId(id(row, 2)?),
        message: MessageKey { day: row.get(3)?, id: MessageId(row.get(4)?) },
        name: row.get(5)?,
        occurred_at: row.get(6)?,
        received_at: row.get(7)?,
        properties: row.get(8)?,
        counts: row.get(9)?,
    })
}
