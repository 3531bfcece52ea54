//! Running totals, and where the live journeys stand.

use super::codes::{coded, id};
use super::fault::Trouble;
use crate::store::{JourneyStatus, PositionCount};
use rusqlite::{Connection, ErrorCode, params};

pub(super) fn add(connection: &Connection, counters: &[(String, i64)]) -> Result<(), Trouble> {
    let sql = "INSERT INTO counter (name, value) VALUES (?1, ?2) \
               ON CONFLICT (name) DO UPDATE SET value = value + excluded.value";
    let mut statement = connection.prepare_cached(sql)?;
    for (name, more) in counters {
        match statement.execute(params![name, more]) {
            // A sum beyond 64 bits becomes a real number, which a strict table refuses.
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation) => {
                return Err(Trouble::Broken(format!("the total `{name}` is out of range")));
            }
            done => done?,
        };
    }
    Ok(())
}

pub(super) fn totals(connection: &Connection) -> Result<Vec<(String, i64)>, Trouble> {
    let mut statement = connection.prepare_cached("SELECT name, value FROM counter ORDER BY name")?;
    Ok(statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<rusqlite::Result<_>>()?)
}

/// Reads every journey: an index by step would dirty one more page a step, for a question that people ask now and then.
pub(super) fn positions(connection: &Connection) -> Result<Vec<PositionCount>, Trouble> {
    let mut statement = connection.prepare_cached(
        "SELECT workflow, step, status, count(*) FROM journey WHERE status <> ?1 \
         GROUP BY workflow, step, status ORDER BY workflow, step, status",
    )?;
    let rows = statement.query_map([JourneyStatus::Ended as u8], |row| {
        Ok(PositionCount { workflow: row.get(0)?, step: row.get(1)?, status: coded(row, 2)?, count: id(row, 3)? })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
