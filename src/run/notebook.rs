//! The list beside a store of everything that was not taken, a line each. Nothing is decided by it: a live store goes on without one.

use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use flow_runtime::inbound::{Finding, Tally};
use flow_runtime::settings::open_plain;
use flow_runtime::system;

use super::data::{cause, digest};
use super::report::summary;
use crate::output::Failure;

/// Findings go to this file beside the store, whose name stands before it: no two stores share one, and none is a store itself.
const NOTEBOOK: &str = "rejected.txt";
/// The first line says whose the file is: what does not begin with it is somebody else's, and is left alone.
const OURS: &str = "# What Flow did not take.";
/// How the first line ends, for a list that is written whole and for one that goes on.
const WRITTEN_ANEW: &str = "Each run writes this list anew.";
const GOES_ON: &str =
    "`flow serve` adds to this list for as long as its store lives; what it says already is not repeated.";
/// A list ends behind the line that makes it so long: some hundred thousand lines, more than anybody reads, and read in a moment at each start.
const LIST_MAX_BYTES: u64 = 16 * 1024 * 1024;
/// Its last line then.
const FULL: &str = "# This list is full: what is not taken from here on is counted in the report alone. Move the file away, and a new one begins.";

/// Everything that was not taken.
pub(crate) struct Notebook {
    path: PathBuf,
    /// None where a live store goes on without one.
    list: RefCell<Option<List>>,
    lines: Cell<u64>,
    /// Whether it holds what earlier processes noted.
    goes_on: bool,
    /// Why there is no list, until it is told.
    trouble: RefCell<Option<Failure>>,
}

impl Notebook {
    /// Beside the store of a rehearsal; what an earlier run noted is written anew, since every run reads the files whole.
    pub(crate) fn new(store: &Path) -> Result<Self, Failure> {
        let path = beside(store);
        List::begin(&path, WRITTEN_ANEW).map(|list| Self::with(path, Ok(list), false))
    }

    /// Beside a live store; what an earlier process noted stays, and is not noted again where the same lines are read once more.
    pub(crate) fn appending(store: &Path) -> Self {
        let path = beside(store);
        let list = List::go_on(&path);
        Self::with(path, list, true)
    }

    fn with(path: PathBuf, list: Result<List, Failure>, goes_on: bool) -> Self {
        let (list, trouble) = match list {
            Ok(list) => (Some(list), None),
            Err(failure) => (None, Some(failure)),
        };
        Self { path, list: RefCell::new(list), lines: Cell::new(0), goes_on, trouble: RefCell::new(trouble) }
    }

    /// An error only where the work ends with it: at a rehearsal.
    pub(crate) fn note(&self, finding: Finding<'_>) -> io::Result<()> {
        self.lines.set(self.lines.get() + 1);
        let line = finding.to_string();
        self.write(|list| if self.goes_on { list.note_once(&line) } else { list.note(&line) })
    }

    /// The same for what no reader passes on.
    pub(crate) fn tell(&self, finding: Finding<'_>) -> Result<(), Failure> {
        self.note(finding).map_err(|error| unwritable(&self.path, &error))
    }

    /// Writes down what was noted so far; an error only where the work ends with it.
    pub(crate) fn flush(&self) -> Result<(), Failure> {
        self.write(|list| list.file.flush()).map_err(|error| unwritable(&self.path, &error))
    }

    /// Why there is no list any more, once.
    pub(crate) fn trouble(&self) -> Option<Failure> {
        self.trouble.borrow_mut().take()
    }

    /// How many findings were noted, and where they stand, as far as they do.
    pub(crate) fn remarks(&self) -> (u64, Option<&Path>) {
        (self.lines.get(), self.list.borrow().is_some().then_some(&*self.path))
    }

