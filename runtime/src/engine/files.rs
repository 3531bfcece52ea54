//! The files of contacts that a store has read: each by its bytes, with the instant at which they were first read and how far they were taken.
//!
//! How a file is read changes with the project and with Flow; its bytes do not. So a row is of the instant at which its bytes were first
//! read (E11), and whatever is read otherwise later was so already then: it makes conditions true and lets nobody in (E10). A file that begins with
//! another one is that file, with rows that are news.

use super::error::EngineError;
use crate::inbound::{ContactRow, Fingerprint, Print};
use ring::digest::{SHA256, SHA256_OUTPUT_LEN, digest};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// The name under which a store keeps a file, before the digest of its bytes.
const FILE: &str = "imported.";
/// The name under which Flow once kept how far a file of this name had come, by what its rows meant. An empty one is done with.
const BY_MEANING: &str = "import.";

/// How much of the rows of a file was taken, as they are read now: how many, and a digest that stands for them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Taken {
    pub(super) rows: u64,
    chain: [u8; SHA256_OUTPUT_LEN],
}

impl Taken {
    /// Takes in one more.
    pub(super) fn pass(&mut self, row: &ContactRow, changed_at: Option<i64>) {
        let mut bytes = self.chain.to_vec();
        // Keys and values are plain data: writing them as JSON cannot fail.
        bytes.extend(serde_json::to_vec(&(&row.keys, &row.values)).unwrap_or_default());
        // A file in which the date alone is read otherwise says everything anew.
        bytes.extend(changed_at.into_iter().flat_map(i64::to_le_bytes));
        self.chain.copy_from_slice(digest(&SHA256, &bytes).as_ref());
        self.rows += 1;
    }
}

/// What a store keeps of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FileMark {
    name: String,
    bytes: u64,
    /// When these bytes were first read.
    first_read_at: i64,
    /// The last line that has been taken, under whatever project.
    pub(super) line: u64,
    pub(super) taken: Taken,
}

impl FileMark {
    fn new(print: &Print, first_read_at: i64) -> FileMark {
        FileMark { name: name_of(print), bytes: print.bytes, first_read_at, line: 0, taken: Taken::default() }
    }

    /// As the store has it.
    pub(super) fn read(&self) -> (String, Vec<u8>) {
        let numbers = [self.bytes, self.line, self.taken.rows].map(u64::to_le_bytes).concat();
        (self.name.clone(), [&numbers, self.first_read_at.to_le_bytes().as_slice(), &self.taken.chain].concat())
    }

    fn parse(name: &str, bytes: &[u8]) -> Result<FileMark, EngineError> {
        let damaged = || EngineError::Damaged { name: name.to_owned() };
        let (numbers, chain) = bytes.split_at_checked(4 * size_of::<u64>()).ok_or_else(damaged)?;
        let mut numbers = numbers.chunks_exact(size_of::<u64>()).map(|part| part.try_into().unwrap_or_default());
        let mut next = || numbers.next().ok_or_else(damaged);
        let [bytes, line, rows] = [next()?, next()?, next()?].map(u64::from_le_bytes);
        let first_read_at = i64::from_le_bytes(next()?);
        let taken = Taken { rows, chain: chain.try_into().map_err(|_| damaged())? };
        Ok(FileMark { name: name.to_owned(), bytes, first_read_at, line, taken })
    }
}

fn name_of(print: &Print) -> String {
    let mut name = FILE.to_owned();
    for byte in print.digest {
        // A String takes whatever is written.
        let _ = write!(name, "{byte:02x}");
    }
    name
}

/// How long the files are that a store has read, in bytes: another one may begin with one of them.
pub(super) fn lengths(reads: &BTreeMap<String, Vec<u8>>) -> Result<BTreeSet<u64>, EngineError> {
    let files = reads.range(FILE.to_owned()..).take_while(|(name, _)| name.starts_with(FILE));
    files.map(|(name, kept)| FileMark::parse(name, kept).map(|mark| mark.bytes)).collect()
}

fn find(reads: &BTreeMap<String, Vec<u8>>, print: &Print) -> Result<Option<FileMark>, EngineError> {
    let name = name_of(print);
    reads.get(&name).map(|kept| FileMark::parse(&name, kept)).transpose()
}

