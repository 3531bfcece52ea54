//! Numbered steps from an empty file to today's tables. A file's `user_version` is how many it has taken.

use super::fault::Trouble;
use rusqlite::{Connection, Transaction, TransactionBehavior};

/// `FLOW`: says in the file's header whose database it is.
pub(super) const APPLICATION_ID: i32 = i32::from_be_bytes(*b"FLOW");

/// In order; only ever appended to.
const MIGRATIONS: &[&str] = &[
    include_str!("V001.sql"),
    include_str!("V002.sql"),
    include_str!("V003.sql"),
    include_str!("V004.sql"),
    include_str!("V005.sql"),
    include_str!("V006.sql"),
];

/// The version this Flow writes.
pub(super) const NEWEST: usize = MIGRATIONS.len();

/// Takes the steps that are missing after `version`, each whole or not at all.
pub(super) fn migrate(connection: &mut Connection, version: usize) -> Result<(), Trouble> {
    for (done, sql) in MIGRATIONS.iter().enumerate().skip(version) {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        take(&transaction, sql, done + 1)?;
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
