//! Lines of a file, never more than a stated length of each in memory: a file without line ends must not fill it.

use std::io::{self, BufRead, Seek, SeekFrom};

pub(super) const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";
/// What a line may have beyond its limit and is stripped of: a byte order mark, a carriage return, a line feed.
const SPARE_BYTES: u64 = 5;

/// Where a line stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    /// From 1.
    pub(super) line: u64,
    /// Bytes from the start of the file.
    pub(super) offset: u64,
}

/// A line without its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) at: Place,
    /// At most a few bytes more than the limit, and more than the limit if there are more.
    pub(super) bytes: Vec<u8>,
    /// Whether the line is above the limit, so that `bytes` may be its start only.
    pub(super) is_too_long: bool,
    /// Whether a line end stands behind it; the last line of a file may have none.
    pub(super) has_end: bool,
}

impl Line {
    pub(super) fn is_blank(&self) -> bool {
        !self.is_too_long && self.bytes.trim_ascii().is_empty()
    }
}

#[derive(Debug)]
pub(super) struct Lines<R> {
    reader: R,
    next: Place,
    limit_bytes: usize,
    bytes_read: u64,
    /// The buffer of a line that is done with, for the next one.
    spare: Vec<u8>,
}

impl<R: BufRead> Lines<R> {
    pub(super) fn new(reader: R, limit_bytes: usize) -> Self {
        Self { reader, next: Place { line: 1, offset: 0 }, limit_bytes, bytes_read: 0, spare: Vec::new() }
    }

    /// How many bytes were read, those that were read twice counted twice.
    pub(super) fn bytes_read(&self) -> u64 {
        self.bytes_read
    }

    /// Takes the buffer of a line that is done with, so that the next one needs none of its own.
    pub(super) fn take_back(&mut self, bytes: Vec<u8>) {
        self.spare = bytes;
    }

    /// Where the next line stands.
    pub(super) fn place(&self) -> Place {
        self.next
    }

    pub(super) fn read(&mut self) -> io::Result<Option<Line>> {
        let at = self.next;
        let mut bytes = std::mem::take(&mut self.spare);
        bytes.clear();
        let most = self.limit_bytes as u64 + SPARE_BYTES;
        let mut read = io::Read::take(&mut self.reader, most).read_until(b'\n', &mut bytes)? as u64;
        if read == 0 {
            return Ok(None);
        }
        let mut has_end = bytes.ends_with(b"\n");
        if read == most && !has_end {
            let (skipped, met_end) = skip_line(&mut self.reader)?;
            (read, has_end) = (read + skipped, met_end);
        }
        self.next = Place { line: at.line + 1, offset: at.offset + read };
        self.bytes_read += read;
        strip_ends(&mut bytes, at.line == 1);
        let is_too_long = bytes.len() > self.limit_bytes;
        Ok(Some(Line { at, bytes, is_too_long, has_end }))
    }
}

impl<R: BufRead + Seek> Lines<R> {
    /// Goes on at another line; stays in the buffer where that line is the next anyway.
    pub(super) fn go_to(&mut self, place: Place) -> io::Result<()> {
        if self.next != place {
            self.reader.seek(SeekFrom::Start(place.offset))?;
            self.next = place;
        }
        Ok(())
    }
}

/// Passes over the rest of a line; tells how many bytes that were, and whether a line end was among them.
fn skip_line(reader: &mut impl BufRead) -> io::Result<(u64, bool)> {
    let mut skipped = 0;
    loop {
        let buffer = reader.fill_buf()?;
        let end = buffer.iter().position(|byte| *byte == b'\n');
        let length = end.map_or(buffer.len(), |at| at + 1);
        reader.consume(length);
        skipped += length as u64;
        if end.is_some() || length == 0 {
            return Ok((skipped, end.is_some()));
        }
    }
}

fn strip_ends(bytes: &mut Vec<u8>, is_first: bool) {
    if bytes.ends_with(b"\n") {
        bytes.pop();
        if bytes.ends_with(b"\r") {
            bytes.pop();
        }
    }
    if is_first && bytes.starts_with(BYTE_ORDER_MARK) {
        bytes.drain(..BYTE_ORDER_MARK.len());
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use proptest::prelude::*;
    use std::io::Cursor;

    fn all(text: &[u8], limit_bytes: usize) -> Vec<Line> {
        let mut lines = Lines::new(Cursor::new(text), limit_bytes);
        std::iter::from_fn(|| lines.read().unwrap()).collect()
    }

    #[test]
    fn lines_lose_their_ends_and_keep_their_places() {
        let lines = all(b"\xEF\xBB\xBFa\r\n\nb\rc\nlast", 10);
        let seen: Vec<(u64, u64, &[u8])> =
            lines.iter().map(|line| (line.at.line, line.at.offset, line.bytes.as_slice())).collect();
        assert_eq!(seen, [(1, 0, &b"a"[..]), (2, 6, b""), (3, 7, b"b\rc"), (4, 11, b"last")]);
    }

    #[test]
    fn a_line_at_the_limit_fits_and_one_above_it_is_cut() {
        let fits = |text: &[u8]| !all(text, 4)[0].is_too_long;
        assert!(fits(b"1234\nx") && fits(b"1234\r\nx") && fits(b"1234"));
        assert!(!fits(b"12345\nx") && !fits(b"12345\r\nx") && !fits(b"12345"));
        let marked = |text: &str| !all(format!("\u{feff}{text}").as_bytes(), 4)[0].is_too_long;
        assert!(marked("1234\r\nx") && marked("1234"));
        assert!(!marked("12345\r\nx") && !marked("12345") && !marked("123456789\n"));
        let lines = all(b"1234567890123\nx\n", 4);
        assert_eq!((lines[0].bytes.len(), lines[1].at), (9, Place { line: 2, offset: 14 }));
        assert!(lines[0].has_end && !all(b"1234567890123", 4)[0].has_end);
    }

    proptest! {
        #[test]
        fn every_line_is_found_again_by_its_place(text in "[a\r\n]{0,60}") {
            let lines = all(text.as_bytes(), 3);
            prop_assert_eq!(lines.len(), text.lines().count());
            let mut again = Lines::new(Cursor::new(text.as_bytes()), 3);
            for line in lines.iter().rev() {
                again.go_to(line.at).unwrap();
                let found = again.read().unwrap();
                prop_assert_eq!(found.as_ref(), Some(line));
            }
        }
    }
}
