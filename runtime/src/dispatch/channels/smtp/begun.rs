//! Which messages have begun to go over, in a small file beside the store. After a kill it tells what is in doubt from what certainly did not
//! leave: whoever rather never sends than twice gives up the first alone.
//!
//! A mark is written before the wish to send a message (`DATA`). It is not forced to the disk: what a process has written outlives its
//! kill, and where the machine itself went down the boot that the file names is another one, so that all is in doubt. The same holds where
//! there is no file, none that can be read, or no name for a boot: in doubt a message has begun. Such a start has no file before its first
//! message: by then what it was in doubt about is recorded, and until then a further start must doubt as well.

use std::collections::{BTreeSet, VecDeque};
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use ring::digest::{SHA256, digest};

use crate::system;

/// How many marks are kept: far more than there are messages whose answers are not recorded yet.
const KEPT_MARKS: usize = 64 * 1024;
/// At so many (16 MiB) the file begins anew with those that are kept.
const MARKS_MAX: usize = 2 * 1024 * 1024;
const MARK_BYTES: usize = size_of::<u64>();
/// No mark has this bit: with it, the mark is taken back.
const TAKEN_BACK: u64 = 1;

/// The marks of this process, and what those before it left.
pub(super) struct Begun {
    path: PathBuf,
    boot: String,
    /// What the processes before this one had begun; none where nobody knows.
    before: Option<BTreeSet<u64>>,
    marks: Mutex<Marks>,
}

#[derive(Default)]
struct Marks {
    /// None before the first message, where all was in doubt.
    file: Option<File>,
    written: usize,
    newest: VecDeque<u64>,
    /// Whether this process has begun any message.
    is_working: bool,
}

impl Marks {
    /// Writes a mark behind the others. What could not be written whole would put all behind it out of place, so the next message begins another file.
    fn append(&mut self, mark: u64) -> io::Result<()> {
        let Some(file) = &mut self.file else { return Err(io::Error::from(io::ErrorKind::NotFound)) };
        let written = file.write_all(&mark.to_le_bytes());
        match &written {
            Ok(()) => self.written += 1,
            Err(_) => self.file = None,
        }
        written
    }
}

impl Begun {
    /// Takes the file up; only whoever has the store's lock may. None where the system has no name for a boot.
    pub(super) fn open(path: &Path) -> io::Result<Option<Begun>> {
        let Some(boot) = boot() else { return forget(path).map(|()| None) };
        let before = fs::read(path).ok().and_then(|bytes| read(&bytes, &boot));
        let marks = match &before {
            Some(before) => begin(path, &boot, before.iter().copied().collect())?,
            None => forget(path).map(|()| Marks::default())?,
        };
        let before = before.map(|marks| marks.into_iter().collect());
        Ok(Some(Begun { path: path.to_owned(), boot, before, marks: Mutex::new(marks) }))
    }

    /// Whether an attempt of a process before this one had begun, or may have. It is asked before this one begins any.
    pub(super) fn had_begun(&self, key: &str, attempt: u32) -> bool {
        let is_known = |before: &BTreeSet<u64>| !before.contains(&mark(key, attempt)) && !self.marks().is_working;
        !self.before.as_ref().is_some_and(is_known)
    }

    fn marks(&self) -> MutexGuard<'_, Marks> {
        // A mark is whole between any two statements.
        self.marks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The message certainly did not leave by this attempt. Where that cannot be written down, it stays in doubt.
    pub(super) fn take_back(&self, key: &str, attempt: u32) {
        let mark = mark(key, attempt);
        let mut marks = self.marks();
        if !marks.newest.contains(&mark) {
            return;
        }
        if marks.append(mark | TAKEN_BACK).is_ok() {
            marks.newest.retain(|newest| *newest != mark);
        }
    }

