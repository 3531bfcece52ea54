//! Running totals: each slot adds to its own, and whoever asks adds them up.

use super::codes::{coded, id};
use super::fault::Trouble;
use crate::store::{BlockCount, DecisionCount, JourneyStatus, PositionCount, Slot, Total};
use rusqlite::{Connection, ErrorCode, Row, params};
use std::collections::BTreeMap;

/// Stands for none in a key, which may hold no NULL.
const NONE: i64 = -1;

const COUNTER: &str = "INSERT INTO counter (slot, name, total) VALUES (?1, ?2, ?3) \
                       ON CONFLICT (slot, name) DO UPDATE SET total = total + excluded.total";
const DECISIONS: &str = "INSERT INTO decision_day (slot, day, workflow, version, code, step, about, reason, total) \
                         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) \
                         ON CONFLICT (slot, day, workflow, version, code, step, about, reason) \
                         DO UPDATE SET total = total + excluded.total";
const CONVERSIONS: &str = "INSERT INTO conversion_week (slot, workflow, version, week, after_days, total) \
                           VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (slot, workflow, version, week, after_days) \
                           DO UPDATE SET total = total + excluded.total";
const ENGAGEMENTS: &str = "INSERT INTO engagement_day (slot, day, email, code, link, by_machine, total) \
                           VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (slot, day, email, code, link, by_machine) \
                           DO UPDATE SET total = total + excluded.total";

/// One write for each total of the batch, however often it was added to.
pub(super) fn add(connection: &Connection, slot: Slot, totals: &[(Total, i64)]) -> Result<(), Trouble> {
    let slot = slot.index();
    for (total, more) in totals {
        let done = match total {
            Total::Counter(name) => connection.prepare_cached(COUNTER)?.execute(params![slot, name, more]),
            Total::Decisions { day, workflow, version, code, step, about, reason } => {
                let [workflow, step, about] = [workflow, step, about].map(|of| of.map_or(NONE, i64::from));
                connection.prepare_cached(DECISIONS)?.execute(params![
                    slot,
                    day,
                    workflow,
                    version,
                    *code as u8,
                    step,
                    about,
                    reason,
                    more
                ])
            }
            Total::Conversions { workflow, version, week, after_days } => connection
                .prepare_cached(CONVERSIONS)?
                .execute(params![slot, workflow, version, week, after_days, more]),
            Total::Engagements { day, email, code, link, by_machine } => connection
                .prepare_cached(ENGAGEMENTS)?
                .execute(params![slot, day, email, *code as u8, link, by_machine, more]),
        };
        match done {
            // A sum beyond 64 bits becomes a real number, which a strict table refuses.
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation) => {
                return Err(Trouble::Broken(format!("the total {total:?} is out of range")));
            }
            done => done?,
        };
    }
    Ok(())
}

pub(super) fn counters(connection: &Connection) -> Result<Vec<(String, i64)>, Trouble> {
    let mut statement =
        connection.prepare_cached("SELECT name, sum(total) FROM counter GROUP BY name ORDER BY name")?;
    Ok(statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<rusqlite::Result<_>>()?)
}

pub(super) fn decisions(connection: &Connection) -> Result<Vec<DecisionCount>, Trouble> {
    let sql = "SELECT workflow, code, step, about, reason, sum(total) FROM decision_day \
               GROUP BY workflow, code, step, about, reason ORDER BY workflow, code, step, about, reason";
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map([], |row| {
        Ok(DecisionCount {
            workflow: some(row, 0)?,
            code: coded(row, 1)?,
            step: some(row, 2)?,
            about: some(row, 3)?,
            reason: row.get(4)?,
            count: id(row, 5)?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn some(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<u32>> {
    if row.get::<_, i64>(column)? == NONE { Ok(None) } else { row.get(column).map(Some) }
}

/// Looks into every contact: an index by step would dirty one more page a step, for a question that people ask now and then.
pub(super) fn positions(connection: &Connection) -> Result<Vec<PositionCount>, Trouble> {
    let mut counts: BTreeMap<(u32, u32, JourneyStatus), u64> = BTreeMap::new();
    super::contacts::each_live(connection, |journey| {
        *counts.entry((journey.workflow, journey.step, journey.status)).or_default() += 1;
    })?;
    let counts = counts.into_iter();
    Ok(counts.map(|((workflow, step, status), count)| PositionCount { workflow, step, status, count }).collect())
}

/// The same by block.
pub(super) fn blocks(connection: &Connection) -> Result<Vec<BlockCount>, Trouble> {
    let mut counts: BTreeMap<(u32, u32), u64> = BTreeMap::new();
    super::contacts::each_live(connection, |journey| {
        *counts.entry((journey.workflow, journey.block)).or_default() += 1;
    })?;
    Ok(counts.into_iter().map(|((workflow, block), count)| BlockCount { workflow, block, count }).collect())
}

/// Every total, over all slots.
pub(super) fn all(connection: &Connection) -> Result<BTreeMap<Total, i64>, Trouble> {
    let mut totals: BTreeMap<Total, i64> =
        counters(connection)?.into_iter().map(|(name, total)| (Total::Counter(name), total)).collect();
    let mut read = |sql: &str, of: fn(&Row<'_>) -> rusqlite::Result<(Total, i64)>| -> Result<(), Trouble> {
        let mut statement = connection.prepare(sql)?;
        for row in statement.query_map([], of)? {
            let (total, value) = row?;
            *totals.entry(total).or_default() += value;
        }
        Ok(())
    };
    read("SELECT day, workflow, version, code, step, about, reason, total FROM decision_day", |row| {
        let total = Total::Decisions {
            day: row.get(0)?,
            workflow: some(row, 1)?,
            version: row.get(2)?,
            code: coded(row, 3)?,
            step: some(row, 4)?,
            about: some(row, 5)?,
            reason: row.get(6)?,
        };
        Ok((total, row.get(7)?))
    })?;
    read("SELECT workflow, version, week, after_days, total FROM conversion_week", |row| {
        let total = Total::Conversions {
            workflow: row.get(0)?,
            version: row.get(1)?,
            week: row.get(2)?,
            after_days: row.get(3)?,
        };
        Ok((total, row.get(4)?))
    })?;
    read("SELECT day, email, code, link, by_machine, total FROM engagement_day", |row| {
        let total = Total::Engagements {
            day: row.get(0)?,
            email: row.get(1)?,
            code: coded(row, 2)?,
            link: row.get(3)?,
            by_machine: row.get(4)?,
        };
        Ok((total, row.get(5)?))
    })?;
    Ok(totals)
}
