//! The lock beside a store, `<file>.lock`: that no other process has the store under whatever name, whether whoever had it closed it, and how much
//! was done in it.
//!
//! ```text
//! in use 00000000000000001284      a process works on the store, or was ended while it did
//! closed 00000000000000001284      nobody does
//! ```
//! The number is that of the batches, and is written behind each commit: a store that holds fewer is a backup, or has lost its log. Each write is as
//! long as the one before and takes its place, so whatever ends a process leaves one of the two. It need not reach the disk at once: after a power
//! failure it may tell of fewer.

use super::fault::{RESTORE, Trouble, io_error};
use super::there::{beside, is_second_name, log_bytes, second_name};
use crate::store::{StoreError, StoreFault};
use crate::system;
use std::fs::{self, File, TryLockError};
use std::io::{self, Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

/// Files that an open store needs at once: three connections and those of a report, each with the log and its index, what a commit opens for a moment, and the mails
/// and data beside it.
const FILES: usize = 20;

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
    /// Which every system knows how to lock.
    beside: File,
    said: Said,
    /// The file itself: the same one may be reached by another name, through a link or in a container that is given this file alone.
    _itself: Option<File>,
}

impl Lock {
    pub(super) fn take(path: &Path) -> Result<Lock, StoreError> {
        let place = lock_path(path);
        if is_second_name(path) {
            lock_itself(path)?;
            return Err(second_name(path));
        }
        refuse_no_lock(&place)?;
        let mut options = File::options();
        let beside = options.create(true).truncate(false).read(true).write(true).open(&place);
        let beside = beside.map_err(|error| cannot_open(&place, &error))?;
        let locked = try_lock(&beside, path).or_else(|_| {
            thread::sleep(ASKED);
            try_lock(&beside, path)
        });
        locked?.map_err(|error| io_error(&place, &error))?;
        see_to_files(&beside).map_err(|error| cannot_open(path, &error))?;
        refuse_emptied(path, &beside)?;
        Ok(Lock { _itself: lock_itself(path)?, said: Said::of(path).unwrap_or_default(), beside })
    }

    /// Whether whoever had the store before this process closed it. Where they did not, their mark is there, or the log that only a close
    /// folds in and takes away.
    pub(super) fn was_closed(&self, path: &Path) -> bool {
        self.said.is_closed && log_bytes(path) == 0
    }

    /// How many batches are known to have been done in the store; 0 where nobody wrote that down.
    pub(super) fn batches(&self) -> u64 {
        self.said.batches
    }

    /// What stands in it, to be put there again where the file proves to be somebody else's.
    pub(super) fn text(&self, path: &Path) -> Vec<u8> {
        fs::read(lock_path(path)).unwrap_or_default()
    }

    /// Puts there again what stood there.
    pub(super) fn put_back(&self, text: &[u8]) -> io::Result<()> {
        self.beside.set_len(text.len() as u64)?;
        over(&self.beside, text)
    }

    /// From now on the store is not closed.
    pub(super) fn mark(&self) -> io::Result<()> {
        Said { is_closed: false, ..self.said }.write(&self.beside)
    }

    /// The same for whoever counts what is done from now on.
    pub(super) fn tally(&self) -> io::Result<Tally> {
        Ok(Tally { beside: self.beside.try_clone()?, batches: self.said.batches })
    }

    /// The store is closed; nobody counts any more.
    pub(super) fn clear(&self, path: &Path) -> io::Result<()> {
        Said { is_closed: true, ..Said::of(path).unwrap_or(self.said) }.write(&self.beside)
    }
}

/// Counts in the lock what is done in the store.
#[derive(Debug)]
pub(super) struct Tally {
    beside: File,
    batches: u64,
}

impl Tally {
    /// So many are durable. Of a store that lost some the lock knows better until there are as many again.
    pub(super) fn count(&mut self, batches: u64) {
        if batches > self.batches {
            self.batches = batches;
            // Where it cannot be written, less is known of a backup that may be put here.
            let _ = Said { is_closed: false, batches }.write(&self.beside);
        }
    }
}

/// What stands in a lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Said {
    is_closed: bool,
    batches: u64,
}

/// Of a store that has not begun.
impl Default for Said {
    fn default() -> Self {
        Said { is_closed: true, batches: 0 }
    }
}

