//! The ledgers of stages and scores, and the values of journeys.

use super::append::{Table, Values, append};
use super::codes::{id, sql_id};
use super::fault::Trouble;
use crate::store::{ChangedBy, ContactId, JourneyValue, PAGE_ROWS, Placed, ScoreRecord, StageRecord};
use rusqlite::{Connection, Row, params};

const STAGE_TABLE: Table = Table { name: "stage_change", columns: "contact, at, from_stage, to_stage, workflow, run" };
const SCORE_TABLE: Table = Table { name: "score_change", columns: "contact, at, change, score, workflow, run" };

pub(super) fn write(connection: &Connection, stages: &[StageRecord], scores: &[ScoreRecord]) -> Result<(), Trouble> {
    let stage = |StageRecord { contact, at, from, to, by }: &StageRecord, values: &mut Values<'_, '_>| {
        values.integer(sql_id(contact.0))?;
        values.integer(*at)?;
        values.integer(*from)?;
        values.integer(*to)?;
        changed(by, values)
    };
    append(connection, STAGE_TABLE, stages, stage, |_, error| error.into())?;
    let score = |ScoreRecord { contact, at, change, score, by }: &ScoreRecord, values: &mut Values<'_, '_>| {
        values.integer(sql_id(contact.0))?;
        values.integer(*at)?;
        values.integer(*change)?;
        values.integer(*score)?;
        changed(by, values)
    };
    append(connection, SCORE_TABLE, scores, score, |_, error| error.into())
}

/// For which values journeys are.
pub(super) fn write_values(connection: &Connection, journeys: &[JourneyValue]) -> Result<(), Trouble> {
    if journeys.is_empty() {
        return Ok(());
    }
    let sql = "INSERT OR REPLACE INTO journey_value (contact, workflow, run, value) VALUES (?1, ?2, ?3, ?4)";
    let mut statement = connection.prepare_cached(sql)?;
    for JourneyValue { contact, workflow, run, value } in journeys {
        statement.execute(params![sql_id(contact.0), workflow, run, value])?;
    }
    Ok(())
}

pub(super) fn values(connection: &Connection) -> Result<Vec<JourneyValue>, Trouble> {
    let sql = "SELECT contact, workflow, run, value FROM journey_value ORDER BY contact, workflow, run";
    let mut statement = connection.prepare(sql)?;
    let rows = statement.query_map([], |row| {
        Ok(JourneyValue {
            contact: ContactId(id(row, 0)?),
            workflow: row.get(1)?,
            run: row.get(2)?,
            value: row.get(3)?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn changed(by: &ChangedBy, values: &mut Values<'_, '_>) -> rusqlite::Result<()> {
    let (workflow, run) = by.journey.unzip();
    values.some(workflow)?;
    values.some(run)
}

fn changed_by(row: &Row<'_>) -> rusqlite::Result<ChangedBy> {
    let (workflow, run): (Option<u32>, Option<u32>) = (row.get(4)?, row.get(5)?);
    Ok(ChangedBy { journey: workflow.zip(run) })
}

const STAGES: &str = "SELECT contact, at, from_stage, to_stage, workflow, run, id FROM stage_change";
const SCORES: &str = "SELECT contact, at, change, score, workflow, run, id FROM score_change";

pub(super) fn all_stages(connection: &Connection) -> Result<Vec<StageRecord>, Trouble> {
    let mut statement = connection.prepare(&format!("{STAGES} ORDER BY id"))?;
    let rows = statement.query_map([], stage)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

pub(super) fn all_scores(connection: &Connection) -> Result<Vec<ScoreRecord>, Trouble> {
    let mut statement = connection.prepare(&format!("{SCORES} ORDER BY id"))?;
    let rows = statement.query_map([], score)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// A page of changes of stages, in the order in which they were written.
pub(super) fn stages(connection: &Connection, after: u64) -> Result<Vec<Placed<StageRecord>>, Trouble> {
    page(connection, STAGES, after, stage)
}

/// The same of scores.
pub(super) fn scores(connection: &Connection, after: u64) -> Result<Vec<Placed<ScoreRecord>>, Trouble> {
    page(connection, SCORES, after, score)
}

fn page<T>(
    connection: &Connection,
    select: &str,
    after: u64,
    read: fn(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<Vec<Placed<T>>, Trouble> {
    let mut statement = connection.prepare_cached(&format!("{select} WHERE id > ?1 ORDER BY id LIMIT ?2"))?;
    let rows = statement.query_map(params![sql_id(after), PAGE_ROWS as i64], |row| Ok((id(row, 6)?, read(row)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn stage(row: &Row<'_>) -> rusqlite::Result<StageRecord> {
    let contact = ContactId(id(row, 0)?);
    Ok(StageRecord { contact, at: row.get(1)?, from: row.get(2)?, to: row.get(3)?, by: changed_by(row)? })
}

fn score(row: &Row<'_>) -> rusqlite::Result<ScoreRecord> {
    let contact = ContactId(id(row, 0)?);
    Ok(ScoreRecord { contact, at: row.get(1)?, change: row.get(2)?, score: row.get(3)?, by: changed_by(row)? })
}