/// When a file was first read; none where it never was.
pub(super) fn first_read_at(
    reads: &BTreeMap<String, Vec<u8>>,
    print: &Fingerprint,
) -> Result<Option<i64>, EngineError> {
    find(reads, &print.whole).map(|mark| mark.map(|mark| mark.first_read_at))
}

/// What a store keeps of a file that is read for the first time at this instant, before any of its rows is taken.
pub(super) fn first_reading(print: &Fingerprint, at: i64) -> (String, Vec<u8>) {
    FileMark::new(&print.whole, at).read()
}

/// A file that is about to be taken, with what the store knows of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reading {
    pub(super) mark: FileMark,
    /// When the bytes up to the end of a line were first read, for each file that this one begins with.
    beginnings: Vec<(u64, i64)>,
    /// Rows up to this line were taken before, perhaps as something else.
    before: u64,
    /// Whether an older Flow has read a file and nobody can tell whether it was this one.
    pub(super) is_doubtful: bool,
    /// Whether the store was begun by a Flow that kept files by what their rows meant.
    pub(super) is_of_older_flow: bool,
}

/// What is asked of the rows of a file before any of them is taken in: which of them were, as they are read now. They pass by once, in their
/// order ([`survey`](super::survey)).
#[derive(Debug)]
pub(super) struct Question {
    /// What is known before: all of it but how far the rows are those that were taken.
    reading: Reading,
    /// What was taken, where the rows are still the same: of this file, or of files of an older Flow, of which nobody knows which was this one.
    candidates: Vec<Candidate>,
    /// Behind the most rows of any of them nothing is compared.
    longest: u64,
    passed: Taken,
    /// Where the file ends, in lines.
    lines: u64,
    now: i64,
}

#[derive(Debug)]
struct Candidate {
    taken: Taken,
    /// The line of its last row, once the rows have proved to be the same.
    proved: Option<u64>,
}

impl Candidate {
    fn new(taken: Taken) -> Candidate {
        // No rows are the same in every file.
        Candidate { taken, proved: (taken == Taken::default()).then_some(0) }
    }
}

impl Question {
    /// What the store knows of a file whose rows are read now. `first_day` is the store's: earlier than that no file was read.
    pub(super) fn of(
        reads: &BTreeMap<String, Vec<u8>>,
        print: &Fingerprint,
        (first_day, now): (i64, i64),
    ) -> Result<Question, EngineError> {
        let own = find(reads, &print.whole)?;
        let first_read_at = own.as_ref().map_or(now, |mark| mark.first_read_at);
        let mut beginnings = Vec::new();
        let mut nearest = None;
        for print in &print.beginnings {
            if let Some(mark) = find(reads, print)?.filter(|mark| mark.first_read_at <= first_read_at) {
                beginnings.push((print.lines, mark.first_read_at));
                nearest = Some(mark);
            }
        }
        let from_nearest = nearest.map(|nearest| {
            let (line, taken) = (nearest.line, nearest.taken);
            FileMark { line, taken, ..FileMark::new(&print.whole, first_read_at) }
        });
        let (reading, candidates) = match own.or(from_nearest) {
            Some(mark) => {
                let is_of_older_flow = reads.keys().any(|name| name.starts_with(BY_MEANING));
                let candidates = vec![mark.taken];
                (Reading { before: mark.line, mark, beginnings, is_doubtful: false, is_of_older_flow }, candidates)
            }
            None => {
                let older = by_meaning(reads).map(|(name, kept)| taken_of(name, kept));
                let older: Vec<Taken> = older.collect::<Result<_, _>>()?;
                let mut mark = FileMark::new(&print.whole, now);
                let is_of_older_flow = !older.is_empty();
                if is_of_older_flow {
                    mark.first_read_at = first_day;
                }
                (Reading { mark, beginnings, before: 0, is_doubtful: is_of_older_flow, is_of_older_flow }, older)
            }
        };
        let longest = candidates.iter().map(|taken| taken.rows).max().unwrap_or_default();
        let candidates = candidates.into_iter().map(Candidate::new).collect();
        Ok(Question { reading, candidates, longest, passed: Taken::default(), lines: print.whole.lines, now })
    }

