//! A file of events that grows: its new lines, as they come.
//!
//! What somebody is still writing has no line end yet, and waits. A file that is shorter than what was read of it, begins otherwise, or has
//! no line's beginning where the reading stopped has been written anew and is read from its start: events that are known by then change
//! nothing.

use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::sync_channel;
use std::thread;

use flow_ir::Program;
use flow_ir::units::MINUTE_MS;
use ring::digest::{SHA256, digest};

use super::finding::{Fault, Reason};
use super::intake::PIECES_AHEAD;
use super::lines::{Lines, Place};
use super::segment::{MAX_LINE_BYTES, SegmentReader};
use super::{EventItem, InboundError, Item, Origin, UNDATED};
use crate::settings::open_plain;
use crate::time::Instant;

/// How many lines are read at a time.
const LINES_MAX: usize = 1_000;
/// A piece ends behind the line with which it is so long.
const LINES_MAX_BYTES: u64 = 1024 * 1024;
/// How far the clock of whoever writes the file may be ahead without a remark on each of their events.
const CLOCKS_DIFFER_MS: i64 = MINUTE_MS;
/// How much of its start tells a file from another.
const START_BYTES: u64 = 4_096;

/// How far a file has been read, and which file it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Followed {
    line: u64,
    offset: u64,
    /// How long a start is hashed, and its hash: a file may have been shorter than that.
    start_bytes: u64,
    start: [u8; 8],
}

impl Followed {
    /// As a store keeps it.
    pub fn to_bytes(&self) -> Vec<u8> {
        let numbers = [self.line, self.offset, self.start_bytes].map(u64::to_le_bytes).concat();
        [numbers, self.start.to_vec()].concat()
    }

    /// None where that is not what a store keeps; the file is then read from its start.
    pub fn from_bytes(bytes: &[u8]) -> Option<Followed> {
        let mut parts = bytes.chunks_exact(8).map(|part| <[u8; 8]>::try_from(part).unwrap_or_default());
        let mut next = || parts.next();
        let [line, offset, start_bytes] = [next()?, next()?, next()?].map(u64::from_le_bytes);
        Some(Followed { line, offset, start_bytes, start: next()? })
    }
}

/// New lines of a file, and how far it has been read with them.
#[derive(Debug, PartialEq)]
pub struct Piece {
    /// What became of the lines that are not blank.
    pub items: Vec<EventItem>,
    /// Where the next one begins.
    pub place: Followed,
}

/// Reads the new lines of a file.
#[derive(Debug)]
pub struct Follower<'p> {
    path: PathBuf,
    name: Arc<str>,
    segment: SegmentReader<'p>,
    at: Option<Followed>,
    /// How long the file was when nothing but an unfinished line was left: until it grows there is nothing to read.
    unfinished_at: Option<u64>,
}

