//! The lock beside a store, `<file>.lock`: that no other process has the store under whatever name, whether whoever had it closed it, and how much
//! was done in it.
//!
//! ```text
//! in use 00000000000000001284 9f3c2a1b      a process works on the store of this name, or was ended while it did
//! closed 00000000000000001284 9f3c2a1b      nobody does
//! ```
//! The number is that of the batches, and is written behind each commit: a store of this name that holds fewer is a backup, or has lost its log.
//! Each write is as long as the one before and takes its place, so whatever ends a process leaves one of the two. It need not reach the disk at
//! once: after a power failure it may tell of fewer.

use super::fault::{RESTORE, Trouble, io_error};
use super::there::{beside, is_second_name, log_bytes, second_name};
use crate::store::{StoreError, StoreFault};
use crate::system;
use std::fs::{self, File, TryLockError};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// Files that an open store needs at once: three connections and those of a report, each with the log and its index, what a commit opens for a moment, and the mails
/// and data beside it.
const FILES: usize = 20;

/// Whether a store of Flow has stood here, as the lock beside it says. Where the file is no store any more, it is damaged or was replaced, and not
/// a slip of the pen.
pub(crate) fn was_a_store(path: &Path) -> bool {
    let lock = lock_path(path);
    is_lock(&lock) && fs::read(lock).is_ok_and(|text| tells_of_a_store(&text))
}

/// Whether a store has stood beside a lock of this text.
fn tells_of_a_store(text: &[u8]) -> bool {
    !text.is_empty() && !text.starts_with(Said::default().line().as_bytes())
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
    mark: Mark,
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
        let mut beside = beside.map_err(|error| cannot_open(&place, &error))?;
        let locked = try_lock(&beside, path).or_else(|_| {
            thread::sleep(ASKED);
            try_lock(&beside, path)
        });
        locked?.map_err(|error| io_error(&place, &error))?;
        see_to_files(&beside).map_err(|error| cannot_open(path, &error))?;
        refuse_emptied(path, &mut beside)?;
        Ok(Lock { _itself: lock_itself(path)?, mark: Mark::of(beside) })
    }

    /// Whether whoever had the store before this process closed it. Where they did not, their mark is there, or the log that only a close
    /// folds in and takes away.
    pub(super) fn was_closed(&self, path: &Path) -> bool {
        self.mark.said().is_closed && log_bytes(path) == 0
    }

    /// Refuses a store that holds fewer batches than were done in it. Another store in its place is none of before.
    pub(super) fn refuse_older(&self, name: Option<&str>, batches: u64, path: &Path) -> Result<(), Trouble> {
        let said = self.mark.said();
        match said.lacking(name, batches) {
            0 => Ok(()),
            lacking => {
                let words = format!("`{}` {}", path.display(), lacks(lacking));
                Err(Trouble::Said(StoreFault::Past, words, past_help(path)))
            }
        }
    }

    /// What stands in it, to be put there again where the file proves to be somebody else's.
    pub(super) fn text(&self) -> Vec<u8> {
        self.mark.text()
    }

    /// Puts there again what stood there.
    pub(super) fn put_back(&self, text: &[u8]) {
        self.mark.put_back(text);
    }

    /// From now on the store is not closed.
    pub(super) fn mark_in_use(&self) {
        self.mark.change(|said| said.is_closed = false);
    }

    /// The store is closed.
    pub(super) fn mark_closed(&self) {
        self.mark.change(|said| said.is_closed = true);
    }

    /// What is written down, for whoever counts what is done.
    pub(super) fn mark(&self) -> Mark {
        self.mark.clone()
    }
}

/// What stands in a lock that this process has, and the file. Where it cannot be written, less is known of a backup that may be put here.
#[derive(Debug, Clone)]
pub(super) struct Mark(Arc<Mutex<(File, Said)>>);

impl Mark {
    /// Read through the same handle: where a lock keeps others from reading, it keeps this process's other handles from it, too.
    fn of(mut beside: File) -> Mark {
        let mut text = Vec::new();
        let read = beside.rewind().and_then(|()| beside.read_to_end(&mut text));
        let said = read.map_or_else(|_| Said::default(), |_| Said::read(&text));
        Mark(Arc::new(Mutex::new((beside, said))))
    }

