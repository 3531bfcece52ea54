//! A file that is read on a thread of its own, a few pieces ahead of whoever takes what it says.
//!
//! ```text
//! thread of the file:  bytes -> lines -> checked rows, with what was wrong     one piece after another
//!                                   \-- a queue of PIECES_AHEAD pieces, each of PIECE_ROWS rows or PIECE_BYTES of the file at most
//! who takes them:                    \-> the same rows in the same order, findings and errors where they stand
//! ```
//!
//! The queue changes when something is read and never what: whoever takes the rows sees one iterator, as if it read the file itself. What is in
//! memory is bounded by the queue, however long the file is. Whoever stops taking ends the thread: it sees that at its next piece, and within
//! one at its next read of the file ([`Wanted`]). A panic of the thread goes on in whoever takes its rows, and is never an end of the file.

use std::io::{self, BufRead, Read, Seek, SeekFrom};
use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{Scope, ScopedJoinHandle};

use super::{InboundError, Item};

/// The most rows or lines of a piece.
pub const PIECE_ROWS: usize = 512;
/// A piece ends behind the row with which it takes up so many bytes of the file.
pub const PIECE_BYTES: u64 = 256 * 1024;
/// How many pieces may wait; one more is being read, and one taken.
pub const PIECES_AHEAD: usize = 4;

/// How far ahead a file is read. It changes no result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadAhead {
    /// The most rows of a piece, at least one.
    pub piece_rows: usize,
    /// A piece ends behind the row with which it takes up so many bytes of the file.
    pub piece_bytes: u64,
    /// How many pieces may wait; with none, each is handed over as it is taken.
    pub pieces: usize,
}

impl Default for ReadAhead {
    fn default() -> Self {
        Self { piece_rows: PIECE_ROWS, piece_bytes: PIECE_BYTES, pieces: PIECES_AHEAD }
    }
}

/// A reader of rows or lines that can say how much of its file it has read.
pub trait Reads: Iterator<Item = Result<Item<Self::Row>, InboundError>> {
    /// What a good row or line becomes.
    type Row: Send;

    /// How many bytes of the file were read so far, those that were read twice counted twice.
    fn bytes_read(&self) -> u64;
}

/// Whether anybody still takes what a thread reads.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    is_over: Arc<AtomicBool>,
}

impl Wanted {
    /// A file whose reading ends with an error once nobody wants it any more: a first look at a long file, or a line without an end, must
    /// not outlast them.
    pub fn file<R>(&self, file: R) -> WantedFile<R> {
        WantedFile { file, wanted: self.clone() }
    }

    fn is_over(&self) -> bool {
        self.is_over.load(Ordering::Relaxed)
    }

    fn ends(&self) {
        self.is_over.store(true, Ordering::Relaxed);
    }

    fn check(&self) -> io::Result<()> {
        if self.is_over() { Err(io::Error::other("nobody wants it any more")) } else { Ok(()) }
    }
}

/// See [`Wanted::file`].
#[derive(Debug)]
pub struct WantedFile<R> {
    file: R,
    wanted: Wanted,
}

impl<R: Read> Read for WantedFile<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.wanted.check().and_then(|()| self.file.read(into))
    }
}

impl<R: BufRead> BufRead for WantedFile<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.wanted.check()?;
        self.file.fill_buf()
    }

    fn consume(&mut self, count: usize) {
        self.file.consume(count);
    }
}

impl<R: Seek> Seek for WantedFile<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}

/// What the thread of a file hands over.
enum Sent<T> {
    Piece(Vec<Result<Item<T>, InboundError>>),
    /// The file is read to its end, or no further: an error is the last of the piece before.
    End,
}

/// The rows of a file that is read on a thread of its own, in their order.
#[derive(Debug)]
pub struct Intake<'scope, F: Reads> {
    sent: Receiver<Sent<F::Row>>,
    piece: std::vec::IntoIter<Result<Item<F::Row>, InboundError>>,
    thread: Option<ScopedJoinHandle<'scope, Option<F>>>,
    wanted: Wanted,
    is_over: bool,
}