    fn write(&self, work: impl FnOnce(&mut List) -> io::Result<()>) -> io::Result<()> {
        let mut list = self.list.borrow_mut();
        let Err(error) = list.as_mut().map_or(Ok(()), work) else { return Ok(()) };
        if !self.goes_on {
            return Err(error);
        }
        self.trouble.replace(Some(unwritable(&self.path, &error)));
        // What it could not take must not be tried again when it is let go of.
        if let Some(list) = list.take() {
            drop(list.file.into_parts());
        }
        Ok(())
    }

    /// The file and how many findings there were; none where nothing was noted. The list of a whole run begins with how much there is of what.
    pub(crate) fn finish(self, tallies: &[(String, &Tally)]) -> Result<Option<(PathBuf, u64)>, Failure> {
        if self.lines.get() == 0 {
            if !self.goes_on {
                // An empty file that stays does no harm.
                let _ = fs::remove_file(&self.path);
            }
            return Ok(None);
        }
        self.flush()?;
        if !self.goes_on {
            sum_up(&self.path, &summary(tallies)).map_err(|error| unwritable(&self.path, &error))?;
        }
        let is_kept = self.list.borrow().is_some();
        Ok(is_kept.then_some((self.path, self.lines.get())))
    }
}

/// The file, and how much is in it.
struct List {
    file: BufWriter<File>,
    bytes: u64,
    /// What stands in it, by numbers for its lines: two lines of one number would only hide a remark.
    noted: HashSet<u64>,
}

impl List {
    /// A new one in the place of any that Flow has written.
    fn begin(path: &Path, ending: &str) -> Result<List, Failure> {
        refuse_anothers(path)?;
        let begin = || {
            let file = BufWriter::new(File::create(path)?);
            let mut list = List { file, bytes: 0, noted: HashSet::new() };
            list.note(&format!("{OURS} {ending}"))?;
            // Whatever it cannot hold shows at once.
            list.file.flush().map(|()| list)
        };
        begin().map_err(|error| unwritable(path, &error))
    }

    /// The one that is there, whatever an end in its middle has left of its last line, or a new one.
    fn go_on(path: &Path) -> Result<List, Failure> {
        if fs::metadata(path).map_or(true, |found| found.len() == 0) {
            return List::begin(path, GOES_ON);
        }
        refuse_anothers(path)?;
        let go_on = || {
            let mut found = open_plain(path)?;
            let bytes = found.metadata()?.len();
            let noted = lines_of(&mut found)?;
            let is_torn = bytes > 0 && last_byte(&mut found)? != b'\n';
            let mut list = List { file: BufWriter::new(File::options().append(true).open(path)?), bytes, noted };
            if is_torn { list.note("").map(|()| list) } else { Ok(list) }
        };
        go_on().map_err(|error| unwritable(path, &error))
    }

    fn note_once(&mut self, line: &str) -> io::Result<()> {
        if self.is_full() || !self.noted.insert(digest(line.as_bytes())) { Ok(()) } else { self.note(line) }
    }

    fn note(&mut self, line: &str) -> io::Result<()> {
        if self.is_full() {
            return Ok(());
        }
        writeln!(self.file, "{line}")?;
        self.bytes += line.len() as u64 + 1;
        if self.is_full() { writeln!(self.file, "{FULL}") } else { Ok(()) }
    }

    fn is_full(&self) -> bool {
        self.bytes >= LIST_MAX_BYTES
    }
}

fn beside(store: &Path) -> PathBuf {
    let stem = store.file_stem().unwrap_or_default().to_string_lossy();
    store.with_file_name(format!("{stem}.{NOTEBOOK}"))
}

/// Numbers for the lines, whatever bytes they are of; of a list that an earlier Flow wrote without an end, those of its beginning.
fn lines_of(file: &mut File) -> io::Result<HashSet<u64>> {
    let lines = BufReader::new(file.take(LIST_MAX_BYTES)).split(b'\n');
    lines.map(|line| line.map(|line| digest(&line))).collect()
}

fn last_byte(file: &mut File) -> io::Result<u8> {
    let mut byte = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut byte)?;
    let [byte] = byte;
    Ok(byte)
}

