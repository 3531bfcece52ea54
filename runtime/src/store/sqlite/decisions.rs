//! Why things happened.

use super::append::{Table, Values, append};
use super::codes::{Coded as _, coded, damaged, id, sql_id};
use super::fault::Trouble;
use crate::store::{ContactId, DecisionCode, DecisionRecord, PAGE_ROWS, UnopenedCount};
use rusqlite::types::Type;
use rusqlite::{Connection, Row, params};

/// In the order that [`read`] expects.
const COLUMNS: &str = "id, previous, contact, workflow, version, run, at, code, step, about, reason, send, trace";
const TABLE: Table = Table { name: "decision", columns: COLUMNS };

pub(super) fn write(connection: &Connection, decisions: &[DecisionRecord]) -> Result<(), Trouble> {
    let bind = |row: &DecisionRecord, values: &mut Values<'_, '_>| {
        values.integer(sql_id(row.id))?;
        values.integer(sql_id(row.previous))?;
        values.integer(sql_id(row.contact.0))?;
        values.some(row.workflow)?;
        values.integer(row.version)?;
        values.integer(row.run)?;
        values.integer(row.at)?;
        values.integer(row.code as u8)?;
        values.some(row.step)?;
        values.some(row.about)?;
        values.integer(row.reason)?;
        values.some(row.send.map(sql_id))?;
        let trace: Vec<u8> = row.trace.iter().flat_map(|word| word.to_le_bytes()).collect();
        values.blob(&trace)
    };
    append(connection, TABLE, decisions, bind, |_, error| error.into())
}

/// Serves from `decision_of_send`, which holds opens, clicks and answers alone.
fn clicked_unopened_sql() -> String {
    let [opened, clicked] = [DecisionCode::Opened, DecisionCode::Clicked].map(|of| of.code());
    format!(
        "SELECT workflow, step, about, count(*) FROM decision AS clicked INDEXED BY decision_of_send \
         WHERE code = {clicked} AND workflow IS NOT NULL AND step IS NOT NULL AND about IS NOT NULL AND send IS NOT NULL \
         AND NOT EXISTS (SELECT 1 FROM decision AS opened WHERE opened.send = clicked.send AND opened.code = {opened}) \
         GROUP BY workflow, step, about ORDER BY workflow, step, about"
    )
}

pub(super) fn clicked_unopened(connection: &Connection) -> Result<Vec<UnopenedCount>, Trouble> {
    let mut statement = connection.prepare_cached(&clicked_unopened_sql())?;
    let rows = statement.query_map([], |row| {
        Ok(UnopenedCount { workflow: row.get(0)?, step: row.get(1)?, email: row.get(2)?, count: id(row, 3)? })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

pub(super) fn all(connection: &Connection) -> Result<Vec<DecisionRecord>, Trouble> {
    let mut statement = connection.prepare(&format!("SELECT {COLUMNS} FROM decision ORDER BY id"))?;
    let rows = statement.query_map([], read)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// A page of them, by number.
pub(super) fn page(connection: &Connection, after: u64) -> Result<Vec<DecisionRecord>, Trouble> {
    let sql = format!("SELECT {COLUMNS} FROM decision WHERE id > ?1 ORDER BY id LIMIT ?2");
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map(params![sql_id(after), PAGE_ROWS as i64], read)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn read(row: &Row<'_>) -> rusqlite::Result<DecisionRecord> {
    Ok(DecisionRecord {
        id: id(row, 0)?,
        previous: id(row, 1)?,
        contact: ContactId(id(row, 2)?),
        workflow: row.get(3)?,
        version: row.get(4)?,
        run: row.get(5)?,
        at: row.get(6)?,
        code: coded(row, 7)?,
        step: row.get(8)?,
        about: row.get(9)?,
        reason: row.get(10)?,
        send: row.get::<_, Option<i64>>(11)?.map(|_| id(row, 11)).transpose()?,
        trace: words(row, 12)?.into(),
    })
}

fn words(row: &Row<'_>, column: usize) -> rusqlite::Result<Vec<i64>> {
    let bytes: Vec<u8> = row.get(column)?;
    let (words, rest) = bytes.as_chunks::<8>();
    if rest.is_empty() {
        Ok(words.iter().map(|word| i64::from_le_bytes(*word)).collect())
    } else {
        Err(damaged(column, Type::Blob))
    }
}
