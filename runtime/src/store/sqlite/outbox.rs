//! Messages on their way out.

use super::append::{Table, Values, append};
use super::aside::CountedKeys;
use super::codes::{coded, damaged, id, sql_id};
use super::fault::Trouble;
use crate::store::{ContactId, MAX_NUMBER, OutboxRecord, OutboxSettlement, PAGE_ROWS, QueuedBehind, Slot};
use rusqlite::types::Type;
use rusqlite::{Connection, ErrorCode, OptionalExtension, Row, params};
use std::collections::BTreeSet;

/// In the order that [`read`] expects.
const COLUMNS: &str = "id, key, kind, contact, workflow, run, step, email, recipient, payload, state, attempts, queued_at, due_at, detail, held_since";

/// Serves from `outbox_queued` and `outbox_on_its_way`, which hold only rows of these states.
pub(super) const UNSETTLED_COUNT: &str = "SELECT (SELECT count(*) FROM outbox WHERE state = 0) \
                                          + (SELECT count(*) FROM outbox WHERE state IN (1, 6))";

/// Rows with the contact that each is about now.
fn select(which: &str) -> String {
    let now = "coalesce((SELECT \"into\" FROM joined WHERE joined.contact = outbox.contact), outbox.contact)";
    let columns = COLUMNS.replace("contact,", &format!("{now},"));
    format!("SELECT {columns} FROM outbox WHERE {which}")
}

/// What is claimed or promised, a page.
pub(super) fn on_their_way_sql() -> String {
    select("state IN (1, 6) AND id > ?1 AND id <= ?2 ORDER BY id LIMIT ?3")
}

/// What waits for its instant, from a place on. The slot narrows it down least, so no index is sought for it (`+id`).
pub(super) fn queued_sql() -> String {
    select("state = 0 AND (due_at, id) > (?1, ?2) AND +id > ?3 AND +id <= ?4 ORDER BY due_at, id LIMIT ?5")
}

/// One, whatever became of it.
pub(super) fn row_sql() -> String {
    select("id = ?1")
}

