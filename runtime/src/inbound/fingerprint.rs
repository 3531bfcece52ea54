//! What a file is known by: its bytes. How a project reads them changes with the project and with Flow; the bytes do not, and so they say
//! whether a file is one that was read before, and whether it begins with one.

use std::collections::BTreeSet;
use std::io::{self, Read};

use memchr::memchr_iter;
use ring::digest::{Context, SHA256, SHA256_OUTPUT_LEN};

/// How much is read at once.
const CHUNK_BYTES: usize = 64 * 1024;
/// How much of a file is compared before it is believed to be the one that was read before.
pub(super) const STEP_BYTES: usize = 1024 * 1024;

/// So many bytes from the start of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Print {
    /// How many they are.
    pub bytes: u64,
    /// How many lines begin in them.
    pub lines: u64,
    /// Their SHA-256.
    pub digest: [u8; SHA256_OUTPUT_LEN],
}

/// A whole file, and the beginnings of it that somebody asked about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fingerprint {
    /// All of its bytes.
    pub whole: Print,
    /// The shortest first; each ends where a line ends, and none is the whole.
    pub beginnings: Vec<Print>,
    /// The digests of the first [`STEP_BYTES`], of twice as many and so on, so that whoever reads the file once more can tell before they
    /// believe it that it is the same ([`Unchanged`](super::Unchanged)): 32 bytes for each step.
    pub(super) steps: Vec<[u8; SHA256_OUTPUT_LEN]>,
}

impl Fingerprint {
    /// Reads to the end. `lengths`, in bytes, are those of the beginnings; where one ends within a line, it is none.
    pub fn read(reader: impl Read, lengths: BTreeSet<u64>) -> io::Result<Fingerprint> {
        let mut prints = Fingerprinting::new(reader, lengths);
        io::copy(&mut prints, &mut io::sink())?;
        Ok(prints.finish())
    }
}

/// Reads on behalf of somebody, and takes the fingerprint of what passes.
#[derive(Debug)]
pub struct Fingerprinting<R> {
    reader: R,
    context: Digesting,
    bytes: u64,
    ended_lines: u64,
    /// The last byte that passed; before the first one a line begins as well.
    last: u8,
    lengths: BTreeSet<u64>,
    beginnings: Vec<Print>,
    /// A beginning that ends a line if the next byte does.
    in_doubt: Option<Print>,
    steps: Vec<[u8; SHA256_OUTPUT_LEN]>,
}

/// A digest that goes on.
#[derive(Clone)]
pub(super) struct Digesting(Context);

impl Digesting {
    pub(super) fn new() -> Digesting {
        Digesting(Context::new(&SHA256))
    }

    pub(super) fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// Of what has passed so far.
    pub(super) fn so_far(&self) -> [u8; SHA256_OUTPUT_LEN] {
        let mut digest = [0; SHA256_OUTPUT_LEN];
        digest.copy_from_slice(self.0.clone().finish().as_ref());
        digest
    }
}

impl std::fmt::Debug for Digesting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Digesting")
    }
}

impl<R: Read> Fingerprinting<R> {
    /// Begins at what the reader has next.
    pub fn new(reader: R, lengths: BTreeSet<u64>) -> Self {
        let context = Digesting::new();
        let (beginnings, in_doubt, steps) = (Vec::new(), None, Vec::new());
        Self { reader, context, bytes: 0, ended_lines: 0, last: b'\n', lengths, beginnings, in_doubt, steps }
    }

    /// The fingerprint of all that has passed.
    pub fn finish(mut self) -> Fingerprint {
        let whole = self.print();
        self.beginnings.retain(|print| print.bytes < whole.bytes);
        Fingerprint { whole, beginnings: self.beginnings, steps: self.steps }
    }

    fn print(&self) -> Print {
        let digest = self.context.so_far();
        Print { bytes: self.bytes, lines: self.ended_lines + u64::from(self.last != b'\n'), digest }
    }