impl<'p> Follower<'p> {
    /// Goes on where an earlier reading of the file was. `name` is what findings call it.
    pub fn new(path: &Path, name: &str, program: &'p Program, at: Option<Followed>) -> Follower<'p> {
        Follower {
            path: path.to_owned(),
            name: name.into(),
            segment: SegmentReader::new(program),
            at,
            unfinished_at: None,
        }
    }

    /// How far the file has been read.
    pub fn place(&self) -> Option<&Followed> {
        self.at.as_ref()
    }

    /// How many bytes are there now.
    pub fn length(&self) -> Result<u64, InboundError> {
        open_plain(&self.path).and_then(|file| file.metadata()).map(|found| found.len()).map_err(|error| self.at(error))
    }

    /// Hands over the lines that have their end and begin before `until`, a byte of the file, piece by piece, until `take` wants no more or one
    /// cannot be read. All arrive now; when they occurred is what they say. What comes behind a first piece is read by a thread of its own, a
    /// few pieces ahead; the place is always the one behind the last piece that was taken.
    pub fn each_piece<E>(
        &mut self,
        now: Instant,
        until: u64,
        mut take: impl FnMut(Result<Piece, InboundError>) -> Result<ControlFlow<()>, E>,
    ) -> Result<(), E> {
        let Some(first) = self.read_new(now, until).transpose() else { return Ok(()) };
        let can_go_on = first.is_ok();
        if take(first)?.is_break() || !can_go_on || !self.may_have_more(until) {
            return Ok(());
        }
        let mut taken = self.at.clone();
        let done = thread::scope(|scope| {
            let (sender, pieces) = sync_channel(PIECES_AHEAD);
            let reader = &mut *self;
            scope.spawn(move || {
                while let Some(piece) = reader.read_new(now, until).transpose() {
                    let can_go_on = piece.is_ok();
                    if sender.send(piece).is_err() || !can_go_on {
                        break;
                    }
                }
            });
            for piece in pieces {
                let place = piece.as_ref().ok().map(|piece| piece.place.clone());
                taken = place.or(taken.take());
                if take(piece)?.is_break() {
                    break;
                }
            }
            Ok(())
        });
        if self.at != taken {
            // What was read ahead and not taken is read again.
            (self.at, self.unfinished_at) = (taken, None);
        }
        done
    }

    fn may_have_more(&self, until: u64) -> bool {
        self.unfinished_at.is_none() && self.at.as_ref().is_some_and(|at| at.offset < until)
    }

    /// The next lines before `until`, at most a thousand. None where there is nothing to read before it.
    fn read_new(&mut self, now: Instant, until: u64) -> Result<Option<Piece>, InboundError> {
        let before = self.at.clone();
        let items = self.read(now, until).map_err(|error| self.at(error))?;
        Ok(self.at.clone().filter(|at| before.as_ref() != Some(at)).map(|place| Piece { items, place }))
    }

    /// What kept the file from being read, with where.
    fn at(&self, source: io::Error) -> InboundError {
        let line = self.at.as_ref().map_or(1, |at| at.line);
        InboundError::Read { at: Origin { file: self.name.clone(), line }, source }
    }

    fn read(&mut self, now: Instant, until: u64) -> io::Result<Vec<EventItem>> {
        let file = open_plain(&self.path)?;
        let length = file.metadata()?.len();
        self.read_from(file, length, now, until)
    }

    /// Where it cannot be read to the end of the piece, the place is the one of before: whatever was read of it is read again.
    fn read_from(
        &mut self,
        mut file: impl Read + Seek,
        length: u64,
        now: Instant,
        until: u64,
    ) -> io::Result<Vec<EventItem>> {
        if self.unfinished_at == Some(length) {
            return Ok(Vec::new());
        }
        let place = match &self.at {
            Some(at) if is_as_it_was(&mut file, length, at)? => Place { line: at.line, offset: at.offset },
            _ => Place { line: 1, offset: 0 },
        };
        let start_bytes = length.min(START_BYTES);
        let start = start_of(&mut file, start_bytes)?;
        file.seek(SeekFrom::Start(0))?;
        let mut lines = Lines::new(BufReader::new(file), MAX_LINE_BYTES);
        lines.go_to(place)?;
        let mut items = Vec::new();
        let mut reached = None;
        // Blank ones count as well: no piece of a file takes long.
        for _ in 0..LINES_MAX {
            if lines.place().offset >= until || lines.bytes_read() >= LINES_MAX_BYTES {
                break;
            }
            let Some(line) = lines.read()? else { break };
            if !line.has_end {
                self.unfinished_at = Some(length);
                break;
            }
            let next = lines.place();
            reached = Some(Followed { line: next.line, offset: next.offset, start_bytes, start });
            if !line.is_blank() {
                let at = Origin { file: self.name.clone(), line: line.at.line };
                items.push(arriving_now(self.segment.read(&line.bytes, &at), now));
            }
            lines.take_back(line.bytes);
        }
        self.at = reached.or_else(|| self.at.take());
        Ok(items)
    }
}

/// It arrives when it is read, whatever its own clock says of that. One that occurred later counts as of then, which is remarked on.
fn arriving_now(mut item: EventItem, now: Instant) -> EventItem {
    if let Item::Taken { row, notes } = &mut item
        && row.arrived_at != UNDATED
    {
        row.arrived_at = now.0;
        let is_noted = notes.iter().any(|note| note.kind == Reason::DatedAhead);
        if Instant(row.occurred_at).ms_since(now) > CLOCKS_DIFFER_MS && !is_noted {
            let ahead = Fault::new(Reason::DatedAhead, "it counts as of its arrival");
            notes.push(ahead.set_aside(&row.at, "timestamp", &Instant(row.occurred_at).to_string()));
        }
    }
    item
}

/// Whether a place in a file is still the one that was reached.
fn is_as_it_was(file: &mut (impl Read + Seek), length: u64, at: &Followed) -> io::Result<bool> {
    Ok(at.offset <= length && start_of(file, at.start_bytes)? == at.start && begins_line(file, at.offset)?)
}

fn begins_line(file: &mut (impl Read + Seek), offset: u64) -> io::Result<bool> {
    let Some(before) = offset.checked_sub(1) else { return Ok(true) };
    file.seek(SeekFrom::Start(before))?;
    let mut byte = [0];
    file.read_exact(&mut byte)?;
    Ok(byte == *b"\n")
}

fn start_of(file: &mut (impl Read + Seek), bytes: u64) -> io::Result<[u8; 8]> {
    file.seek(SeekFrom::Start(0))?;
    let mut start = Vec::new();
    file.by_ref().take(bytes).read_to_end(&mut start)?;
    let mut hash = [0; 8];
    hash.iter_mut().zip(digest(&SHA256, &start).as_ref()).for_each(|(to, from)| *to = *from);
    Ok(hash)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::super::testing::guide_nurture;
    use super::*;
    use std::fs::File;
    use std::io::Write;

    const NOW: Instant = Instant(1_800_000_000_000);

    fn event(user: &str) -> String {
        format!(r#"{{"type":"track","userId":"{user}","event":"visited","timestamp":"2026-03-02T10:00:00Z"}}"#)
    }

    /// All that is new.
    fn new(follower: &mut Follower<'_>) -> Vec<EventItem> {
        follower.read_new(NOW, u64::MAX).unwrap().map(|piece| piece.items).unwrap_or_default()
    }

    fn users(items: Vec<EventItem>) -> Vec<String> {
        let row = |item: EventItem| item.taken().map_or("-".to_owned(), |row| row.keys[0].clone());
        items.into_iter().map(row).collect()
    }

    #[test]
    fn lines_are_read_once_when_they_have_their_end_and_arrive_when_they_are_read() {
        let (folder, program) = (tempfile::tempdir().unwrap(), guide_nurture());
        let path = folder.path().join("events.jsonl");
        let mut file = File::create(&path).unwrap();
        let mut follower = Follower::new(&path, "events.jsonl", &program, None);
        assert!(new(&mut follower).is_empty());
        write!(file, "{}\n{{\n\n{}", event("u-1"), event("u-2")).unwrap();
        assert_eq!(users(new(&mut follower)), ["user:u-1", "-"]);
        writeln!(file).unwrap();
        let again = new(&mut follower);
        assert!(matches!(&again[0], Item::Taken { row, .. } if row.arrived_at == NOW.0 && row.at.line == 4));
        assert!(new(&mut follower).is_empty());
        // A line above the limit is rejected once it has its end, and those behind it come.
        write!(file, "{}", "x".repeat(3 * MAX_LINE_BYTES)).unwrap();
        assert!(new(&mut follower).is_empty());
        write!(file, "\n{}\n", event("u-9")).unwrap();
        assert_eq!(users(new(&mut follower)), ["-", "user:u-9"]);

        // Another process goes on where this one was.
        let kept = Followed::from_bytes(&follower.place().unwrap().to_bytes());
        assert_eq!(kept.as_ref(), follower.place());
        writeln!(file, "{}", event("u-3")).unwrap();
        let mut other = Follower::new(&path, "events.jsonl", &program, kept);
        assert_eq!(users(new(&mut other)), ["user:u-3"]);
    }

    /// Whoever reads to where the end was comes to it, however fast somebody writes on.
    #[test]
    fn what_is_written_behind_a_length_waits_for_the_next_look() {
        let (folder, program) = (tempfile::tempdir().unwrap(), guide_nurture());
        let path = folder.path().join("events.jsonl");
        let mut file = File::create(&path).unwrap();
        let mut follower = Follower::new(&path, "events.jsonl", &program, None);
        (0..LINES_MAX + 1).for_each(|user| writeln!(file, "{}", event(&format!("u-{user}"))).unwrap());
        let length = follower.length().unwrap();
        let mut pieces = Vec::new();
        follower
            .each_piece(NOW, length, |piece| {
                pieces.push(piece.unwrap().items.len());
                writeln!(file, "{}", event("later")).unwrap();
                Ok::<_, ()>(ControlFlow::Continue(()))
            })
            .unwrap();
        assert_eq!(pieces, [LINES_MAX, 1]);
        assert_eq!(users(new(&mut follower)), ["user:later", "user:later"]);
        assert_eq!(follower.read_new(NOW, u64::MAX).unwrap(), None);
        write!(file, "{}", "\n".repeat(LINES_MAX + 1)).unwrap();
        let blank =
            |follower: &mut Follower<'_>| follower.read_new(NOW, u64::MAX).unwrap().map(|piece| piece.items.len());
        assert_eq!([blank(&mut follower), blank(&mut follower), blank(&mut follower)], [Some(0), Some(0), None]);
    }

    /// Pieces of a long file come in their order from the thread that reads ahead, and what was read and not taken comes again: after an error,
    /// and where whoever takes them has had enough.
    #[test]
    fn what_was_read_ahead_and_not_taken_is_read_again() {
        let (folder, program) = (tempfile::tempdir().unwrap(), guide_nurture());
        let path = folder.path().join("events.jsonl");
        let lines = 7 * LINES_MAX + 13;
        let text: String = (0..lines).map(|user| event(&format!("u-{user}")) + "\n").collect();
        std::fs::write(&path, &text).unwrap();
        let mut follower = Follower::new(&path, "events.jsonl", &program, None);
        let mut seen = Vec::new();
        // Two pieces, then an error of whoever takes them, then a wish to stop, then all.
        for ending in [Some(Err("full")), Some(Ok(ControlFlow::Break(()))), None] {
            let mut count = 0;
            let ended = follower.each_piece(NOW, u64::MAX, |piece| {
                seen.extend(users(piece.unwrap().items));
                count += 1;
                ending.filter(|_| count == 2).unwrap_or(Ok(ControlFlow::Continue(())))
            });
            assert_eq!(ended, if ending == Some(Err("full")) { Err("full") } else { Ok(()) });
            let offset: usize = text.split_inclusive('\n').take(seen.len()).map(str::len).sum();
            assert_eq!(follower.place().map(|place| place.offset), Some(offset as u64));
        }
        assert_eq!(seen, (0..lines).map(|user| format!("user:u-{user}")).collect::<Vec<_>>());
    }

    /// A disk that gives nothing more from a byte on, until it does.
    struct Failing {
        file: io::Cursor<Vec<u8>>,
        from: u64,
    }

    impl Read for Failing {
        fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
            let left = usize::try_from(self.from.saturating_sub(self.file.position())).unwrap();
            let most = to.len().min(left);
            if most == 0 && !to.is_empty() {
                Err(io::Error::other("a bad sector"))
            } else {
                self.file.read(&mut to[..most])
            }
        }
    }

    impl Seek for Failing {
        fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
            self.file.seek(to)
        }
    }