/// What of a slot is claimed or promised, a page, after a number.
pub(super) fn on_their_way(
    connection: &Connection,
    slot: Slot,
    after: Option<u64>,
) -> Result<Vec<OutboxRecord>, Trouble> {
    let (after, last) = (sql_id(after.unwrap_or(slot.global(0))), sql_id(slot.global(MAX_NUMBER)));
    let mut statement = connection.prepare_cached(&on_their_way_sql())?;
    let rows = statement.query_map(params![after, last, PAGE_ROWS as i64], read)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// The next of those that wait for their instant.
pub(super) fn queued(connection: &Connection, asked: QueuedBehind) -> Result<Vec<OutboxRecord>, Trouble> {
    let QueuedBehind { slot, behind: (due_at, id), at_most } = asked;
    let (first, last) = (sql_id(slot.global(0)), sql_id(slot.global(MAX_NUMBER)));
    let at_most = i64::try_from(at_most).unwrap_or(i64::MAX);
    let mut statement = connection.prepare_cached(&queued_sql())?;
    let rows = statement.query_map(params![due_at, sql_id(id), first, last, at_most], read)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// One, whatever became of it.
pub(super) fn row(connection: &Connection, id: u64) -> Result<Option<OutboxRecord>, Trouble> {
    Ok(connection.prepare_cached(&row_sql())?.query_row([sql_id(id)], read).optional()?)
}

pub(super) fn unsettled_count(connection: &Connection) -> Result<u64, Trouble> {
    let count: i64 = connection.prepare_cached(UNSETTLED_COUNT)?.query_row([], |row| row.get(0))?;
    Ok(count.unsigned_abs())
}

/// Of what waits to leave: when the next is due, and why the newest that was tried did not leave.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MailAhead {
    /// An instant that may have passed; none where nothing waits.
    pub next_due: Option<i64>,
    /// None where nothing that waits has been tried.
    pub trouble: Option<String>,
}

/// Serves from `outbox_queued`.
pub(super) const NEXT_DUE: &str = "SELECT due_at FROM outbox WHERE state = 0 ORDER BY due_at LIMIT 1";
/// The same: what waits is looked through, and not all that ever left.
pub(super) const TROUBLE: &str =
    "SELECT detail FROM outbox INDEXED BY outbox_queued WHERE state = 0 AND detail <> '' ORDER BY id DESC LIMIT 1";

pub(super) fn ahead(connection: &Connection) -> Result<MailAhead, Trouble> {
    Ok(MailAhead {
        next_due: connection.query_row(NEXT_DUE, [], |row| row.get(0)).optional()?,
        trouble: connection.query_row(TROUBLE, [], |row| row.get(0)).optional()?,
    })
}

fn read(row: &Row<'_>) -> rusqlite::Result<OutboxRecord> {
    Ok(OutboxRecord {
        id: id(row, 0)?,
        key: row.get(1)?,
        kind: coded(row, 2)?,
        contact: ContactId(id(row, 3)?),
        workflow: row.get(4)?,
        run: row.get(5)?,
        step: row.get(6)?,
        email: row.get(7)?,
        recipient: row.get(8)?,
        payload: row.get(9)?,
        state: coded(row, 10)?,
        attempts: row.get(11)?,
        queued_at: row.get(12)?,
        due_at: row.get(13)?,
        held_since: row.get(15)?,
    })
}

/// To whom a row is, or went.
pub(super) fn recipient(connection: &Connection, id: u64) -> Result<Option<String>, Trouble> {
    let mut statement = connection.prepare_cached("SELECT recipient FROM outbox WHERE id = ?1")?;
    Ok(statement.query_row([sql_id(id)], |row| row.get(0)).optional()?)
}

const TABLE: Table = Table { name: "outbox", columns: COLUMNS };

/// In the order given, which is that of their numbers.
pub(super) fn write(connection: &Connection, rows: &[OutboxRecord]) -> Result<(), Trouble> {
    let bind = |row: &OutboxRecord, values: &mut Values<'_, '_>| {
        values.integer(sql_id(row.id))?;
        values.text(&row.key)?;
        values.integer(row.kind as u8)?;
        values.integer(sql_id(row.contact.0))?;
        values.integer(row.workflow)?;
        values.integer(row.run)?;
        values.integer(row.step)?;
        values.integer(row.email)?;
        values.text(&row.recipient)?;
        values.text(&row.payload)?;
        values.integer(row.state as u8)?;
        values.integer(row.attempts)?;
        values.integer(row.queued_at)?;
        values.integer(row.due_at)?;
        values.text("")?;
        values.integer(row.held_since)
    };
    append(connection, TABLE, rows, bind, |run, error| given_twice(connection, run, error))
}

/// The one constraint that a typed row can break. Nothing of the run was written: whichever row is there was there before it.
fn given_twice(connection: &Connection, run: &[OutboxRecord], error: rusqlite::Error) -> Trouble {
    if error.sqlite_error_code() != Some(ErrorCode::ConstraintViolation) {
        return error.into();
    }
    let mut seen = BTreeSet::new();
    let is_twice =
        |row: &&OutboxRecord| !seen.insert(row.id) || recipient(connection, row.id).is_ok_and(|to| to.is_some());
    match run.iter().find(is_twice) {
        Some(row) => Trouble::Broken(format!("outbox row {} is given twice", row.id)),
        None => error.into(),
    }
}

const SETTLE: &str = "UPDATE outbox SET state = ?2, attempts = ?3, due_at = ?4, detail = ?5 WHERE id = ?1";
/// The same of one that goes to another address or has another date by now.
const SETTLE_MOVED: &str = "UPDATE outbox SET state = ?2, attempts = ?3, due_at = ?4, detail = ?5, recipient = coalesce(?6, recipient), \
                            queued_at = coalesce(?7, queued_at) WHERE id = ?1";

pub(super) fn settle(connection: &Connection, settled: &[OutboxSettlement]) -> Result<(), Trouble> {
    let mut rows: Vec<&OutboxSettlement> = settled.iter().collect();
    rows.sort_by_key(|row| row.id);
    let mut statement = connection.prepare_cached(SETTLE)?;
    for row in rows {
        let OutboxSettlement { state, attempts, due_at, detail, recipient, queued_at, .. } = row;
        let (id, state) = (sql_id(row.id), *state as u8);
        let changed = match (recipient, queued_at) {
            (None, None) => statement.execute(params![id, state, attempts, due_at, detail])?,
            _ => connection
                .prepare_cached(SETTLE_MOVED)?
                .execute(params![id, state, attempts, due_at, detail, recipient, queued_at])?,
        };
        if changed == 0 {
            return Err(Trouble::Broken(format!("there is no outbox row {} to settle", row.id)));
        }
    }
    Ok(())
}

/// A page of all rows, each as it was written.
pub(super) fn page(connection: &Connection, after: u64) -> Result<Vec<OutboxRecord>, Trouble> {
    let sql = format!("SELECT {COLUMNS} FROM outbox WHERE id > ?1 ORDER BY id LIMIT ?2");
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map(params![sql_id(after), PAGE_ROWS as i64], read)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Shows each key that several rows have.
pub(super) fn repeated_keys(connection: &Connection, show: &mut dyn FnMut(String)) -> Result<(), Trouble> {
    let mut sorted = CountedKeys::new()?;
    let mut statement = connection.prepare("SELECT key FROM outbox")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let key = row.get_ref(0)?.as_str().map_err(|_| damaged(0, Type::Text))?;
        sorted.put(key.as_bytes())?;
    }
    sorted.each(|key, count| {
        if count > 1 {
            show(String::from_utf8_lossy(key).into_owned());
        }
        Ok(())
    })
}

/// Every row with its receipt or reason.
pub(super) fn all(connection: &Connection) -> Result<Vec<(OutboxRecord, String)>, Trouble> {
    let mut statement = connection.prepare(&format!("SELECT {COLUMNS} FROM outbox ORDER BY key"))?;
    let rows = statement.query_map([], |row| Ok((read(row)?, row.get(14)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
