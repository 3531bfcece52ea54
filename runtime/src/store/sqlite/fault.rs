//! What SQLite says when it fails, in an operator's words.

use crate::store::check::{broken, lost};
use crate::store::{StoreError, StoreFault};
use rusqlite::ErrorCode;
use std::io;
use std::path::Path;

/// Why work on the file stopped.
#[derive(Debug)]
pub(super) enum Trouble {
    Sql(rusqlite::Error),
    /// A row that the engine must never make.
    Broken(String),
    /// The file holds what Flow never writes: words to follow what it is.
    Damaged(String),
    /// A verdict that was found on the way.
    Said(StoreFault, String, String),
    /// Somebody else has written.
    Lost,
    /// What this batch was built on was not kept.
    After,
    /// The end of a transaction failed: what it wrote may be there or not.
    Unknown(rusqlite::Error),
}

impl From<rusqlite::Error> for Trouble {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sql(error)
    }
}

impl Trouble {
    /// Of the end of a transaction. Where the disk failed, nobody knows what it kept.
    pub(super) fn of_commit(error: rusqlite::Error) -> Trouble {
        match error.sqlite_error_code() {
            Some(ErrorCode::SystemIoFailure) => Trouble::Unknown(error),
            _ => Trouble::Sql(error),
        }
    }

    /// Whether the file is damaged.
    pub(super) fn is_damage(&self) -> bool {
        match self {
            Self::Sql(error) | Self::Unknown(error) => explain(error).0 == StoreFault::Corrupt,
            Self::Said(fault, ..) => *fault == StoreFault::Corrupt,
            Self::Damaged(_) => true,
            Self::Broken(_) | Self::Lost | Self::After => false,
        }
    }

    /// Whether the file is none of Flow's.
    pub(super) fn is_of_somebody_else(&self) -> bool {
        match self {
            Self::Sql(error) => explain(error).0 == StoreFault::Foreign,
            Self::Said(fault, ..) => *fault == StoreFault::Foreign,
            Self::Unknown(_) | Self::Broken(_) | Self::Damaged(_) | Self::Lost | Self::After => false,
        }
    }

    /// What a look through the whole file has found.
    pub(super) fn damaged(path: &Path, was_closed: bool, found: &str) -> Trouble {
        let before = if was_closed { "" } else { "it was not closed the last time, and " };
        let message =
            format!("`{}` is damaged: {before}not every page of it can be read (SQLite says: {found})", path.display());
        Trouble::Said(StoreFault::Corrupt, message, RESTORE.to_owned())
    }

    /// The header of a store contradicts itself: `words` follow its name.
    pub(super) fn damaged_header(words: &str) -> Trouble {
        Trouble::Said(
            StoreFault::Corrupt,
            format!("the store is damaged, and nothing was changed: it {words}"),
            RESTORE.to_owned(),
        )
    }

    /// What is put aside in a temporary file cannot be.
    pub(super) fn of_temporary(error: StoreError) -> Trouble {
        Trouble::Said(error.fault, error.message, error.help)
    }

    /// A thread of the store could not be started.
    pub(super) fn no_thread(error: &io::Error) -> Trouble {
        Trouble::Said(
            StoreFault::Other,
            format!("cannot start a thread of the store: {error}"),
            "raise the limit on threads or memory for Flow".to_owned(),
        )
    }

    /// The error for the caller. `doing` completes "cannot ... the file".
    pub(super) fn at(self, path: &Path, doing: &str) -> StoreError {
        let shown = path.display();
        let (fault, message, help) = match self {
            Self::Broken(what) => return StoreError { path: Some(path.to_owned()), ..broken(what) },
            Self::Said(fault, message, help) => (fault, message, help),
            Self::Damaged(words) => (StoreFault::Corrupt, format!("`{shown}` is damaged: {words}"), RESTORE.to_owned()),
            Self::After => (
                StoreFault::Lost,
                format!("nothing was written to `{shown}`, because a batch before it could not be"),
                "begin again with the same command: what was kept before is there, and the work goes on from it"
                    .to_owned(),
            ),
            Self::Lost => return StoreError { path: Some(path.to_owned()), ..lost() },
            Self::Unknown(error) => {
                let (_, cause, help) = explain(&error);
                (StoreFault::Unknown, format!("cannot {doing} `{shown}`: {cause}"), help.to_owned())
            }
            Self::Sql(error) => {
                let (fault, cause, help) = explain(&error);
                (fault, format!("cannot {doing} `{shown}`: {cause}"), help.to_owned())
            }
        };
        StoreError { fault, message, help, path: Some(path.to_owned()) }
    }
}

/// The kind, the cause and what to do.
fn explain(error: &rusqlite::Error) -> (StoreFault, String, &'static str) {
    use rusqlite::Error::{
        FromSqlConversionFailure, IntegralValueOutOfRange, InvalidColumnType, QueryReturnedNoRows, SqlInputError,
        SqliteFailure, Utf8Error,
    };
    match error {
        SqliteFailure(_, Some(said)) | SqlInputError { msg: said, .. } if is_of_the_schema(said) => of_the_schema(said),
        SqliteFailure(failure, _) | SqlInputError { error: failure, .. } => explain_code(failure.code, error),
        FromSqlConversionFailure(..)
        | IntegralValueOutOfRange(..)
        | InvalidColumnType(..)
        | QueryReturnedNoRows
        | Utf8Error(..) => (StoreFault::Corrupt, format!("it holds what Flow never writes ({error})"), RESTORE),
        _ => (StoreFault::Other, error.to_string(), REPORT),
    }
}