    fn said(&self) -> Said {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).1.clone()
    }

    fn change(&self, change: impl FnOnce(&mut Said)) {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (file, said) = &mut *held;
        change(said);
        let _ = over(file, said.line().as_bytes());
    }

    fn text(&self) -> Vec<u8> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut text = Vec::new();
        let _ = held.0.rewind().and_then(|()| held.0.read_to_end(&mut text));
        text
    }

    fn put_back(&self, text: &[u8]) {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = over_all(&mut held.0, text);
    }

    /// So many batches of the store of this name are durable. Of a store that lost some the lock knows better until there are as many again.
    pub(super) fn count(&self, name: Option<&str>, batches: u64) {
        let said = self.said();
        if said.is_behind(name, batches) {
            let batches = if said.is_of_another(name) { batches } else { batches.max(said.batches) };
            self.change(|said| *said = Said { is_closed: false, batches, name: name.map(str::to_owned) });
        }
    }
}

/// What stands in a lock.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Said {
    is_closed: bool,
    batches: u64,
    /// Of the store; none before it has one.
    name: Option<String>,
}

/// Of a store that has not begun.
impl Default for Said {
    fn default() -> Self {
        Said { is_closed: true, batches: 0, name: None }
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
        let (word, rest) = text.trim_end().split_at_checked(IN_USE.len()).unwrap_or((text.trim_end(), ""));
        let mut rest = rest.split_ascii_whitespace();
        let batches = rest.next().and_then(|number| number.parse().ok()).unwrap_or(0);
        let name = rest.next().filter(|name| *name != NO_NAME).map(str::to_owned);
        Said { is_closed: text.is_empty() || word == CLOSED, batches, name }
    }

    fn line(&self) -> String {
        let word = if self.is_closed { CLOSED } else { IN_USE };
        format!("{word} {:020} {}\n", self.batches, self.name.as_deref().unwrap_or(NO_NAME))
    }

    /// Whether it is of another store than this one.
    fn is_of_another(&self, name: Option<&str>) -> bool {
        self.name.as_deref().zip(name).is_some_and(|(own, name)| own != name)
    }

    /// How many batches a store lacks.
    fn lacking(&self, name: Option<&str>, batches: u64) -> u64 {
        if self.is_of_another(name) { 0 } else { self.batches.saturating_sub(batches) }
    }

    /// Whether more is known now.
    fn is_behind(&self, name: Option<&str>, batches: u64) -> bool {
        batches > self.batches || self.is_of_another(name) || (self.name.is_none() && name.is_some())
    }
}

/// In one write.
fn over(lock: &mut File, text: &[u8]) -> io::Result<()> {
    lock.rewind()?;
    lock.write_all(text)
}

/// In the place of all that stood there, which is cut off behind it and not before: whatever ends this in between, the lock says something.
fn over_all(lock: &mut File, text: &[u8]) -> io::Result<()> {
    over(lock, text)?;
    lock.set_len(text.len() as u64)
}

/// What stands in the lock of a store that is not closed, and of one that is.
const IN_USE: &str = "in use";
const CLOSED: &str = "closed";
/// In the place of a name, as long as one.
const NO_NAME: &str = "--------";

/// How much is known to have been done in a store, as far as its lock tells.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Known(Said);

impl Known {
    pub(crate) fn of(path: &Path) -> Known {
        Known(Said::of(path).unwrap_or_default())
    }

    /// How many batches the store of this name lacks that holds so many.
    pub(crate) fn lacking(&self, name: Option<&str>, batches: u64) -> u64 {
        self.0.lacking(name, batches)
    }
}

/// What a store is said to be that holds fewer batches than were done in it, behind its name.
pub(crate) fn lacks(batches: u64) -> String {
    let (noun, verb) = if batches == 1 { ("batch", "was") } else { ("batches", "were") };
    format!("lacks {batches} {noun} of work that {verb} done in it: it is a backup, or its log (`-wal`) was lost")
}

