//! Numbered steps from an empty file to today's tables. A file's `user_version` is the number of the last one that it has taken.

use super::fault::Trouble;
use rusqlite::{Connection, Transaction, TransactionBehavior};

/// `FLOW`: says in the file's header whose database it is.
pub(super) const APPLICATION_ID: i32 = i32::from_be_bytes(*b"FLOW");

/// The first tables that this Flow knows. Those before it were of versions that nobody released.
pub(super) const OLDEST: usize = 7;

/// In order, from [`OLDEST`] on; only ever appended to.
const MIGRATIONS: &[&str] = &[
    include_str!("V007.sql"),
    include_str!("V008.sql"),
    include_str!("V009.sql"),
    include_str!("V010.sql"),
    include_str!("V011.sql"),
    include_str!("V012.sql"),
    include_str!("V013.sql"),
];

/// The version this Flow writes.
pub(super) const NEWEST: usize = OLDEST + MIGRATIONS.len() - 1;

/// Takes the steps that are missing after `version` (0 for an empty file), each whole or not at all.
pub(super) fn migrate(connection: &mut Connection, version: usize) -> Result<(), Trouble> {
    for (number, sql) in (OLDEST..).zip(MIGRATIONS).filter(|(number, _)| *number > version) {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        take(&transaction, sql, number)?;
        transaction.commit()?;
    }
    Ok(())
}

fn take(transaction: &Transaction<'_>, sql: &str, version: usize) -> Result<(), Trouble> {
    transaction.execute_batch(sql)?;
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", version as i64)?;
    Ok(())
}
