//! One picture of a store, taken from outside: no lock is taken, nothing is written, nothing is brought up to date, and whoever works on the
//! store is not held up.
//!
//! While somebody does, the log written ahead lies beside the file, and whoever reads through it sees one moment. A store at rest is one
//! file. Reading it in the usual way would put a log and an index beside it, in the name of whoever asks; so it is read as what nobody
//! changes, and looked at once more afterwards: where somebody began to work on it meanwhile, another picture is taken.
//!
//! What was killed has a log and needs an index of it, which whoever asks may not make where the folder takes no writes: there it is made in memory.

use super::fault::Trouble;
use super::lock::{has_lock, of_what_was_a_store};
use super::open::{BUSY_TIMEOUT_MS, examine, refuse_folder, refuse_other_tables};
use super::records::SqliteRecords;
use super::tail::over;
use super::there::{beside, refuse_second_name};
use crate::store::{StoreError, StoreFault};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};
use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime};

/// A store changes under a picture when a process begins or ends to work on it, which it does not do again and again.
const TRIES: u32 = 5;

/// SQLite's way to a file that takes no locks, on Unix.
const WITHOUT_LOCKS: &str = "unix-none";

/// What is read together, of one moment. None where there is a file that holds nothing yet. `take` may be called again.
pub(crate) fn picture<T, E: From<StoreError>>(
    path: &Path,
    mut take: impl FnMut(&mut SqliteRecords) -> Result<T, E>,
) -> Result<Option<T>, E> {
    refuse_folder(path)?;
    refuse_second_name(path)?;
    // The log lies beside the file itself, not beside a link to it.
    let file = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    for _ in 0..TRIES {
        let (before, way) = Way::to(&file);
        let taken = match begin(&file, way) {
            Ok(Some(connection)) => take(&mut SqliteRecords::of_one_moment(connection, path)).map(Some),
            Ok(None) => Ok(None),
            Err(trouble) => Err(E::from(of_what_was_a_store(trouble.at(path, "read"), path))),
        };
        // Through the log it is of one moment, whatever happens; what failed may have failed because the file changed.
        if way == Way::Through || before == Rest::of(&file) {
            return taken;
        }
    }
    Err(E::from(StoreError {
        fault: StoreFault::Unavailable,
        message: format!("cannot read `{}`: other programs begin and end to work on it all the time", path.display()),
        help: "try again".to_owned(),
        path: Some(path.to_owned()),
    }))
}

/// Refuses what is not Flow's before a lock is put beside it; where there is a lock, whoever takes it looks.
pub(super) fn refuse_foreign(path: &Path) -> Result<(), StoreError> {
    let is_something = fs::metadata(path).is_ok_and(|found| found.len() > 0);
    if has_lock(path) || !is_something {
        return Ok(());
    }
    let file = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    match begin(&file, Way::to(&file).1) {
        // Whatever else is wrong is told by who opens it.
        Err(trouble) if trouble.is_of_somebody_else() => Err(trouble.at(path, "open")),
        _ => Ok(()),
    }
}

/// Refuses tables that are not those of today, without a lock and before anything is written.
pub(crate) fn refuse_not_of_today(path: &Path) -> Result<(), StoreError> {
    let of_today = picture(path, SqliteRecords::refuse_not_of_today)?;
    of_today.map_or_else(|| refuse_other_tables(0, path).map_err(|trouble| trouble.at(path, "read")), Ok)
}

/// A store that nobody works on, as it lies there, with the log of one that was killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Rest {
    bytes: u64,
    changed: Option<SystemTime>,
    log: Option<(u64, Option<SystemTime>)>,
}

impl Rest {
    /// None where somebody may work on it: there is a log with its index.
    fn of(path: &Path) -> Option<Rest> {
        let log = fs::metadata(beside(path, "-wal")).ok().map(|log| (log.len(), log.modified().ok()));
        if log.is_some() && beside(path, "-shm").exists() {
            return None;
        }
        let found = fs::metadata(path).ok()?;
        Some(Rest { bytes: found.len(), changed: found.modified().ok(), log })
    }
}

/// How a store is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// Through its log, beside whoever writes.
    Through,
    /// The file alone, which nobody changes.
    Alone,
    /// The file and a log of which nobody has an index, which nobody changes either: the index is made in memory, and nothing is locked.
    InMemory,
}

impl Way {
    /// The store as it lies there, and how it is read. Where addresses of files and locks are written otherwise, through its log.
    fn to(path: &Path) -> (Option<Rest>, Way) {
        match Rest::of(path) {
            Some(rest) if cfg!(unix) && rest.log.is_none() => (Some(rest), Way::Alone),
            Some(rest) if cfg!(unix) && needs_an_index(path) => (Some(rest), Way::InMemory),
            rest => (rest, Way::Through),
        }
    }
}

/// Whether there is a log whose index cannot be made beside it.
fn needs_an_index(path: &Path) -> bool {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let version =
        |connection: Connection| connection.pragma_query_value(None, "user_version", |row| row.get::<_, i64>(0));
    let read = Connection::open_with_flags(path, flags).and_then(version);
    read.is_err_and(|error| {
        matches!(
            error.sqlite_error_code(),
            Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly | ErrorCode::PermissionDenied)
        )
    })
}

/// A connection that has begun to read; none where the file holds nothing yet.
fn begin(path: &Path, way: Way) -> Result<Option<Connection>, Trouble> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = match way {
        Way::Alone => Connection::open_with_flags(unchanging(path), flags | OpenFlags::SQLITE_OPEN_URI)?,
        Way::Through => Connection::open_with_flags(path, flags)?,
        Way::InMemory => Connection::open_with_flags_and_vfs(path, flags, WITHOUT_LOCKS)?,
    };
    connection.busy_timeout(Duration::from_millis(u64::from(BUSY_TIMEOUT_MS)))?;
    if way == Way::InMemory {
        // Its documentation, "Use of WAL Without Shared-Memory": the index is in the memory of whoever has the file alone.
        connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    }
    over::prepare(&connection)?;
    for (name, value) in [("cell_size_check", "ON"), ("trusted_schema", "OFF")] {
        connection.pragma_update(None, name, value)?;
    }
    // The moment is that of the first read, which is the next one.
    connection.execute_batch("BEGIN")?;
    let is_empty = examine(&connection, path)? == 0;
    Ok((!is_empty).then_some(connection))
}

/// The file as SQLite is told that nobody changes it: as an address, in which all but the plainest characters are written by their numbers.
fn unchanging(path: &Path) -> String {
    let mut address = "file:".to_owned();
    for byte in path.as_os_str().as_encoded_bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' => address.push(char::from(*byte)),
            other => address.push_str(&format!("%{other:02X}")),
        }
    }
    address + "?immutable=1"
}
