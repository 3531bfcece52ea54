//! Writes what an examination knows how to mend, in one transaction, behind a copy of the file.

use super::codes::sql_id;
use super::fault::{Trouble, io_error};
use super::there::beside;
use super::{SqliteStore, health, totals};
use crate::doctor::Mend;
use crate::store::{Slot, StoreError, Total};
use rusqlite::backup::Backup;
use rusqlite::{Connection, params};
use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::time::Duration;

/// How many pages are copied between two looks at whether somebody else has written.
const PAGES_AT_ONCE: i32 = 10_000;

/// What is to be written.
#[derive(Debug)]
pub(crate) struct Mending {
    pub(crate) mends: Vec<Mend>,
    /// Whether indexes are built again.
    pub(crate) indexes: bool,
    /// Whether every event of the log is noted as arrived.
    pub(crate) messages: bool,
}

impl SqliteStore {
    /// Copies the store beside it, and mends it. Whoever has it open is alone, so nothing is written between the two.
    pub(crate) fn mend(&mut self, copy: &Path, mending: Mending) -> Result<(), StoreError> {
        copy_store(self.connection(), &self.path, copy)?;
        self.write(move |connection| write(connection, mending))
    }
}

/// The file as it is with the log of what is not folded in yet, page by page. It has its name once it is whole and on the disk, which it is before
/// anything is changed; where that fails, nothing is left of it. SQLite reads the store: to open that in another way and close it again would
/// undo SQLite's own locks.
fn copy_store(connection: &Connection, store: &Path, to: &Path) -> Result<(), StoreError> {
    let part = beside(to, ".part");
    let remove =
        || ["", "-journal", "-wal", "-shm"].iter().for_each(|ending| drop(fs::remove_file(beside(&part, ending))));
    // Of one who was ended while they copied.
    remove();
    let copied = copy_to_part(connection, store, to, &part)
        .and_then(|()| give_name(&part, to).map_err(|error| cannot_copy(to, &error)));
    if copied.is_err() {
        remove();
    }
    copied
}

fn copy_to_part(connection: &Connection, store: &Path, to: &Path, part: &Path) -> Result<(), StoreError> {
    let cannot = |error: &io::Error| cannot_copy(to, error);
    let file = begin_as(store, part).map_err(|error| cannot(&error))?;
    let copied = Connection::open(part).and_then(|mut copy| {
        Backup::new(connection, &mut copy)?.run_to_completion(PAGES_AT_ONCE, Duration::ZERO, None)
    });
    copied.map_err(|error| Trouble::from(error).at(to, "copy the store to"))?;
    file.sync_all().map_err(|error| cannot(&error))?;
    drop(file);
    // The header of the store as it is, with its log.
    match health::free_pages_from_nowhere(part) {
        Some(words) => Err(Trouble::damaged_header(&words).at(store, "mend")),
        None => Ok(()),
    }
}

/// A new file that those may read who may read the store, and nobody else: it has everybody's address.
fn begin_as(store: &Path, part: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _, fchown};
        let of = fs::metadata(store)?;
        let file = options.mode(0o600).open(part)?;
        let is_theirs = fchown(&file, Some(of.uid()), Some(of.gid())).is_ok();
        let readers = if is_theirs { 0o777 } else { 0o700 };
        file.set_permissions(fs::Permissions::from_mode(of.mode() & readers))?;
        Ok(file)
    }
    #[cfg(not(unix))]
    {
        let _ = store;
        options.open(part)
    }
}

/// A file of that name that is there stays. The folder is on the disk, too.
fn give_name(part: &Path, to: &Path) -> io::Result<()> {
    if to.try_exists()? {
        return Err(io::ErrorKind::AlreadyExists.into());
    }
    fs::rename(part, to)?;
    let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

fn write(connection: &Connection, Mending { mends, indexes, messages }: Mending) -> Result<(), Trouble> {
    // First, since whatever follows may find its rows by them.
    if indexes {
        health::rebuild_indexes(connection)?;
    }
    for mend in mends {
        match mend {
            Mend::CallAt(contact, at) => {
                let sql = "UPDATE contact SET next_at = min(coalesce(next_at, ?2), ?2) WHERE id = ?1";
                connection.prepare_cached(sql)?.execute(params![sql_id(contact.0), at])?;
            }
            Mend::Previous(record, previous) => {
                for table in ["event", "decision"] {
                    let sql = format!("UPDATE {table} SET previous = ?2 WHERE id = ?1");
                    connection.prepare_cached(&sql)?.execute([record, previous].map(sql_id))?;
                }
            }
            Mend::Newest(contact, record) => {
                let sql = "UPDATE contact SET newest = ?2 WHERE id = ?1";
                connection.prepare_cached(sql)?.execute([contact.0, record].map(sql_id))?;
            }
            Mend::Joined(contact, into) => {
                let sql = "UPDATE joined SET \"into\" = ?2 WHERE contact = ?1";
                connection.prepare_cached(sql)?.execute([contact.0, into.0].map(sql_id))?;
            }
            // Two who have one address have it in turn: it leads to the first.
            Mend::Key(key, contact) => {
                let sql = "INSERT OR IGNORE INTO contact_key (key, contact) VALUES (?1, ?2)";
                connection.prepare_cached(sql)?.execute(params![key, sql_id(contact.0)])?;
            }
            Mend::Totals { counted, by_week } => {
                write_totals(connection, &counted.into_iter().collect::<Vec<_>>(), by_week)?
            }
        }
    }
    if messages {
        connection.execute("INSERT OR IGNORE INTO message (day, id) SELECT day, message FROM event", [])?;
    }
    Ok(())
}

/// What was counted takes the place of what stood there. Totals of which nothing can be counted again stay.
fn write_totals(connection: &Connection, counted: &[(Total, i64)], by_week: bool) -> Result<(), Trouble> {
    connection.execute("DELETE FROM decision_day", [])?;
    if by_week {
        connection.execute("DELETE FROM conversion_week", [])?;
    }
    for (total, _) in counted {
        if let Total::Counter(name) = total {
            connection.prepare_cached("DELETE FROM counter WHERE name = ?1")?.execute([name])?;
        }
    }
    totals::add(connection, Slot::FIRST, counted)
}

/// The error of a copy that could not be made.
fn cannot_copy(to: &Path, error: &io::Error) -> StoreError {
    let told = io_error(to, error);
    StoreError {
        message: format!("cannot copy the store to `{}`, and nothing was changed: {error}", to.display()),
        ..told
    }
}