    fn pass(&mut self, mut bytes: &[u8]) {
        while let Some(first) = bytes.first() {
            let ends_line = [b'\n', b'\r'].contains(first);
            self.beginnings.extend(self.in_doubt.take().filter(|_| ends_line));
            let to_next = self.lengths.first().and_then(|length| usize::try_from(length - self.bytes).ok());
            let to_step = STEP_BYTES - usize::try_from(self.bytes % STEP_BYTES as u64).unwrap_or_default();
            let (now, later) = bytes.split_at(to_next.unwrap_or(to_step).min(to_step).min(bytes.len()));
            self.digest(now);
            bytes = later;
            // A file that was empty once has a length of nothing, at which nothing has passed.
            if !now.is_empty() && self.bytes.is_multiple_of(STEP_BYTES as u64) {
                self.steps.push(self.context.so_far());
            }
            if self.lengths.first() == Some(&self.bytes) {
                self.lengths.pop_first();
                let print = self.print();
                if self.last == b'\n' { self.beginnings.push(print) } else { self.in_doubt = Some(print) }
            }
        }
    }

    fn digest(&mut self, bytes: &[u8]) {
        self.context.update(bytes);
        self.bytes += bytes.len() as u64;
        self.ended_lines += memchr_iter(b'\n', bytes).count() as u64;
        self.last = bytes.last().copied().unwrap_or(self.last);
    }
}

impl<R: Read> Read for Fingerprinting<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let most = into.len().min(CHUNK_BYTES);
        let into = into.get_mut(..most).unwrap_or_default();
        let count = self.reader.read(into)?;
        self.pass(into.get(..count).unwrap_or_default());
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use proptest::prelude::*;

    fn read(text: &str, lengths: &[u64]) -> Fingerprint {
        Fingerprint::read(text.as_bytes(), lengths.iter().copied().collect()).unwrap()
    }

    fn whole(text: &str) -> Print {
        read(text, &[]).whole
    }

    #[test]
    fn a_file_begins_with_another_where_its_lines_end() {
        let grown = read("a\nb\r\nc", &[1, 2, 3, 5, 6, 99]);
        assert_eq!(grown.beginnings, ["a", "a\n", "a\nb", "a\nb\r\n"].map(whole));
        assert_eq!(grown.whole, whole("a\nb\r\nc"));
        // A last line that goes on is another line.
        assert_eq!(read("a\nbc\n", &[3]).beginnings, []);
        assert_eq!(read("a\nb", &[3]).beginnings, []);
    }

    /// A store that has seen the file while it was empty asks about a length of nothing.
    #[test]
    fn a_file_that_was_empty_once_has_the_steps_of_any() {
        let text = "a,b\n".repeat(STEP_BYTES / 2);
        let steps =
            |lengths: &[u64]| Fingerprint::read(text.as_bytes(), lengths.iter().copied().collect()).unwrap().steps;
        assert_eq!(steps(&[0]), steps(&[]));
        assert_eq!(steps(&[]).len(), 2);
    }

    #[test]
    fn lines_are_those_that_begin() {
        assert_eq!(["", "a", "a\n", "a\nb", "\n\n"].map(|text| whole(text).lines), [0, 1, 1, 2, 2]);
    }

    proptest! {
        /// In whatever pieces it comes.
        #[test]
        fn beginnings_are_files_of_their_own(text in "[ab\r\n]{0,40}", lengths: [u8; 4], pieces in 1_usize..9) {
            let lengths: BTreeSet<u64> = lengths.into_iter().map(|length| u64::from(length % 42)).collect();
            let mut prints = Fingerprinting::new(text.as_bytes(), lengths.clone());
            let mut piece = vec![0; pieces];
            while prints.read(&mut piece).unwrap() > 0 {}
            let found = prints.finish();
            prop_assert_eq!(&found, &Fingerprint::read(text.as_bytes(), lengths).unwrap());
            for beginning in found.beginnings {
                let (start, rest) = text.split_at(usize::try_from(beginning.bytes).unwrap());
                prop_assert_eq!(beginning, whole(start));
                prop_assert!(start.is_empty() || start.ends_with('\n') || rest.starts_with(['\n', '\r']));
            }
        }
    }
}