impl<'scope, F: Reads + Send + 'scope> Intake<'scope, F> {
    /// Begins to read. `open` runs on the thread as well; where it fails, its error is the first and last item.
    pub fn begin(
        scope: &'scope Scope<'scope, '_>,
        bounds: ReadAhead,
        open: impl FnOnce(&Wanted) -> Result<F, InboundError> + Send + 'scope,
    ) -> Intake<'scope, F> {
        let (sender, sent) = sync_channel(bounds.pieces);
        let wanted = Wanted::default();
        let of_thread = wanted.clone();
        let thread = scope.spawn(move || read(open(&of_thread), bounds, &sender));
        Intake { sent, piece: Vec::new().into_iter(), thread: Some(thread), wanted, is_over: false }
    }

    /// Ends the thread, wherever it is, and gives its reader back; none where the file could not be opened.
    pub fn into_reader(mut self) -> Option<F> {
        let thread = self.thread.take();
        // The thread must not wait for room in the queue.
        drop(self);
        thread.and_then(joined)
    }

    /// The next piece is there, or the file is over.
    fn take_piece(&mut self) {
        match self.sent.recv() {
            Ok(Sent::Piece(piece)) => self.piece = piece.into_iter(),
            Ok(Sent::End) => self.is_over = true,
            // It has ended without a word, which only a panic does.
            Err(_) => {
                self.is_over = true;
                self.thread.take().map(joined);
            }
        }
    }
}

/// A panic of the thread goes on here.
fn joined<F>(thread: ScopedJoinHandle<'_, Option<F>>) -> Option<F> {
    thread.join().unwrap_or_else(|panic| resume_unwind(panic))
}

impl<'scope, F: Reads + Send + 'scope> Iterator for Intake<'scope, F> {
    type Item = Result<Item<F::Row>, InboundError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(item) = self.piece.next() {
                return Some(item);
            }
            if self.is_over {
                return None;
            }
            self.take_piece();
        }
    }
}

impl<F: Reads> Drop for Intake<'_, F> {
    fn drop(&mut self) {
        self.wanted.ends();
    }
}

/// What the thread does. It hands its reader back at the end of the file, and as soon as nobody takes its pieces any more.
fn read<F: Reads>(opened: Result<F, InboundError>, bounds: ReadAhead, sender: &SyncSender<Sent<F::Row>>) -> Option<F> {
    let mut reader = match opened {
        Ok(reader) => reader,
        Err(error) => {
            // Whoever has gone wants no error either.
            let _ = sender.send(Sent::Piece(vec![Err(error)])).and_then(|()| sender.send(Sent::End));
            return None;
        }
    };
    loop {
        let piece = piece_of(&mut reader, bounds);
        let sent = if piece.is_empty() { Sent::End } else { Sent::Piece(piece) };
        let is_end = matches!(sent, Sent::End);
        if sender.send(sent).is_err() || is_end {
            return Some(reader);
        }
    }
}

