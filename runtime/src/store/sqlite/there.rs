//! Which file a store is: that it can be one, by which name it is opened, and that it still stands in its place.

use super::fault::Trouble;
use super::lock::lock_path;
use crate::store::{StoreError, StoreFault};
use std::fs;
use std::path::{Path, PathBuf};

/// How the names of databases end. An empty file under another name is somebody's list that has no lines yet.
const ENDINGS: [&str; 4] = ["db", "db3", "sqlite", "sqlite3"];

/// Whether a file is called as stores are.
pub(crate) fn is_named_as_store(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ENDINGS.iter().any(|known| ending.eq_ignore_ascii_case(known)))
}

/// What would become a store only by mistake.
pub(super) fn refuse_no_store(path: &Path) -> Result<(), StoreError> {
    let is_empty = fs::metadata(path).is_ok_and(|found| found.is_file() && found.len() == 0);
    if !is_empty || is_named_as_store(path) {
        return Ok(());
    }
    Err(StoreError {
        fault: StoreFault::Foreign,
        message: format!("`{}` is an empty file, and its name is none of a store", path.display()),
        help: "name a file for the store that ends in `.db`; if this one is to be it, delete it first".to_owned(),
        path: Some(path.to_owned()),
    })
}

/// Of the log beside a store that is not folded in yet.
pub(crate) fn log_bytes(path: &Path) -> u64 {
    fs::metadata(beside(path, "-wal")).map_or(0, |log| log.len())
}

/// The file beside a store that has this ending behind the store's own name; behind a link, beside the file that it leads to.
pub(super) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned()).into_os_string();
    name.push(ending);
    PathBuf::from(name)
}

/// Whether a file has another name beside which its lock, and the log of what is not folded in yet, lie.
pub(super) fn is_second_name(path: &Path) -> bool {
    !lock_path(path).exists() && has_other_names(path)
}

/// For those who only read, and take no lock.
pub(super) fn refuse_second_name(path: &Path) -> Result<(), StoreError> {
    if is_second_name(path) { Err(second_name(path)) } else { Ok(()) }
}

/// The log of what is not folded in yet lies beside the name under which a store is opened. Under another one it would not be found, and
/// what it holds would be lost, so a further name of a store is none to open it by.
pub(super) fn second_name(path: &Path) -> StoreError {
    StoreError {
        fault: StoreFault::Foreign,
        message: format!("`{}` is a second name (a hard link) of a file that has another one", path.display()),
        help: "open it by the name under which it was made; for a copy of a store, stop Flow and copy the file"
            .to_owned(),
        path: Some(path.to_owned()),
    }
}

#[cfg(unix)]
fn has_other_names(path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    fs::metadata(path).is_ok_and(|found| found.nlink() > 1)
}

#[cfg(not(unix))]
fn has_other_names(_: &Path) -> bool {
    false
}

/// What tells a file from another of the same name; nothing where the system has no such numbers. Who deletes or replaces the file during a run
/// would lose all that comes after.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Identity(Option<(u64, u64)>);

impl Identity {
    /// None where there is no file.
    pub(super) fn of(path: &Path) -> Option<Identity> {
        fs::metadata(path).ok().map(|found| Identity(numbers(&found)))
    }

    /// Asked before each commit, and at the end.
    pub(super) fn check(self, path: &Path) -> Result<(), Trouble> {
        if Identity::of(path) == Some(self) {
            return Ok(());
        }
        Err(Trouble::Said(
            StoreFault::Lost,
            format!("`{}` was deleted, moved or replaced while Flow worked on it", path.display()),
            "put it back, with the files beside it, and leave it in its place while Flow runs".to_owned(),
        ))
    }
}

#[cfg(unix)]
#[expect(clippy::unnecessary_wraps, reason = "other systems have none")]
fn numbers(found: &fs::Metadata) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    Some((found.dev(), found.ino()))
}

#[cfg(not(unix))]
fn numbers(_: &fs::Metadata) -> Option<(u64, u64)> {
    None
}
