//! People handed to teams.

use super::codes::{damaged, id, sql_id};
use super::fault::Trouble;
use crate::store::{ContactId, HandoffAnswer, HandoffCount, HandoffRecord, PAGE_ROWS, Placed};
use flow_ir::Answer;
use rusqlite::types::Type;
use rusqlite::{Connection, Row, params};

const COLUMNS: &str = "key, contact, workflow, run, team, member, note, task, task_due_at, at";

/// In the order given.
pub(super) fn write(connection: &Connection, handoffs: &[HandoffRecord]) -> Result<(), Trouble> {
    let mut statement = connection
        .prepare_cached(&format!("INSERT INTO handoff ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)"))?;
    for row in handoffs {
        statement.execute(params![
            row.key,
            sql_id(row.contact.0),
            row.workflow,
            row.run,
            row.team,
            row.member,
            row.note,
            row.task,
            row.task_due_at,
            row.at,
        ])?;
    }
    Ok(())
}

/// What teams said of handoffs.
pub(super) fn write_answers(connection: &Connection, answers: &[HandoffAnswer]) -> Result<(), Trouble> {
    if answers.is_empty() {
        return Ok(());
    }
    let sql = "INSERT OR REPLACE INTO handoff_answer (key, answer, reason, at) VALUES (?1, ?2, ?3, ?4)";
    let mut statement = connection.prepare_cached(sql)?;
    for HandoffAnswer { key, answer, reason, at } in answers {
        statement.execute(params![key, answer.bit(), reason, at])?;
    }
    Ok(())
}

/// Reads every handoff: a question that people ask now and then.
pub(super) fn counts(connection: &Connection) -> Result<Vec<HandoffCount>, Trouble> {
    let sql = "SELECT workflow, team, member, count(*) FROM handoff GROUP BY workflow, team, member ORDER BY 1, 2, 3";
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map([], |row| {
        Ok(HandoffCount { workflow: row.get(0)?, team: row.get(1)?, member: row.get(2)?, count: id(row, 3)? })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

pub(super) fn all(connection: &Connection) -> Result<Vec<HandoffRecord>, Trouble> {
    let mut statement = connection.prepare(&format!("SELECT {COLUMNS} FROM handoff ORDER BY key"))?;
    let rows = statement.query_map([], read)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

pub(super) fn answers(connection: &Connection) -> Result<Vec<HandoffAnswer>, Trouble> {
    let mut statement =
        connection.prepare("SELECT key, answer, reason, at FROM handoff_answer ORDER BY key, answer")?;
    let rows = statement.query_map([], |row| {
        let number: i64 = row.get(1)?;
        let answer = Answer::ALL.into_iter().find(|answer| answer.bit() == number);
        let answer = answer.ok_or_else(|| damaged(1, Type::Integer))?;
        Ok(HandoffAnswer { key: row.get(0)?, answer, reason: row.get(2)?, at: row.get(3)? })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// A page of them, in the order in which they were written.
pub(super) fn page(connection: &Connection, after: u64) -> Result<Vec<Placed<HandoffRecord>>, Trouble> {
    let sql = format!("SELECT {COLUMNS}, id FROM handoff WHERE id > ?1 ORDER BY id LIMIT ?2");
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map(params![sql_id(after), PAGE_ROWS as i64], |row| Ok((id(row, 10)?, read(row)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn read(row: &Row<'_>) -> rusqlite::Result<HandoffRecord> {
    Ok(HandoffRecord {
        key: row.get(0)?,
        contact: ContactId(id(row, 1)?),
        workflow: row.get(2)?,
        run: row.get(3)?,
        team: row.get(4)?,
        member: row.get(5)?,
        note: row.get(6)?,
        task: row.get(7)?,
        task_due_at: row.get(8)?,
        at: row.get(9)?,
    })
}