/// What to do about a store that is in the past, whoever has found out.
pub fn past_help(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    format!(
        "what has left since would leave again: put the newer one back, with the files beside it. To go on from this one all the same, delete `{}` \
         and take the line of `{name}` out of `.flow-served` beside the project's flow.toml: each message that leaves again has the Message-ID of before",
        lock_path(path).display()
    )
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
/// who has got what. Where the file was taken away, somebody meant to begin anew: what was counted is forgotten, and must not come back after a power
/// failure.
fn refuse_emptied(path: &Path, lock: &mut File) -> Result<(), StoreError> {
    let mut text = Vec::new();
    // What cannot be read is told of by nobody: the store itself is.
    let read = lock.rewind().and_then(|()| lock.read_to_end(&mut text));
    let was_there = read.is_ok() && tells_of_a_store(&text);
    match fs::metadata(path) {
        Ok(found) if found.is_file() && found.len() == 0 && was_there => Err(StoreError {
            fault: StoreFault::Corrupt,
            message: format!("`{}` is empty, and it was a store", path.display()),
            help: format!("{RESTORE}; to begin with nothing, delete the file"),
            path: Some(path.to_owned()),
        }),
        Err(error) if error.kind() == io::ErrorKind::NotFound && was_there => {
            // What cannot be written here is told by what follows.
            over_all(lock, Said::default().line().as_bytes()).and_then(|()| lock.sync_all()).or(Ok(()))
        }
        _ => Ok(()),
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
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_a_lock_is_read_whoever_wrote_it() {
        let said = |text: &[u8]| {
            let Said { is_closed, batches, name } = Said::read(text);
            (is_closed, batches, name.unwrap_or_default())
        };
        let named = |is_closed, batches, name: &str| (is_closed, batches, name.to_owned());
        assert_eq!(said(b"in use 00000000000000001284 9f3c2a1b\n"), named(false, 1_284, "9f3c2a1b"));
        assert_eq!(said(b"closed 00000000000000001284 --------\n"), named(true, 1_284, ""));
        // Of an earlier Flow.
        assert_eq!(said(b""), named(true, 0, ""));
        assert_eq!((said(b"in use\n"), said(b"closed\n")), (named(false, 0, ""), named(true, 0, "")));
        // What the disk made of it.
        assert_eq!((said(&[0; 28]), said(b"clo")), (named(false, 0, ""), named(false, 0, "")));
        assert_eq!((said(b"closed 12x\n"), said("in usé 7".as_bytes())), (named(true, 0, ""), named(false, 0, "")));
    }

    #[test]
    fn each_line_is_as_long_as_the_one_before() {
        let lines = [(true, 0, None), (false, 7, None), (false, u64::MAX, Some("9f3c2a1b".to_owned()))]
            .map(|(is_closed, batches, name)| Said { is_closed, batches, name });
        assert!(
            lines
                .iter()
                .all(|said| said.line().len() == lines[0].line().len() && Said::read(said.line().as_bytes()) == *said)
        );
    }

    /// Whatever ends a process then: what was counted is forgotten in one write, and never by a lock of no bytes, which would be taken for one of a store
    /// that an earlier Flow closed.
    #[test]
    fn a_store_that_was_taken_away_is_forgotten_and_the_lock_says_so() {
        let folder = tempfile::tempdir().unwrap();
        let store = folder.path().join("flow.db");
        let place = lock_path(&store);
        for before in
            ["in use 00000000000000001284 9f3c2a1b\n", "closed\n", "something far longer than any line of a lock is\n"]
        {
            fs::write(&place, before).unwrap();
            assert!(was_a_store(&store), "{before}");
            let lock = Lock::take(&store).unwrap();
            assert_eq!(lock.text(), Said::default().line().into_bytes(), "{before}");
            drop(lock);
            assert!(!was_a_store(&store) && !folder.path().join("flow.db").metadata().is_ok_and(|file| file.len() > 0));
            // An empty file is a store that begins, and is not told to have been one.
            Lock::take(&store).unwrap();
            fs::remove_file(&store).unwrap();
        }
        // Cut off behind what is written, and not before.
        let mut lock = File::options().read(true).write(true).create(true).truncate(true).open(&place).unwrap();
        lock.write_all(b"in use 00000000000000001284 9f3c2a1b\n").unwrap();
        over_all(&mut lock, b"in use\n").unwrap();
        assert_eq!(fs::read(&place).unwrap(), b"in use\n");
    }

    #[test]
    fn another_store_in_its_place_is_none_of_before() {
        let said = |name: Option<&str>| Said { is_closed: true, batches: 9, name: name.map(str::to_owned) };
        assert_eq!(said(Some("a")).lacking(Some("a"), 4), 5);
        assert_eq!(said(Some("a")).lacking(Some("b"), 4), 0);
        // Whoever has no name yet may be the one of before.
        assert_eq!(
            (said(None).lacking(Some("a"), 4), said(Some("a")).lacking(None, 4), said(Some("a")).lacking(Some("a"), 9)),
            (5, 5, 0)
        );
    }
}
