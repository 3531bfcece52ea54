//! Which file a store is: that it can be one, that no other process has it under whatever name, and that it still stands in its place.

use super::fault::{RESTORE, Trouble, io_error};
use crate::store::{StoreError, StoreFault};
use crate::system;
use std::fs::{self, File, TryLockError};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

/// How the names of databases end. An empty file under another name is somebody's list that has no lines yet.
const ENDINGS: [&str; 4] = ["db", "db3", "sqlite", "sqlite3"];
/// Files that an open store needs at once: three connections and those of a report, each with the log and its index, what a commit opens for a moment, and the mails
/// and data beside it.
const FILES: usize = 20;

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

/// Whether a store of Flow has stood here, as the lock beside it says. Where the file is no store any more, it is damaged or was replaced, and not
/// a slip of the pen.
pub(crate) fn was_a_store(path: &Path) -> bool {
    fs::metadata(lock_path(path)).is_ok_and(|lock| lock.len() > 0)
}

/// Whether there is a lock beside it, whatever it says.
pub(super) fn has_lock(path: &Path) -> bool {
    lock_path(path).exists()
}

/// Of what was a store and is none any more, in the words of damage.
pub(super) fn of_what_was_a_store(error: StoreError, path: &Path) -> StoreError {
    if error.fault != StoreFault::Foreign || !was_a_store(path) {
        return error;
    }
    let (shown, lock) = (path.display(), lock_path(path));
    StoreError {
        fault: StoreFault::Corrupt,
        message: format!("`{shown}` is damaged: it was a store, and cannot be read as one any more"),
        help: format!(
            "{RESTORE}; where another file was put in its place, put it elsewhere and delete `{}`",
            lock.display()
        ),
        path: Some(path.to_owned()),
    }
}

/// Keeps other processes out until it is dropped, or until the process ends, however it ends.
#[derive(Debug)]
pub(super) struct Lock {
    /// `<file>.lock`, which every system knows how to lock. It says whether a process works on the store, or was ended while it did.
    beside: File,
    /// The file itself: the same one may be reached by another name, through a link or in a container that is given this file alone.
    _itself: Option<File>,
}

impl Lock {
    pub(super) fn take(path: &Path) -> Result<Lock, StoreError> {
        let beside = lock_path(path);
        if is_second_name(path) {
            lock_itself(path)?;
            return Err(second_name(path));
        }
        let file =
            File::options().create(true).append(true).open(&beside).map_err(|error| cannot_open(&beside, &error))?;
        let locked = try_lock(&file, path).or_else(|_| {
            thread::sleep(ASKED);
            try_lock(&file, path)
        });
        locked?.map_err(|error| io_error(&beside, &error))?;
        see_to_files(&file).map_err(|error| cannot_open(path, &error))?;
        refuse_emptied(path, &file)?;
        Ok(Lock { _itself: lock_itself(path)?, beside: file })
    }
}

impl Lock {
    /// Whether whoever had the store before this process closed it. Where they did not, their mark is there, or the log that only a close
    /// folds in and takes away.
    pub(super) fn was_closed(&self, path: &Path) -> bool {
        let is_marked = fs::read(lock_path(path)).map_or(true, |said| !is_closed(&said));
        !is_marked && log_bytes(path) == 0
    }

    /// What the lock says, to be said again where the file proves to be somebody else's.
    pub(super) fn said(&self, path: &Path) -> Vec<u8> {
        fs::read(lock_path(path)).unwrap_or_default()
    }

    /// Says again what it said.
    pub(super) fn say_again(&self, said: &[u8]) -> io::Result<()> {
        self.say(said)
    }

    /// From now on the store is not closed. It need not reach the disk at once: after a power failure the log is there.
    pub(super) fn mark(&self) -> io::Result<()> {
        self.say(IN_USE)
    }

    /// The store is closed.
    pub(super) fn clear(&self) -> io::Result<()> {
        self.say(CLOSED)
    }

    fn say(&self, word: &[u8]) -> io::Result<()> {
        self.beside.set_len(0)?;
        (&self.beside).write_all(word)
    }
}

/// Whether somebody works on a store, as far as its lock tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InUse {
    /// A process has it.
    Now,
    /// Nobody does, and whoever did has closed it.
    No,
    /// Nobody does, and whoever did was ended before they could close it.
    BrokenOff,
}

impl InUse {
    /// None where the lock may not be read. Nobody is kept out by the question: only a lock that says that the store is in use is tried, for
    /// a moment, and who begins to work on it tries twice.
    pub(crate) fn of(path: &Path) -> Option<InUse> {
        let lock = match File::open(lock_path(path)) {
            Ok(lock) => lock,
            Err(error) => return (error.kind() == io::ErrorKind::NotFound).then_some(InUse::No),
        };
        if fs::read(lock_path(path)).is_ok_and(|said| is_closed(&said)) {
            return Some(InUse::No);
        }
        match lock.try_lock_shared() {
            Ok(()) => Some(InUse::BrokenOff),
            Err(TryLockError::WouldBlock) => Some(InUse::Now),
            Err(TryLockError::Error(_)) => None,
        }
    }
}

