//! Messages on their way out.

use super::codes::{coded, id, sql_id};
use super::fault::Trouble;
use crate::store::{ContactId, OutboxRecord, OutboxSettlement, PAGE_ROWS};
use rusqlite::{Connection, ErrorCode, Row, params};

/// In the order that [`read`] expects.
const COLUMNS: &str =
    "id, key, kind, contact, workflow, run, step, email, payload, state, attempts, queued_at, due_at, detail";

/// Serves from `outbox_unsettled`, which holds only rows of these states.
pub(super) const UNSETTLED_COUNT: &str = "SELECT count(*) FROM outbox WHERE state IN (0, 1, 6)";

/// The same, a page, with the contact that each is about now.
pub(super) fn unsettled_sql() -> String {
    let now = "coalesce((SELECT \"into\" FROM joined WHERE joined.contact = outbox.contact), outbox.contact)";
    let columns = COLUMNS.replace("contact,", &format!("{now},"));
    format!("SELECT {columns} FROM outbox WHERE state IN (0, 1, 6) AND id > ?1 ORDER BY id LIMIT ?2")
}

pub(super) fn unsettled(connection: &Connection, after: Option<u64>) -> Result<Vec<OutboxRecord>, Trouble> {
    let after = after.map_or(i64::MIN, sql_id);
    let mut statement = connection.prepare_cached(&unsettled_sql())?;
    let rows = statement.query_map(params![after, PAGE_ROWS as i64], read)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

pub(super) fn unsettled_count(connection: &Connection) -> Result<u64, Trouble> {
    let count: i64 = connection.prepare_cached(UNSETTLED_COUNT)?.query_row([], |row| row.get(0))?;
    Ok(count.unsigned_abs())
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

/// Every row with its receipt or reason.
pub(super) fn all(connection: &Connection) -> Result<Vec<(OutboxRecord, String)>, Trouble> {
    let mut statement = connection.prepare(&format!("SELECT {COLUMNS} FROM outbox ORDER BY key"))?;
    let rows = statement.query_map([], |row| Ok((read(row)?, row.get(13)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
