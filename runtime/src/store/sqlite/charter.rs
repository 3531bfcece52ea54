//! What a store is, and the programs that it has run.

use super::codes::damaged;
use super::fault::Trouble;
use crate::store::{Charter, KeptProgram};
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Row, params};

/// The store's own name.
pub(super) fn name(connection: &Connection) -> Result<Option<String>, Trouble> {
    let name = connection.prepare_cached("SELECT name FROM charter")?.query_row([], |row| row.get(0)).optional()?;
    Ok(name.flatten())
}

pub(super) fn read(connection: &Connection) -> Result<Charter, Trouble> {
    let named =
        connection.query_row("SELECT name, kind FROM charter", [], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    let (name, kind) = named.unwrap_or_default();
    let sql = "SELECT version, hash, text, recalling FROM program ORDER BY version DESC LIMIT 1";
    Ok(Charter { name, kind, program: connection.query_row(sql, [], program).optional()? })
}

/// One version of the program.
pub(super) fn version(connection: &Connection, version: u32) -> Result<Option<KeptProgram>, Trouble> {
    let sql = "SELECT version, hash, text, recalling FROM program WHERE version = ?1";
    Ok(connection.query_row(sql, [version], program).optional()?)
}

/// The versions that there are, ascending.
pub(super) fn versions(connection: &Connection) -> Result<Vec<u32>, Trouble> {
    let mut statement = connection.prepare("SELECT version FROM program ORDER BY version")?;
    Ok(statement.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?)
}

fn program(row: &Row<'_>) -> rusqlite::Result<KeptProgram> {
    let recalling = row.get_ref(3)?.as_str()?;
    Ok(KeptProgram {
        version: row.get(0)?,
        hash: row.get(1)?,
        text: row.get(2)?,
        recalling: serde_json::from_str(recalling).map_err(|_| damaged(3, Type::Text))?,
    })
}

/// What is none stays as it is.
pub(super) fn write(connection: &Connection, charter: &Charter) -> Result<(), Trouble> {
    connection.execute(
        "INSERT INTO charter (one, name, kind) VALUES (1, ?1, ?2) ON CONFLICT (one) DO UPDATE SET \
         name = coalesce(excluded.name, name), kind = coalesce(excluded.kind, kind)",
        params![charter.name, charter.kind],
    )?;
    if let Some(KeptProgram { version, hash, text, recalling }) = &charter.program {
        // A list of numbers is JSON: writing it cannot fail.
        let recalling = serde_json::to_string(recalling).unwrap_or_default();
        connection.execute(
            "INSERT INTO program (version, hash, text, recalling) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (version) \
             DO UPDATE SET hash = excluded.hash, text = excluded.text, recalling = excluded.recalling",
            params![version, hash, text, recalling],
        )?;
    }
    Ok(())
}