/// How long somebody who only asks may have a lock at most.
const ASKED: Duration = Duration::from_millis(50);

/// What stands in the lock of a store that is not closed.
const IN_USE: &[u8] = b"in use\n";
/// And of one that is.
const CLOSED: &[u8] = b"closed\n";

/// A lock that says nothing is of a store that has not begun, or that an earlier Flow closed; of a word that was cut off the worse is taken.
fn is_closed(said: &[u8]) -> bool {
    said.is_empty() || said == CLOSED
}

/// A file of no bytes at the place of a store that there was is no store that begins: whoever goes on with it forgets who has opted out and
/// who has got what. Where the file was taken away, somebody meant to begin anew.
fn refuse_emptied(path: &Path, lock: &File) -> Result<(), StoreError> {
    let found = fs::metadata(path);
    let was_there = lock.metadata().is_ok_and(|lock| lock.len() > 0);
    match found {
        Ok(found) if found.is_file() && found.len() == 0 && was_there => Err(StoreError {
            fault: StoreFault::Corrupt,
            message: format!("`{}` is empty, and it was a store", path.display()),
            help: format!("{RESTORE}; to begin with nothing, delete the file"),
            path: Some(path.to_owned()),
        }),
        Ok(_) => Ok(()),
        // What cannot be written here is told by what follows.
        Err(_) => lock.set_len(0).or(Ok(())),
    }
}

/// Of the log beside a store that is not folded in yet.
pub(crate) fn log_bytes(path: &Path) -> u64 {
    fs::metadata(beside(path, "-wal")).map_or(0, |log| log.len())
}

/// Behind a link, that of the file that it leads to.
fn lock_path(path: &Path) -> PathBuf {
    beside(path, ".lock")
}

/// The file beside a store that has this ending behind the store's own name; behind a link, beside the file that it leads to.
pub(super) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned()).into_os_string();
    name.push(ending);
    PathBuf::from(name)
}

/// Where the locks of SQLite and this one know nothing of each other; elsewhere it would lock itself out. A file system that cannot lock so
/// leaves it at the lock beside.
#[cfg(target_os = "linux")]
fn lock_itself(path: &Path) -> Result<Option<File>, StoreError> {
    // What cannot be opened here is told by SQLite, in its words.
    let opened = File::options().read(true).append(true).create(true).open(path).or_else(|_| File::open(path));
    let Ok(file) = opened else { return Ok(None) };
    Ok(try_lock(&file, path)?.is_ok().then_some(file))
}

#[cfg(not(target_os = "linux"))]
fn lock_itself(_: &Path) -> Result<Option<File>, StoreError> {
    Ok(None)
}

/// The outer error where somebody else has it.
fn try_lock(file: &File, path: &Path) -> Result<io::Result<()>, StoreError> {
    match file.try_lock() {
        Ok(()) => Ok(Ok(())),
        Err(TryLockError::Error(error)) => Ok(Err(error)),
        Err(TryLockError::WouldBlock) => Err(StoreError {
            fault: StoreFault::Locked,
            message: format!("another Flow already works on `{}`", path.display()),
            help: "stop it first, or name another file for this one".to_owned(),
            path: Some(path.to_owned()),
        }),
    }
}

/// Whether a file has another name beside which its lock, and the log of what is not folded in yet, lie.
fn is_second_name(path: &Path) -> bool {
    !lock_path(path).exists() && has_other_names(path)
}

/// For those who only read, and take no lock.
pub(super) fn refuse_second_name(path: &Path) -> Result<(), StoreError> {
    if is_second_name(path) { Err(second_name(path)) } else { Ok(()) }
}

/// The log of what is not folded in yet lies beside the name under which a store is opened. Under another one it would not be found, and
/// what it holds would be lost, so a further name of a store is none to open it by.
fn second_name(path: &Path) -> StoreError {
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

/// SQLite says of too many open files that it cannot open one, so they are asked for before it is. What is held is the lock once more:
/// to open the store itself and close it again would undo SQLite's own locks.
fn see_to_files(lock: &File) -> io::Result<()> {
    (0..FILES).map(|_| lock.try_clone()).collect::<io::Result<Vec<File>>>().map(drop)
}

fn cannot_open(path: &Path, error: &io::Error) -> StoreError {
    let Some(help) = system::help(error) else { return io_error(path, error) };
    StoreError {
        fault: StoreFault::Other,
        message: format!("cannot open `{}`: {}", path.display(), system::said(error)),
        help: help.to_owned(),
        path: Some(path.to_owned()),
    }
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
            "put it back, or begin anew with the same command; leave it in its place while Flow runs".to_owned(),
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
