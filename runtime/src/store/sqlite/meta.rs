//! Small named values.

use super::fault::Trouble;
use rusqlite::{Connection, OptionalExtension, params};

pub(super) fn read(connection: &Connection, name: &str) -> Result<Option<Vec<u8>>, Trouble> {
    let mut statement = connection.prepare_cached("SELECT value FROM meta WHERE name = ?1")?;
    Ok(statement.query_row([name], |row| row.get(0)).optional()?)
}

pub(super) fn write(connection: &Connection, values: &[(String, Vec<u8>)]) -> Result<(), Trouble> {
    let sql = "INSERT INTO meta (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = excluded.value";
    let mut statement = connection.prepare_cached(sql)?;
    for (name, value) in values {
        statement.execute(params![name, value])?;
    }
    Ok(())
}
