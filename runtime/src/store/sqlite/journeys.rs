//! Journeys, by (contact, workflow, run).

use super::codes::{coded, id, sql_id};
use super::fault::Trouble;
use crate::store::{ContactId, JourneyRecord, JourneyStatus};
use rusqlite::{CachedStatement, Connection, Row, params};

/// In the order that [`read`] expects.
const SELECT: &str = "SELECT contact, workflow, run, keep, status, block, step, visit, due_at, entered_at, ended_at, memory, outbox \
                      FROM journey";

/// One short range of the primary key.
pub(super) fn load_sql() -> String {
    format!("{SELECT} WHERE contact = ?1 AND keep = 1 ORDER BY workflow, run")
}

/// Loads the journeys of one contact after another.
pub(super) struct Loader<'c> {
    statement: CachedStatement<'c>,
}

impl<'c> Loader<'c> {
    pub(super) fn new(connection: &'c Connection) -> Result<Self, Trouble> {
        Ok(Self { statement: connection.prepare_cached(&load_sql())? })
    }

    pub(super) fn load(&mut self, contact: ContactId) -> Result<Vec<JourneyRecord>, Trouble> {
        let rows = self.statement.query_map([sql_id(contact.0)], read)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<JourneyRecord> {
    Ok(JourneyRecord {
        contact: ContactId(id(row, 0)?),
        workflow: row.get(1)?,
        run: row.get(2)?,
        keep: row.get(3)?,
        status: coded(row, 4)?,
        block: row.get(5)?,
        step: row.get(6)?,
        visit: row.get(7)?,
        due_at: row.get(8)?,
        entered_at: row.get(9)?,
        ended_at: row.get(10)?,
        memory: row.get(11)?,
        outbox: row.get::<_, Option<i64>>(12)?.map(|_| id(row, 12)).transpose()?,
    })
}

pub(super) fn write(connection: &Connection, journeys: &[JourneyRecord]) -> Result<(), Trouble> {
    let mut rows: Vec<&JourneyRecord> = journeys.iter().collect();
    rows.sort_by_key(|journey| (journey.contact, journey.workflow, journey.run));
    let mut statement = connection.prepare_cached(
        "INSERT INTO journey \
         (contact, workflow, run, keep, status, block, step, visit, due_at, entered_at, ended_at, memory, outbox) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13) \
         ON CONFLICT (contact, workflow, run) DO UPDATE SET keep = excluded.keep, status = excluded.status, \
         block = excluded.block, step = excluded.step, visit = excluded.visit, due_at = excluded.due_at, \
         entered_at = excluded.entered_at, ended_at = excluded.ended_at, memory = excluded.memory, \
         outbox = excluded.outbox",
    )?;
    for row in rows {
        statement.execute(params![
            sql_id(row.contact.0),
            row.workflow,
            row.run,
            row.keep,
            row.status as u8,
            row.block,
            row.step,
            row.visit,
            row.due_at,
            row.entered_at,
            row.ended_at,
            row.memory,
            row.outbox.map(sql_id),
        ])?;
    }
    Ok(())
}

pub(super) fn all(connection: &Connection) -> Result<Vec<JourneyRecord>, Trouble> {
    let mut statement = connection.prepare(&format!("{SELECT} ORDER BY contact, workflow, run"))?;
    Ok(statement.query_map([], read)?.collect::<rusqlite::Result<_>>()?)
}

/// Reads every journey, where a program has changed.
pub(super) fn live_blocks(connection: &Connection) -> Result<Vec<(u32, u32)>, Trouble> {
    let sql = "SELECT DISTINCT workflow, block FROM journey WHERE status <> ?1 ORDER BY workflow, block";
    let mut statement = connection.prepare(sql)?;
    let rows = statement.query_map([JourneyStatus::Ended as u8], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
