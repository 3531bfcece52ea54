//! The ledgers of stages and scores.

use super::codes::{id, sql_id};
use super::fault::Trouble;
use crate::store::{ChangedBy, ContactId, ScoreRecord, StageRecord};
use rusqlite::{Connection, Row, params};

pub(super) fn write(connection: &Connection, stages: &[StageRecord], scores: &[ScoreRecord]) -> Result<(), Trouble> {
    let mut stage = connection.prepare_cached(
        "INSERT INTO stage_change (contact, at, from_stage, to_stage, workflow, run) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?;
    for StageRecord { contact, at, from, to, by } in stages {
        let (workflow, run) = by.journey.unzip();
        stage.execute(params![sql_id(contact.0), at, from, to, workflow, run])?;
    }
    let mut score = connection.prepare_cached(
        "INSERT INTO score_change (contact, at, change, score, workflow, run) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?;
    for ScoreRecord { contact, at, change, score: sum, by } in scores {
        let (workflow, run) = by.journey.unzip();
        score.execute(params![sql_id(contact.0), at, change, sum, workflow, run])?;
    }
    Ok(())
}

fn changed_by(row: &Row<'_>) -> rusqlite::Result<ChangedBy> {
    let (workflow, run): (Option<u32>, Option<u32>) = (row.get(4)?, row.get(5)?);
    Ok(ChangedBy { journey: workflow.zip(run) })
}

pub(super) fn all_stages(connection: &Connection) -> Result<Vec<StageRecord>, Trouble> {
    let sql = "SELECT contact, at, from_stage, to_stage, workflow, run FROM stage_change ORDER BY id";
    let mut statement = connection.prepare(sql)?;
    let rows = statement.query_map([], |row| {
        let contact = ContactId(id(row, 0)?);
        Ok(StageRecord { contact, at: row.get(1)?, from: row.get(2)?, to: row.get(3)?, by: changed_by(row)? })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

pub(super) fn all_scores(connection: &Connection) -> Result<Vec<ScoreRecord>, Trouble> {
    let sql = "SELECT contact, at, change, score, workflow, run FROM score_change ORDER BY id";
    let mut statement = connection.prepare(sql)?;
    let rows = statement.query_map([], |row| {
        let contact = ContactId(id(row, 0)?);
        Ok(ScoreRecord { contact, at: row.get(1)?, change: row.get(2)?, score: row.get(3)?, by: changed_by(row)? })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