/// Only in the place of no file, an empty one, or a list of an earlier run.
fn refuse_anothers(path: &Path) -> Result<(), Failure> {
    let mut first = Vec::new();
    let is_free = match open_plain(path) {
        Ok(file) => {
            file.take(OURS.len() as u64).read_to_end(&mut first).map(|_| first.is_empty() || first == OURS.as_bytes())
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(true),
        Err(error) => Err(error),
    };
    if is_free.map_err(|error| unwritable(path, &error))? {
        return Ok(());
    }
    Err(Failure::new(
        format!("`{}`, where what is not taken is listed, is a file that Flow has not written", path.display()),
        "move it away, or use `--store`; nothing of it was changed",
    ))
}

/// Puts the summary behind the first line. A list is there at every instant, with it or without.
fn sum_up(path: &Path, summary: &str) -> io::Result<()> {
    let mut name = path.to_owned().into_os_string();
    name.push(".new");
    let whole = PathBuf::from(name);
    let mut list = BufReader::new(File::open(path)?);
    let mut out = BufWriter::new(File::create(&whole)?);
    let mut first = Vec::new();
    list.read_until(b'\n', &mut first)?;
    out.write_all(&first)?;
    out.write_all(summary.as_bytes())?;
    io::copy(&mut list, &mut out)?;
    out.flush()?;
    fs::rename(&whole, path)
}

fn unwritable(path: &Path, error: &io::Error) -> Failure {
    Failure::new(
        format!("`{}`, which lists what was not taken, cannot be written: {}", path.display(), cause(error)),
        system::help(error).unwrap_or(
            "make room on the disk, or use `--store`; everything else is kept, and the same command goes on from there",
        ),
    )
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn read(path: &Path) -> Vec<String> {
        fs::read_to_string(path).unwrap().lines().map(str::to_owned).collect()
    }

    #[test]
    fn what_stands_in_a_list_is_not_said_again_and_a_torn_line_is_ended() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.rejected.txt");
        let note = |line: &str| {
            let mut list = List::go_on(&path).unwrap();
            (0..2).for_each(|_| list.note_once(line).unwrap());
        };
        note("one");
        note("one");
        assert_eq!(read(&path)[1..], ["one"]);
        // Within a character, as a full disk cuts it.
        let torn = [fs::read(&path).unwrap(), b"tw\xc3".to_vec()].concat();
        fs::write(&path, &torn).unwrap();
        note("two");
        note("one");
        assert_eq!(fs::read(&path).unwrap(), [&torn[..], b"\ntwo\n"].concat());
    }

    #[test]
    fn a_list_ends_where_it_says_so() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.rejected.txt");
        let long = "x".repeat(1_000);
        for _ in 0..2 {
            let mut list = List::go_on(&path).unwrap();
            (0..LIST_MAX_BYTES / 500).for_each(|line| list.note_once(&format!("{line} {long}")).unwrap());
        }
        let lines = read(&path);
        assert_eq!(lines.iter().filter(|line| *line == FULL).count(), 1);
        assert_eq!(lines.last().unwrap(), FULL);
        let bytes = fs::metadata(&path).unwrap().len();
        assert!((LIST_MAX_BYTES..LIST_MAX_BYTES + 2_000).contains(&bytes), "{bytes}");
    }

    #[test]
    fn a_live_store_goes_on_without_a_list() {
        let folder = tempfile::tempdir().unwrap();
        let (store, path) = (folder.path().join("a.db"), folder.path().join("a.rejected.txt"));
        fs::write(&path, b"somebody's \xff").unwrap();
        assert!(Notebook::new(&store).is_err());
        let notebook = Notebook::appending(&store);
        notebook.flush().unwrap();
        assert!(notebook.trouble().unwrap().message.contains("is a file that Flow has not written"));
        assert_eq!((notebook.trouble(), fs::read(&path).unwrap()), (None, b"somebody's \xff".to_vec()));
    }
}