    /// Before the first word of a message.
    pub(super) fn begin(&self, key: &str, attempt: u32) -> io::Result<()> {
        let mark = mark(key, attempt);
        let mut marks = self.marks();
        marks.is_working = true;
        if marks.written >= MARKS_MAX || marks.file.is_none() {
            *marks = Marks { is_working: true, ..begin(&self.path, &self.boot, marks.newest.clone())? };
        }
        marks.append(mark)?;
        marks.newest.push_back(mark);
        if marks.newest.len() > KEPT_MARKS {
            marks.newest.pop_front();
        }
        Ok(())
    }
}

/// What nobody keeps up any more must not be taken for the truth later.
pub(super) fn forget(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// A file with the newest marks alone. It takes the place of the one before whole: a kill leaves one or the other.
fn begin(path: &Path, boot: &str, mut newest: VecDeque<u64>) -> io::Result<Marks> {
    newest.drain(..newest.len().saturating_sub(KEPT_MARKS));
    let mut bytes = head(boot).into_bytes();
    newest.iter().for_each(|mark| bytes.extend(mark.to_le_bytes()));
    let mut name = path.as_os_str().to_owned();
    name.push(".new");
    let whole = PathBuf::from(name);
    let mut file = File::create(&whole)?;
    file.write_all(&bytes)?;
    fs::rename(&whole, path)?;
    Ok(Marks { file: Some(file), written: newest.len(), newest, is_working: false })
}

/// Those that hold, in the order in which they were written; none where the file is not of this boot. A mark that was cut off belongs to a
/// message that did not begin.
fn read(bytes: &[u8], boot: &str) -> Option<Vec<u64>> {
    let marks = bytes.strip_prefix(head(boot).as_bytes())?;
    let (mut taken_back, mut holding) = (BTreeSet::new(), Vec::new());
    for mark in marks.as_chunks::<MARK_BYTES>().0.iter().rev().map(|mark| u64::from_le_bytes(*mark)) {
        if mark & TAKEN_BACK != 0 {
            taken_back.insert(mark & !TAKEN_BACK);
        } else if !taken_back.contains(&mark) {
            holding.push(mark);
        }
    }
    holding.reverse();
    Some(holding)
}

/// What is wrong with the file of a store that nobody may be working on; nothing where there is none, or none of this boot.
pub(super) fn examine(path: &Path) -> Option<String> {
    match fs::read(path) {
        Ok(bytes) if bytes.is_empty() || bytes.starts_with(BEGINS.as_bytes()) => None,
        Ok(_) => Some("does not begin as the notes of messages that have begun to go over do".to_owned()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => Some(format!("cannot be read: {}", system::said(&error))),
    }
}

/// What every such file begins with.
const BEGINS: &str = "flow: messages begun, and not refused, since boot ";

fn head(boot: &str) -> String {
    format!("{BEGINS}{boot}\n")
}

fn mark(key: &str, attempt: u32) -> u64 {
    let hash = digest(&SHA256, format!("{key}#{attempt}").as_bytes());
    let first = hash.as_ref().first_chunk::<MARK_BYTES>().copied();
    u64::from_le_bytes(first.unwrap_or_default()) & !TAKEN_BACK
}

/// What tells one run of the machine from the next; none where the system does not say.
#[cfg(target_os = "linux")]
fn boot() -> Option<String> {
    let id = fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    Some(id.trim().to_owned()).filter(|id| !id.is_empty())
}

#[cfg(not(target_os = "linux"))]
fn boot() -> Option<String> {
    None
}

#[cfg(test)]
#[cfg(target_os = "linux")]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn path(folder: &tempfile::TempDir) -> PathBuf {
        folder.path().join("flow.db.begun")
    }

    fn opened(folder: &tempfile::TempDir) -> Begun {
        Begun::open(&path(folder)).unwrap().unwrap()
    }

    #[test]
    fn what_an_earlier_process_began_is_known_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        for _ in 0..2 {
            assert!(opened(&folder).had_begun("a", 1), "nobody knows what was before the file");
        }
        opened(&folder).begin("a", 1).unwrap();
        for _ in 0..2 {
            let later = opened(&folder);
            assert_eq!(
                [("a", 1), ("a", 2), ("b", 1)].map(|(key, attempt)| later.had_begun(key, attempt)),
                [true, false, false]
            );
        }
        // Half a mark, as a kill may leave it.
        let whole = fs::read(path(&folder)).unwrap();
        fs::write(path(&folder), &whole[..whole.len() - 1]).unwrap();
        assert!(!opened(&folder).had_begun("a", 1));
    }

    /// An attempt that does not count leaves its number to the next one: what that comes to before `DATA` is not in doubt.
    #[test]
    fn what_was_refused_has_not_begun_until_it_begins_again() {
        let folder = tempfile::tempdir().unwrap();
        drop(opened(&folder).begin("z", 1));
        let begun = opened(&folder);
        ["a", "b", "b"].iter().for_each(|key| begun.begin(key, 1).unwrap());
        begun.take_back("b", 1);
        begun.take_back("never begun", 1);
        for _ in 0..2 {
            let later = opened(&folder);
            assert_eq!(["z", "a", "b"].map(|key| later.had_begun(key, 1)), [true, true, false]);
        }
        let again = opened(&folder);
        again.begin("b", 1).unwrap();
        assert!(opened(&folder).had_begun("b", 1));
        again.take_back("b", 1);
        again.marks.lock().unwrap().written = MARKS_MAX;
        again.begin("c", 1).unwrap();
        let later = opened(&folder);
        assert_eq!(["a", "b", "c"].map(|key| later.had_begun(key, 1)), [true, false, true], "in a file begun anew");
    }

    /// A mark that could not be written whole puts none behind it out of place.
    #[test]
    fn behind_a_mark_that_was_cut_off_another_file_begins() {
        let folder = tempfile::tempdir().unwrap();
        drop(opened(&folder).begin("z", 1));
        let begun = opened(&folder);
        begun.begin("a", 1).unwrap();
        let fill = |begun: &Begun| begun.marks.lock().unwrap().file = Some(File::open(path(&folder)).unwrap());
        fill(&begun);
        begun.take_back("a", 1);
        begun.begin("b", 1).unwrap();
        fill(&begun);
        assert!(begun.begin("c", 1).is_err());
        begun.begin("d", 1).unwrap();
        let later = opened(&folder);
        assert_eq!(["a", "b", "c", "d"].map(|key| later.had_begun(key, 1)), [true, true, false, true]);
    }

    #[test]
    fn of_another_boot_and_of_another_file_all_is_in_doubt() {
        let folder = tempfile::tempdir().unwrap();
        for other in [head("another"), String::new(), "# somebody's".to_owned()] {
            fs::write(path(&folder), other).unwrap();
            let doubting = opened(&folder);
            assert!(doubting.had_begun("a", 1) && opened(&folder).had_begun("a", 1));
            doubting.begin("b", 1).unwrap();
            assert!(!opened(&folder).had_begun("a", 1), "from its first message on it is known");
        }
        forget(&path(&folder)).unwrap();
        forget(&path(&folder)).unwrap();
        assert!(opened(&folder).had_begun("a", 1));
    }

    #[test]
    fn the_file_stays_small() {
        let folder = tempfile::tempdir().unwrap();
        let marks = (0..KEPT_MARKS as u64 + 7).map(|mark| mark * 2).collect();
        let begun = begin(&path(&folder), "boot", marks).unwrap();
        assert_eq!((begun.written, begun.newest.front()), (KEPT_MARKS, Some(&14)));
        let full = opened(&folder);
        full.marks.lock().unwrap().written = MARKS_MAX;
        ["a", "b"].iter().for_each(|key| full.begin(key, 1).unwrap());
        assert_eq!(full.marks.lock().unwrap().written, 2);
        let later = opened(&folder);
        assert!(later.had_begun("a", 1) && later.had_begun("b", 1) && !later.had_begun("c", 1));
    }
}