    /// Whoever serves goes on after a while in which the file could not be read: what came before the fault in a piece is not passed over.
    #[test]
    fn a_piece_that_cannot_be_read_to_its_end_is_read_again_whole() {
        let program = guide_nurture();
        let mut follower = Follower::new(Path::new("events.jsonl"), "events.jsonl", &program, None);
        let text: String = (0..200).map(|user| event(&format!("u-{user}")) + "\n").collect();
        let length = text.len() as u64;
        let file = |from: u64| Failing { file: io::Cursor::new(text.clone().into_bytes()), from };
        assert!(length > 2 * START_BYTES);
        assert!(follower.read_from(file(length - 100), length, NOW, u64::MAX).is_err());
        assert_eq!(follower.place(), None);
        assert_eq!(follower.read_from(file(u64::MAX), length, NOW, u64::MAX).unwrap().len(), 200);
        assert_eq!(follower.place().map(|at| at.offset), Some(length));
    }

    #[test]
    fn a_file_that_was_begun_anew_is_read_from_its_start() {
        let (folder, program) = (tempfile::tempdir().unwrap(), guide_nurture());
        let path = folder.path().join("events.jsonl");
        let mut follower = Follower::new(&path, "events.jsonl", &program, None);
        let long = event("u-5").replace("visited", &"v".repeat(2 * START_BYTES as usize));
        for (text, expected) in [
            (format!("{}\n{}\n", event("u-1"), event("u-2")), vec!["user:u-1", "user:u-2"]),
            (format!("{}\n", event("u-3")), vec!["user:u-3"]),
            (format!("{}\n{}\n", event("u-4"), event("u-3")), vec!["user:u-4", "user:u-3"]),
            (format!("{}\n{}\n", long, event("u-3")), vec!["user:u-5", "user:u-3"]),
            // The same beginning, and a longer line where the reading stopped: it is never begun in its middle.
            (format!("{}\n{}\n", long, event("u-3-and-more")), vec!["user:u-5", "user:u-3-and-more"]),
        ] {
            std::fs::write(&path, text).unwrap();
            assert_eq!(users(new(&mut follower)), expected);
        }
        std::fs::remove_file(&path).unwrap();
        assert!(follower.read_new(NOW, u64::MAX).is_err());
    }

