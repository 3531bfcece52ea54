//! Why things happened, and how often.

use super::codes::{coded, damaged, id, sql_id};
use super::fault::Trouble;
use crate::store::{ContactId, DecisionCode, DecisionCount, DecisionRecord};
use rusqlite::types::Type;
use rusqlite::{Connection, Row, params};
use std::collections::BTreeMap;

/// Stands for `None` in `decision_total`, whose key may hold no NULL.
const NONE: i64 = -1;

pub(super) fn write(connection: &Connection, decisions: &[DecisionRecord]) -> Result<(), Trouble> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO decision (contact, workflow, run, at, code, step, reason, trace) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT DO NOTHING",
    )?;
    let mut totals = Totals::new();
    for row in decisions {
        let trace: Vec<u8> = row.trace.iter().flat_map(|word| word.to_le_bytes()).collect();
        let written = statement.execute(params![
            sql_id(row.contact.0),
            row.workflow,
            row.run,
            row.at,
            row.code as u8,
            row.step,
            row.reason,
            trace,
        ])?;
        if written > 0 {
            count(&mut totals, row);
        }
    }
    add_totals(connection, totals)
}

/// How many of each workflow, code, step and reason.
type Totals = BTreeMap<(i64, u8, i64, u32), i64>;

fn count(totals: &mut Totals, row: &DecisionRecord) {
    let workflow = or_none(row.workflow);
    *totals.entry((workflow, row.code as u8, or_none(row.step), row.reason)).or_default() += 1;
    for arm in row.arms() {
        *totals.entry((workflow, DecisionCode::Ran as u8, i64::from(arm), 0)).or_default() += 1;
    }
}

/// One write for each kind of decision in the batch, however many there were.
fn add_totals(connection: &Connection, totals: Totals) -> Result<(), Trouble> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO decision_total (workflow, code, step, reason, total) VALUES (?1, ?2, ?3, ?4, ?5) \
         ON CONFLICT (workflow, code, step, reason) DO UPDATE SET total = total + excluded.total",
    )?;
    for ((workflow, code, step, reason), total) in totals {
        statement.execute(params![workflow, code, step, reason, total])?;
    }
    Ok(())
}

fn or_none(value: Option<u32>) -> i64 {
    value.map_or(NONE, i64::from)
}

pub(super) fn counts(connection: &Connection) -> Result<Vec<DecisionCount>, Trouble> {
    let sql = "SELECT workflow, code, step, reason, total FROM decision_total ORDER BY workflow, code, step, reason";
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map([], |row| {
        Ok(DecisionCount {
            workflow: some(row, 0)?,
            code: coded(row, 1)?,
            step: some(row, 2)?,
            reason: row.get(3)?,
            count: id(row, 4)?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn some(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<u32>> {
    if row.get::<_, i64>(column)? == NONE { Ok(None) } else { row.get(column).map(Some) }
}

pub(super) fn all(connection: &Connection) -> Result<Vec<DecisionRecord>, Trouble> {
    let sql = "SELECT contact, workflow, run, at, code, step, reason, trace FROM decision ORDER BY id";
    let mut statement = connection.prepare(sql)?;
    let rows = statement.query_map([], |row| {
        Ok(DecisionRecord {
            contact: ContactId(id(row, 0)?),
            workflow: row.get(1)?,
            run: row.get(2)?,
            at: row.get(3)?,
            code: coded(row, 4)?,
            step: row.get(5)?,
            reason: row.get(6)?,
            trace: words(row, 7)?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
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
