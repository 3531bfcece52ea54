//! One picture of a store, taken from outside: no lock is taken, nothing is written, nothing is brought up to date, and whoever works on the
//! store is not held up.
//!
//! While somebody does, the log written ahead lies beside the file, and whoever reads through it sees one moment. A store at rest is one
//! file. Reading it in the usual way would put a log and an index beside it, in the name of whoever asks; so it is read as what nobody
//! changes, and looked at once more afterwards: where somebody began to work on it meanwhile, another picture is taken.

use super::fault::Trouble;
use super::open::{BUSY_TIMEOUT_MS, examine, refuse_folder};
use super::records::SqliteRecords;
use super::there::{of_what_was_a_store, refuse_second_name};
use crate::store::{StoreError, StoreFault};
use rusqlite::{Connection, OpenFlags};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// A store changes under a picture when a process begins or ends to work on it, which it does not do again and again.
const TRIES: u32 = 5;

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
        let before = Rest::of(&file);
        let taken = match begin(&file, before.is_some()) {
            Ok(Some(connection)) => take(&mut SqliteRecords::of_one_moment(connection, path)).map(Some),
            Ok(None) => Ok(None),
            Err(trouble) => Err(E::from(of_what_was_a_store(trouble.at(path, "read"), path))),
        };
        // Through the log it is of one moment, whatever happens; what failed may have failed because the file changed.
        if before.is_none() || before == Rest::of(&file) {
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

/// A store that nobody works on, as it lies there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Rest {
    bytes: u64,
    changed: Option<SystemTime>,
}

impl Rest {
    /// None where there is a log beside the file: somebody works on it, or was killed. Nor where addresses of files are written otherwise.
    fn of(path: &Path) -> Option<Rest> {
        if !cfg!(unix) {
            return None;
        }
        let mut log = path.as_os_str().to_owned();
        log.push("-wal");
        if PathBuf::from(log).exists() {
            return None;
        }
        let found = fs::metadata(path).ok()?;
        Some(Rest { bytes: found.len(), changed: found.modified().ok() })
    }
}

/// A connection that has begun to read; none where the file holds nothing yet.
fn begin(path: &Path, is_at_rest: bool) -> Result<Option<Connection>, Trouble> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = match is_at_rest {
        true => Connection::open_with_flags(unchanging(path), flags | OpenFlags::SQLITE_OPEN_URI)?,
        false => Connection::open_with_flags(path, flags)?,
    };
    connection.busy_timeout(Duration::from_millis(u64::from(BUSY_TIMEOUT_MS)))?;
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