    #[test]
    fn what_lies_ahead_of_its_arrival_is_remarked_on_and_clocks_that_differ_a_little_are_not() {
        let (folder, program) = (tempfile::tempdir().unwrap(), guide_nurture());
        let path = folder.path().join("events.jsonl");
        let at = |ahead_ms: i64| event("u-1").replace("2026-03-02T10:00:00Z", &NOW.add_ms(ahead_ms).to_string());
        let received =
            at(2 * MINUTE_MS).replace("\"timestamp\"", "\"receivedAt\":\"2026-03-02T10:00:00Z\",\"timestamp\"");
        std::fs::write(&path, [at(MINUTE_MS), at(MINUTE_MS + 1), received].map(|line| line + "\n").concat()).unwrap();
        let items = new(&mut Follower::new(&path, "e.jsonl", &program, None));
        let found: Vec<String> = items.iter().flat_map(Item::findings).map(|finding| finding.to_string()).collect();
        let dated = |line, ahead_ms| {
            let at = NOW.add_ms(ahead_ms);
            format!("e.jsonl:{line}: timestamp: dated after its arrival: `{at}` (it counts as of its arrival)")
        };
        assert_eq!(found, [dated(2, MINUTE_MS + 1), dated(3, 2 * MINUTE_MS)]);
    }

    #[test]
    fn what_a_store_keeps_of_another_kind_is_no_place() {
        assert_eq!(Followed::from_bytes(b"short"), None);
    }
}
