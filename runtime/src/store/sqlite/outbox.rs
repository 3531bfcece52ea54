//! Messages on their way out.

use super::codes::{coded, id, sql_id};
use super::fault::Trouble;
use crate::store::{ContactId, OutboxRecord, OutboxSettlement};
use rusqlite::{Connection, ErrorCode, OptionalExtension, Params, Row, params};

/// In the order that [`read`] expects.
const COLUMNS: &str =
    "id, key, kind, contact, workflow, run, step, email, payload, state, attempts, queued_at, due_at, detail";

/// Serves from `outbox_queued`, which holds only rows of state 0.
pub(super) const QUEUED: &str = "WHERE state = 0 AND due_at <= ?1 ORDER BY due_at, id LIMIT ?2";
pub(super) const NEXT_QUEUED: &str = "SELECT due_at FROM outbox WHERE state = 0 ORDER BY due_at LIMIT 1";
/// Serves from `outbox_claimed`, which holds only rows of state 1.
pub(super) const CLAIMED: &str = "WHERE state = 1 ORDER BY id";

pub(super) fn queued(connection: &Connection, now: i64, limit: usize) -> Result<Vec<OutboxRecord>, Trouble> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    select(connection, QUEUED, params![now, limit])
}

pub(super) fn next_queued_at(connection: &Connection) -> Result<Option<i64>, Trouble> {
    Ok(connection.prepare_cached(NEXT_QUEUED)?.query_row([], |row| row.get(0)).optional()?)
}

pub(super) fn claimed(connection: &Connection) -> Result<Vec<OutboxRecord>, Trouble> {
    select(connection, CLAIMED, [])
}

fn select(connection: &Connection, rest: &str, params: impl Params) -> Result<Vec<OutboxRecord>, Trouble> {
    let mut statement = connection.prepare_cached(&select_sql(rest))?;
    Ok(statement.query_map(params, read)?.collect::<rusqlite::Result<_>>()?)
}

pub(super) fn select_sql(rest: &str) -> String {
    format!("SELECT {COLUMNS} FROM outbox {rest}")
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
        payload: row.get(8)?,
        state: coded(row, 9)?,
        attempts: row.get(10)?,
        queued_at: row.get(11)?,
        due_at: row.get(12)?,
    })
}

/// In the order given: of two rows under one key, the first is kept.
pub(super) fn write(connection: &Connection, rows: &[OutboxRecord]) -> Result<(), Trouble> {
    let mut statement = connection.prepare_cached(&format!(
        "INSERT INTO outbox ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, '') \
         ON CONFLICT (key) DO NOTHING"
    ))?;
    for row in rows {
        let done = statement.execute(params![
            sql_id(row.id),
            row.key,
            row.kind as u8,
            sql_id(row.contact.0),
            row.workflow,
            row.run,
            row.step,
            row.email,
            row.payload,
            row.state as u8,
            row.attempts,
            row.queued_at,
            row.due_at,
        ]);
        match done {
            // The key's own conflict does nothing, so this is the id's.
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation) => {
                return Err(Trouble::Broken(format!("outbox row {} has two keys", row.id)));
            }
            done => done?,
        };
    }
    Ok(())
}

pub(super) fn settle(connection: &Connection, settled: &[OutboxSettlement]) -> Result<(), Trouble> {
    let mut rows: Vec<&OutboxSettlement> = settled.iter().collect();
    rows.sort_by_key(|row| row.id);
    let sql = "UPDATE outbox SET state = ?2, attempts = ?3, due_at = ?4, detail = ?5 WHERE id = ?1";
    let mut statement = connection.prepare_cached(sql)?;
    for row in rows {
        let changed =
            statement.execute(params![sql_id(row.id), row.state as u8, row.attempts, row.due_at, row.detail])?;
        if changed == 0 {
            return Err(Trouble::Broken(format!("there is no outbox row {} to settle", row.id)));
        }
    }
    Ok(())
}

pub(super) fn claim(connection: &Connection, ids: &[u64]) -> Result<(), Trouble> {
    let mut statement = connection.prepare_cached("UPDATE outbox SET state = 1 WHERE id = ?1 AND state = 0")?;
    for id in ids {
        // Numbers beyond SQLite's were never written, so they are not there.
        let changed = i64::try_from(*id).map_or(Ok(0), |id| statement.execute([id]))?;
        if changed == 0 {
            return Err(Trouble::Broken(format!("outbox row {id} is not queued and cannot be claimed")));
        }
    }
    Ok(())
}

/// Every row with its receipt or reason.
pub(super) fn all(connection: &Connection) -> Result<Vec<(OutboxRecord, String)>, Trouble> {
    let mut statement = connection.prepare(&format!("SELECT {COLUMNS} FROM outbox ORDER BY key"))?;
    let rows = statement.query_map([], |row| Ok((read(row)?, row.get(13)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