/// The next rows, empty at the end alone.
fn piece_of<F: Reads>(reader: &mut F, bounds: ReadAhead) -> Vec<Result<Item<F::Row>, InboundError>> {
    let begins_at = reader.bytes_read();
    let mut piece = Vec::new();
    while piece.len() < bounds.piece_rows.max(1)
        && (piece.is_empty() || reader.bytes_read() - begins_at < bounds.piece_bytes)
        && let Some(item) = reader.next()
    {
        piece.push(item);
    }
    piece
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::cell::Cell;
    use std::io::{BufReader, Cursor};
    use std::thread;

    use super::super::testing::{CONTACTS_HEADER, guide_nurture};
    use super::super::{Columns, ContactReader, EventReader, accept};
    use super::super::{Finding, Tally};
    use super::*;

    const TINY: [ReadAhead; 4] = [
        ReadAhead { piece_rows: 1, piece_bytes: u64::MAX, pieces: 0 },
        ReadAhead { piece_rows: 3, piece_bytes: u64::MAX, pieces: 1 },
        ReadAhead { piece_rows: usize::MAX, piece_bytes: 1, pieces: 2 },
        ReadAhead { piece_rows: usize::MAX, piece_bytes: 400, pieces: 0 },
    ];

    /// All that is told of a file: rows, findings and tally, in the order in which they come.
    fn told<T: std::fmt::Debug>(items: impl Iterator<Item = Result<Item<T>, InboundError>>) -> (Vec<String>, Tally) {
        let (mut tally, told) = (Tally::default(), std::cell::RefCell::new(Vec::new()));
        let mut note = |finding: Finding<'_>| {
            told.borrow_mut().push(finding.to_string());
            Ok(())
        };
        for row in accept(items, &mut tally, &mut note) {
            told.borrow_mut()
                .push(row.map_or_else(|error| format!("{error}; {}", error.help()), |row| format!("{row:?}")));
        }
        (told.into_inner(), tally)
    }

    fn contacts_text() -> String {
        let row = |number: usize| match number % 7 {
            3 => format!("u-{number}\n"),
            5 => format!("u-{number},no address,,,\"two\nlines\",,,,,agritech,about 50,,,,,,,,\n"),
            _ => format!("u-{number},a{number}@a.example,,,,,,,,saas,50,,,,,,,,\n"),
        };
        std::iter::once(format!("{CONTACTS_HEADER}\n")).chain((0..40).map(row)).collect()
    }

    fn events_text() -> String {
        let line = |number: u32| match number % 9 {
            4 => "{\n".to_owned(),
            second => format!(
                "{{\"type\":\"track\",\"userId\":\"u-{number}\",\"event\":\"visited\",\"timestamp\":\"2026-03-02T10:{:02}:00Z\"}}\n",
                (number + 7 * second) % 50
            ),
        };
        (0..60).map(line).collect()
    }

    #[test]
    fn pieces_however_small_are_the_file_as_one_piece() {
        let program = guide_nurture();
        let (contacts, events) = (contacts_text(), events_text());
        let read_contacts = || ContactReader::open(contacts.as_bytes(), "c.csv", &program, &Columns::new());
        let read_events = || EventReader::open(Cursor::new(events.as_bytes()), "e.jsonl", &program);
        let (rows, lines) = (told(read_contacts().unwrap()), told(read_events().unwrap()));
        assert!(rows.1.rejected() > 3 && lines.1.rejected() > 3 && rows.0.len() > 50);
        for bounds in TINY.into_iter().chain([ReadAhead::default()]) {
            thread::scope(|scope| {
                // Two files at once.
                let mut aside = Intake::begin(scope, bounds, |_| read_contacts());
                let mut other = Intake::begin(scope, bounds, |_| read_events());
                assert_eq!(told(aside.by_ref()), rows, "{bounds:?}");
                assert_eq!(told(other.by_ref()), lines, "{bounds:?}");
                assert!(aside.into_reader().is_some_and(|reader| reader.guessed_id_column().is_none()));
            });
        }
    }

    /// A disk that gives nothing more behind some bytes.
    struct Broken(Cursor<Vec<u8>>, u64);

    impl Read for Broken {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            let most = into.len().min(usize::try_from(self.1.saturating_sub(self.0.position())).unwrap());
            if most == 0 { Err(io::Error::other("a bad sector")) } else { self.0.read(&mut into[..most]) }
        }
    }

    #[test]
    fn an_error_in_the_middle_comes_behind_what_stands_above_it_and_ends_the_file() {
        let program = guide_nurture();
        let text = contacts_text();
        let open = || {
            let disk = BufReader::with_capacity(64, Broken(Cursor::new(text.clone().into_bytes()), 900));
            ContactReader::open(disk, "c.csv", &program, &Columns::new())
        };
        let expected = told(open().unwrap());
        assert_eq!(expected.0.last().unwrap(), "cannot read `c.csv:23`: a bad sector; check that the file can be read");
        for bounds in TINY {
            thread::scope(|scope| assert_eq!(told(Intake::begin(scope, bounds, |_| open())), expected));
        }
        // One that cannot even be opened.
        let refused = || ContactReader::open(&b"Name\nAda\n"[..], "c.csv", &program, &Columns::new());
        let expected = format!("{0}; {1}", refused().unwrap_err(), refused().unwrap_err().help());
        thread::scope(|scope| assert_eq!(told(Intake::begin(scope, TINY[0], |_| refused())).0, [expected]));
    }

    /// Rows without an end, and a panic at the one of a number.
    struct Endless {
        rows: u64,
        panics_at: u64,
    }

    impl Iterator for Endless {
        type Item = Result<Item<u64>, InboundError>;

        fn next(&mut self) -> Option<Self::Item> {
            self.rows += 1;
            assert!(self.rows < self.panics_at, "row {}", self.rows);
            Some(Ok(Item::Taken { row: self.rows, notes: Vec::new() }))
        }
    }

    impl Reads for Endless {
        type Row = u64;

        fn bytes_read(&self) -> u64 {
            self.rows
        }
    }

    #[test]
    fn whoever_stops_in_the_middle_ends_the_thread_which_is_never_further_ahead_than_its_bounds() {
        let bounds = ReadAhead { piece_rows: 10, piece_bytes: u64::MAX, pieces: 3 };
        let reader = thread::scope(|scope| {
            let mut rows = Intake::begin(scope, bounds, |_| Ok(Endless { rows: 0, panics_at: u64::MAX }));
            assert_eq!(rows.by_ref().take(25).count(), 25);
            rows.into_reader().unwrap()
        });
        // Three pieces were taken, three may wait, and one was in the making.
        assert!((30..=70).contains(&reader.rows), "{}", reader.rows);
        // An error of whoever takes the rows ends it as well: the scope would never be left otherwise.
        let stopped: Result<(), &str> = thread::scope(|scope| {
            let mut rows = Intake::begin(scope, bounds, |_| Ok(Endless { rows: 0, panics_at: u64::MAX }));
            rows.next().map_or(Ok(()), |_| Err("stopped"))
        });
        assert_eq!(stopped, Err("stopped"));
    }

    /// A first look without an end, such as at a file that is longer than anybody's patience.
    #[test]
    fn a_first_look_ends_with_whoever_wanted_it() {
        struct Zeros;
        impl Read for Zeros {
            fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
                into.fill(0);
                Ok(into.len())
            }
        }
        impl Seek for Zeros {
            fn seek(&mut self, _: SeekFrom) -> io::Result<u64> {
                Ok(0)
            }
        }
        let program = guide_nurture();
        thread::scope(|scope| {
            let open = |wanted: &Wanted| EventReader::open(BufReader::new(wanted.file(Zeros)), "e.jsonl", &program);
            assert!(Intake::begin(scope, ReadAhead::default(), open).into_reader().is_none());
        });
    }

    #[test]
    fn a_panic_of_the_thread_is_no_end_of_the_file() {
        let taken = Cell::new(0);
        let read = || {
            thread::scope(|scope| {
                let rows = Intake::begin(scope, TINY[0], |_| Ok(Endless { rows: 0, panics_at: 5 }));
                rows.for_each(|_| taken.set(taken.get() + 1));
            });
        };
        let panic = std::panic::catch_unwind(std::panic::AssertUnwindSafe(read)).unwrap_err();
        assert_eq!(panic.downcast_ref::<String>().map(String::as_str), Some("row 5"));
        assert_eq!(taken.get(), 4);
    }
}