    /// The next row.
    pub(super) fn pass(&mut self, row: &ContactRow) {
        if self.passed.rows >= self.longest {
            return;
        }
        self.passed.pass(row, self.reading.changed_at(row));
        for candidate in self.candidates.iter_mut().filter(|candidate| candidate.taken == self.passed) {
            candidate.proved = Some(row.at.line);
        }
    }

    /// The end of the file. Rows that are read otherwise than before are taken from the start again.
    pub(super) fn answered(self) -> Reading {
        let Question { mut reading, candidates, .. } = self;
        let proved = candidates.into_iter().filter_map(|candidate| Some((candidate.taken, candidate.proved?)));
        let proved = proved.max_by_key(|(taken, _)| taken.rows);
        if reading.is_doubtful {
            return reading.of_older_flow(proved, (self.lines, self.now));
        }
        if proved.is_none() {
            reading.mark.taken = Taken::default();
        }
        reading
    }
}

impl Reading {
    /// A file that the store does not know by its bytes. An older Flow kept what the rows meant and not when they were read. What it has taken
    /// counts as of the first day, so that it overrules nothing; and where the rows mean something else by now, nobody can tell whether the file
    /// is another one or is only read otherwise, and it is taken for the same one: in doubt nobody gets mail.
    fn of_older_flow(mut self, proved: Option<(Taken, u64)>, (lines, now): (u64, i64)) -> Reading {
        if let Some((taken, line)) = proved {
            (self.mark.line, self.mark.taken, self.before) = (line, taken, line);
            // Rows behind them are news, as far as anybody knows.
            self.beginnings = vec![(line, self.mark.first_read_at), (u64::MAX, now)];
            self.is_doubtful = false;
            return self;
        }
        // All of it was taken, for whatever comes behind a kill.
        (self.mark.line, self.before) = (lines, lines);
        self
    }

    /// When the whole file was first read.
    pub(super) fn first_read_at(&self) -> i64 {
        self.mark.first_read_at
    }

    /// When the bytes of a row were first read.
    pub(super) fn read_at(&self, row: &ContactRow) -> i64 {
        self.read_at_line(row.at.line)
    }

    /// The same of a row that begins in a line.
    pub(super) fn read_at_line(&self, line: u64) -> i64 {
        let beginnings = self.beginnings.iter().filter(|(last, _)| line <= *last);
        beginnings.map(|(_, at)| *at).min().unwrap_or(self.mark.first_read_at)
    }

    /// When a row was last changed, as it says; nobody can have changed it after it was read.
    pub(super) fn changed_at(&self, row: &ContactRow) -> Option<i64> {
        row.changed_at.filter(|at| *at <= self.read_at(row))
    }

    /// Whether a row was taken before, perhaps as something else.
    pub(super) fn was_taken(&self, row: &ContactRow) -> bool {
        row.at.line <= self.before
    }
}

/// What an older Flow kept, by the name under which it did.
pub(super) fn by_meaning(reads: &BTreeMap<String, Vec<u8>>) -> impl Iterator<Item = (&String, &Vec<u8>)> {
    let kept = reads.range(BY_MEANING.to_owned()..).take_while(|(name, _)| name.starts_with(BY_MEANING));
    kept.filter(|(_, kept)| !kept.is_empty())
}

fn taken_of(name: &str, kept: &[u8]) -> Result<Taken, EngineError> {
    let damaged = || EngineError::Damaged { name: name.to_owned() };
    let (rows, chain) = kept.split_first_chunk().ok_or_else(damaged)?;
    Ok(Taken { rows: u64::from_le_bytes(*rows), chain: chain.try_into().map_err(|_| damaged())? })
}

