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
    include_str!("V014.sql"),
    include_str!("V015.sql"),
    include_str!("V016.sql"),
];

/// The version this Flow writes.
pub(super) const NEWEST: usize = OLDEST + MIGRATIONS.len() - 1;

/// Takes the steps that are missing after `version`, each whole or not at all. Of an empty file (0) all of them together: whoever is ended meanwhile
/// leaves one that holds nothing, and none of an earlier version.
pub(super) fn migrate(connection: &mut Connection, version: usize) -> Result<(), Trouble> {
    let mut missing = (OLDEST..).zip(MIGRATIONS).filter(|(number, _)| *number > version);
    let at_once = if version == 0 { MIGRATIONS.len() } else { 1 };
    while let Some(first) = missing.next() {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        for (number, sql) in std::iter::once(first).chain(missing.by_ref().take(at_once - 1)) {
            take(&transaction, sql, number)?;
        }
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

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// Wherever it is ended: here by a file that may not grow further.
    #[test]
    fn an_empty_file_becomes_a_store_of_today_or_stays_empty() {
        let made = (1..200).find(|pages| {
            let mut connection = Connection::open_in_memory().unwrap();
            connection.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(())).unwrap();
            let is_made = migrate(&mut connection, 0).is_ok();
            let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
            let tables = "SELECT count(*) FROM sqlite_schema";
            let tables: i64 = connection.query_row(tables, [], |row| row.get(0)).unwrap();
            assert_eq!((version, tables > 0), (if is_made { NEWEST as i64 } else { 0 }, is_made), "{pages} pages");
            is_made
        });
        assert!(made.unwrap() > 30);
    }
}
