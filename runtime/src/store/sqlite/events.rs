//! The event log and which messages are in it.

use super::codes::{id, sql_id};
use super::fault::Trouble;
use crate::store::{ContactId, EventRecord, MessageId, PAGE_ROWS};
use rusqlite::{Connection, ErrorCode, Row, params};

/// Serves from `event_message`.
pub(super) const KNOWN: &str = "SELECT 1 FROM event WHERE message = ?1";

pub(super) fn known(connection: &Connection, ids: &[MessageId]) -> Result<Vec<bool>, Trouble> {
    let mut statement = connection.prepare_cached(KNOWN)?;
    let mut known = Vec::with_capacity(ids.len());
    for id in ids {
        known.push(statement.exists([id.0])?);
    }
    Ok(known)
}

/// Appends in the order given: that order is the log's.
pub(super) fn write(connection: &Connection, events: &[EventRecord]) -> Result<(), Trouble> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO event (contact, message, name, occurred_at, received_at, properties) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?;
    for event in events {
        let done = statement.execute(params![
            sql_id(event.contact.0),
            event.message.0,
            event.name,
            event.occurred_at,
            event.received_at,
            event.properties,
        ]);
        match done {
            // The one constraint that a typed row can break.
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation) => {
                return Err(Trouble::Broken(format!("an event `{}` arrived twice", event.name)));
            }
            done => done?,
        };
    }
    Ok(())
}

/// The log, in the order of arrival.
pub(super) fn all(connection: &Connection) -> Result<Vec<EventRecord>, Trouble> {
    let sql = "SELECT contact, message, name, occurred_at, received_at, properties FROM event ORDER BY id";
    let mut statement = connection.prepare(sql)?;
    let rows = statement.query_map([], event)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// A page of the log, each with the contact it is about now.
pub(super) fn after(connection: &Connection, number: u64) -> Result<Vec<(u64, EventRecord)>, Trouble> {
    let sql = "SELECT coalesce((SELECT \"into\" FROM joined WHERE joined.contact = event.contact), contact), message, name, \
               occurred_at, received_at, properties, id FROM event WHERE id > ?1 ORDER BY id LIMIT ?2";
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map(params![sql_id(number), PAGE_ROWS as i64], |row| Ok((id(row, 6)?, event(row)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn event(row: &Row<'_>) -> rusqlite::Result<EventRecord> {
    Ok(EventRecord {
        contact: ContactId(id(row, 0)?),
        message: MessageId(row.get(1)?),
        name: row.get(2)?,
        occurred_at: row.get(3)?,
        received_at: row.get(4)?,
        properties: row.get(5)?,
    })
}