/// The names of what was kept of files and cannot be read.
pub(super) fn unreadable(reads: &BTreeMap<String, Vec<u8>>) -> Vec<String> {
    let is_readable = |(name, kept): &(&String, &Vec<u8>)| match name.as_str() {
        of_bytes if of_bytes.starts_with(FILE) => FileMark::parse(name, kept).is_ok(),
        of_meaning if of_meaning.starts_with(BY_MEANING) => kept.is_empty() || taken_of(name, kept).is_ok(),
        _ => true,
    };
    reads.iter().filter(|read| !is_readable(read)).map(|(name, _)| name.clone()).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::inbound::Origin;

    const FIRST_DAY: i64 = 1_000;
    const NOW: i64 = 9_000;

    fn row(line: u64, user: &str) -> ContactRow {
        let (keys, at) = (vec![format!("user:{user}")], Origin { file: "c.csv".into(), line });
        ContactRow { keys, values: Vec::new(), refusals: Vec::new(), changed_at: None, at }
    }

    fn print(bytes: &str) -> Fingerprint {
        Fingerprint::read(bytes.as_bytes(), BTreeSet::new()).unwrap()
    }

    fn taken(rows: &[ContactRow]) -> Taken {
        let mut taken = Taken::default();
        rows.iter().for_each(|row| taken.pass(row, row.changed_at));
        taken
    }

    /// As Flow kept it up to its version 0.1: how many rows there were, and what they meant.
    fn of_older_flow(rows: &[ContactRow]) -> BTreeMap<String, Vec<u8>> {
        let taken = taken(rows);
        BTreeMap::from([("import.c.csv".to_owned(), [&taken.rows.to_le_bytes()[..], &taken.chain].concat())])
    }

    fn open(reads: &BTreeMap<String, Vec<u8>>, rows: &[ContactRow]) -> Reading {
        open_file(reads, "who\na\nb\n", rows)
    }

    fn open_file(reads: &BTreeMap<String, Vec<u8>>, bytes: &str, rows: &[ContactRow]) -> Reading {
        let mut question = Question::of(reads, &print(bytes), (FIRST_DAY, NOW)).unwrap();
        rows.iter().for_each(|row| question.pass(row));
        question.answered()
    }

    #[test]
    fn a_mark_is_read_as_it_was_written_and_a_damaged_one_is_told() {
        let mark = FileMark { line: 3, taken: taken(&[row(2, "a")]), ..FileMark::new(&print("a\n").whole, -5) };
        let (name, bytes) = mark.read();
        assert_eq!(FileMark::parse(&name, &bytes).unwrap(), mark);
        assert!(FileMark::parse(&name, &bytes[1..]).is_err() && FileMark::parse(&name, b"").is_err());
        assert_eq!(lengths(&BTreeMap::from([(name, bytes)])).unwrap(), BTreeSet::from([2]));
    }

    /// A file that means what it meant is the same; nobody knows when it was read, so it overrules nothing.
    #[test]
    fn what_an_older_flow_has_taken_is_taken_and_counts_as_of_the_first_day() {
        let rows = [row(2, "a"), row(3, "b")];
        let whole = open(&of_older_flow(&rows), &rows);
        assert_eq!((whole.mark.taken.rows, whole.mark.first_read_at, whole.is_doubtful), (2, FIRST_DAY, false));
        // It has grown since, or was broken off: what comes behind is news.
        let part = open(&of_older_flow(&rows[..1]), &rows);
        assert_eq!(part.mark.taken.rows, 1);
        assert_eq!(
            rows.each_ref().map(|row| (part.was_taken(row), part.read_at(row))),
            [(true, FIRST_DAY), (false, NOW)]
        );
    }

    #[test]
    fn where_nobody_can_tell_whether_a_file_is_that_of_an_older_flow_it_overrules_nothing() {
        let rows = [row(2, "a"), row(3, "b")];
        let reads = of_older_flow(&[row(2, "z")]);
        let doubtful = open(&reads, &rows);
        assert!(doubtful.is_doubtful && doubtful.mark.taken.rows == 0);
        assert!(rows.iter().all(|row| doubtful.was_taken(row) && doubtful.read_at(row) == FIRST_DAY));
        // Once the file is known by its bytes, that is over, and the next one is news.
        let done = BTreeMap::from([("import.c.csv".to_owned(), Vec::new()), doubtful.mark.read()]);
        let again = open_file(&done, "who\na\nb\n", &rows);
        assert!(!again.is_doubtful && rows.iter().all(|row| again.was_taken(row)));
        let next = open_file(&done, "other\n", &rows);
        assert!(!next.is_doubtful && rows.iter().all(|row| !next.was_taken(row) && next.read_at(row) == NOW));
    }
}