/// What SQLite says where a statement names a table or an index that is not there, before the name.
const NO_TABLE: &str = "no such table: ";
const NO_INDEX: &str = "no such index: ";

fn is_of_the_schema(said: &str) -> bool {
    [NO_TABLE, NO_INDEX].iter().any(|words| said.contains(words))
}

/// Every store of today has all of them: somebody took it away, or the schema's page is damaged.
fn of_the_schema(said: &str) -> (StoreFault, String, &'static str) {
    let name = |words| said.split_once(words).and_then(|(_, rest): (_, &str)| rest.split_whitespace().next());
    match (name(NO_INDEX), name(NO_TABLE)) {
        (Some(index), _) => (
            StoreFault::Corrupt,
            format!("it is damaged: its index `{index}` is not there"),
            "stop Flow; `flow doctor --mend` makes it anew from its table, behind a copy of the store",
        ),
        (None, table) => (
            StoreFault::Corrupt,
            format!("it is damaged: its table `{}` is not there", table.unwrap_or_default()),
            RESTORE,
        ),
    }
}

pub(crate) const RESTORE: &str =
    "stop Flow, keep a copy of the file and of the ones beside it, and restore the last good backup";
const REPORT: &str = "try again; if it stays, please report it with this message";

fn explain_code(code: ErrorCode, error: &rusqlite::Error) -> (StoreFault, String, &'static str) {
    let (fault, cause, help) = match code {
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked | ErrorCode::FileLockingProtocolFailed => (
            StoreFault::Unavailable,
            "another program is writing to it",
            "close that program (a database browser with unsaved edits, a backup) and try again",
        ),
        ErrorCode::DiskFull => (
            StoreFault::Full,
            "the disk is full",
            "free some space or move the file to a larger disk; nothing is lost, the work goes on from where it stopped",
        ),
        ErrorCode::ReadOnly | ErrorCode::PermissionDenied => (
            StoreFault::ReadOnly,
            "it may not be written to",
            "let the user that runs Flow write to the file and its folder, and check that the disk is not mounted read-only",
        ),
        ErrorCode::CannotOpen => (
            StoreFault::Other,
            "it cannot be opened",
            "check that its folder exists, that the path is not a folder, and that the user that runs Flow may use it",
        ),
        ErrorCode::NotADatabase => (
            StoreFault::Foreign,
            "it is not a database",
            "where it was the store, it is damaged: keep a copy and restore the last good backup; else name another file",
        ),
        ErrorCode::DatabaseCorrupt => (StoreFault::Corrupt, "it is damaged", RESTORE),
        ErrorCode::SystemIoFailure => (
            StoreFault::Other,
            "the disk failed to read or write",
            "check that the disk has room and that no quota or limit on file sizes is reached, then the system's log; nothing is lost, the \
             work goes on from where it stopped",
        ),
        _ => (StoreFault::Other, "", REPORT),
    };
    let cause = if cause.is_empty() { error.to_string() } else { cause.to_owned() };
    (fault, cause, help)
}

/// The error for a file that the system would not open.
pub(super) fn io_error(path: &Path, error: &io::Error) -> StoreError {
    let (fault, help) = match error.kind() {
        io::ErrorKind::NotFound => (StoreFault::Other, "create its folder, or name another place for the store"),
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            (StoreFault::ReadOnly, "let the user that runs Flow write to that folder, or name another place")
        }
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            (StoreFault::Full, "free some space, or name a place on a larger disk")
        }
        _ => (StoreFault::Other, "name a place on a local disk that Flow may write to"),
    };
    let message = format!("cannot open `{}`: {error}", path.display());
    StoreError { fault, message, help: help.to_owned(), path: Some(path.to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rusqlite::ffi;

    #[test]
    fn every_failure_of_the_disk_or_of_others_is_told_apart() {
        let cases = [
            (ffi::SQLITE_BUSY, StoreFault::Unavailable, "another program"),
            (ffi::SQLITE_BUSY_SNAPSHOT, StoreFault::Unavailable, "another program"),
            (ffi::SQLITE_FULL, StoreFault::Full, "disk is full"),
            (ffi::SQLITE_READONLY, StoreFault::ReadOnly, "may not be written"),
            (ffi::SQLITE_READONLY_DIRECTORY, StoreFault::ReadOnly, "may not be written"),
            (ffi::SQLITE_CANTOPEN, StoreFault::Other, "cannot be opened"),
            (ffi::SQLITE_NOTADB, StoreFault::Foreign, "not a database"),
            (ffi::SQLITE_CORRUPT, StoreFault::Corrupt, "damaged"),
            (ffi::SQLITE_IOERR_FSYNC, StoreFault::Other, "disk failed"),
        ];
        for (code, fault, words) in cases {
            let failure = rusqlite::Error::SqliteFailure(ffi::Error::new(code), None);
            let error = Trouble::Sql(failure).at(Path::new("flow.db"), "write to");
            assert_eq!(error.fault, fault, "{code}");
            assert!(error.message.starts_with("cannot write to `flow.db`: "), "{}", error.message);
            assert!(error.message.contains(words), "{}", error.message);
        }
    }
}