impl Said {
    /// None where it cannot be read.
    fn of(path: &Path) -> Option<Said> {
        let place = lock_path(path);
        match is_lock(&place) {
            true => fs::read(place).ok().map(|text| Said::read(&text)),
            false => None,
        }
    }

    /// A lock that says nothing is of a store that has not begun, or that an earlier Flow closed; of what is no word of Flow's the worse is taken. An
    /// earlier Flow counted nothing.
    fn read(text: &[u8]) -> Said {
        let text = String::from_utf8_lossy(text);
        let (word, batches) = text.trim_end().split_at_checked(IN_USE.len()).unwrap_or((text.trim_end(), ""));
        Said { is_closed: text.is_empty() || word == CLOSED, batches: batches.trim().parse().unwrap_or(0) }
    }

    fn write(self, lock: &File) -> io::Result<()> {
        let word = if self.is_closed { CLOSED } else { IN_USE };
        over(lock, format!("{word} {:020}\n", self.batches).as_bytes())
    }
}

/// In one write.
fn over(mut lock: &File, text: &[u8]) -> io::Result<()> {
    lock.rewind()?;
    lock.write_all(text)
}

/// What stands in the lock of a store that is not closed, and of one that is.
const IN_USE: &str = "in use";
const CLOSED: &str = "closed";

/// How many batches are known to have been done in a store, as far as its lock tells.
pub(crate) fn batches_known(path: &Path) -> u64 {
    Said::of(path).map_or(0, |said| said.batches)
}

/// What a store is said to be that holds fewer batches than were done in it, behind its name.
pub(crate) fn lacks(batches: u64) -> String {
    let (noun, verb) = if batches == 1 { ("batch", "was") } else { ("batches", "were") };
    format!(
        "lacks {batches} {noun} of work that {verb} done in its place: it is a backup, or its log (`-wal`) was lost"
    )
}

/// What to do about that.
fn lacks_help(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    format!(
        "what has left since would leave again: put the newer one back, with the files beside it. To go on from this one all the same, delete `{}` \
         and take the line of `{name}` out of `.flow-served` beside the project's flow.toml: each message that leaves again has the Message-ID of before",
        lock_path(path).display()
    )
}

/// Refuses a store that holds fewer batches than were done in it.
pub(super) fn refuse_older(lock: &Lock, batches: u64, path: &Path) -> Result<(), Trouble> {
    match lock.batches().saturating_sub(batches) {
        0 => Ok(()),
        lacking => {
            let words = format!("`{}` {}", path.display(), lacks(lacking));
            Err(Trouble::Said(StoreFault::Past, words, lacks_help(path)))
        }
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
        let place = lock_path(path);
        if !is_lock(&place) {
            return (!place.exists()).then_some(InUse::No);
        }
        let lock = File::open(&place).ok()?;
        if Said::of(path).is_some_and(|said| said.is_closed) {
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

/// Whoever opens a pipe waits for somebody at its other end.
fn is_lock(place: &Path) -> bool {
    fs::metadata(place).is_ok_and(|found| found.is_file())
}

fn refuse_no_lock(place: &Path) -> Result<(), StoreError> {
    if !place.exists() || is_lock(place) {
        return Ok(());
    }
    Err(StoreError {
        fault: StoreFault::Foreign,
        message: format!("`{}` is no file, and the lock of the store is one", place.display()),
        help: "take it away, or name another file for the store".to_owned(),
        path: Some(place.to_owned()),
    })
}

/// Behind a link, that of the file that it leads to.
pub(super) fn lock_path(path: &Path) -> PathBuf {
    beside(path, ".lock")
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_a_lock_is_read_whoever_wrote_it() {
        let said = |text: &[u8]| {
            let Said { is_closed, batches } = Said::read(text);
            (is_closed, batches)
        };
        assert_eq!(said(b"in use 00000000000000001284\n"), (false, 1_284));
        assert_eq!(said(b"closed 00000000000000001284\n"), (true, 1_284));
        // Of an earlier Flow.
        assert_eq!((said(b""), said(b"in use\n"), said(b"closed\n")), ((true, 0), (false, 0), (true, 0)));
        // What the disk made of it.
        assert_eq!((said(&[0; 28]), said(b"clo"), said(b"closed 12x\n")), ((false, 0), (false, 0), (true, 0)));
        assert_eq!(said("in usé 7".as_bytes()), (false, 0));
    }
}
