//! Entries that wait for who they are about, by (contact, workflow).

use super::codes::sql_id;
use super::fault::Trouble;
use crate::store::{ContactId, HeldEntry};
use rusqlite::{CachedStatement, Connection, params};

/// One short range of the primary key.
pub(super) const LOAD: &str =
    "SELECT workflow, triggers, occurred_at, until FROM held_entry WHERE contact = ?1 ORDER BY workflow";

/// Loads those of one contact after another.
pub(super) struct Loader<'c> {
    statement: CachedStatement<'c>,
}

impl<'c> Loader<'c> {
    pub(super) fn new(connection: &'c Connection) -> Result<Self, Trouble> {
        Ok(Self { statement: connection.prepare_cached(LOAD)? })
    }

    pub(super) fn load(&mut self, contact: ContactId) -> Result<Vec<HeldEntry>, Trouble> {
        let rows = self.statement.query_map([sql_id(contact.0)], |row| {
            Ok(HeldEntry {
                workflow: row.get(0)?,
                // The bits are kept as they are, the highest as the sign.
                triggers: row.get::<_, i64>(1)?.cast_unsigned(),
                occurred_at: row.get(2)?,
                until: row.get(3)?,
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}

/// Whatever was held for the contact before is no longer.
pub(super) fn write(connection: &Connection, contact: ContactId, held: &[HeldEntry]) -> Result<(), Trouble> {
    let contact = sql_id(contact.0);
    connection.prepare_cached("DELETE FROM held_entry WHERE contact = ?1")?.execute([contact])?;
    let add = "INSERT INTO held_entry (contact, workflow, triggers, occurred_at, until) VALUES (?1, ?2, ?3, ?4, ?5)";
    let mut add = connection.prepare_cached(add)?;
    for entry in held {
        let triggers = entry.triggers.cast_signed();
        add.execute(params![contact, entry.workflow, triggers, entry.occurred_at, entry.until])?;
    }
    Ok(())
}
