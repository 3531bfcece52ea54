//! A CSV file as rows of cells, in memory that does not grow with the file.
//!
//! The parser is csv's own, but fed one line at a time. An export with one quote too many makes every CSV reader take the rest of
//! the file, or the next few rows, for one cell. Here a row that spans lines and then has the wrong number of columns, text behind a
//! closing quote, or no end, costs its first line alone: that is rejected, and reading goes on at the second.

use std::collections::VecDeque;
use std::io::{self, BufRead};
use std::ops::Range;

use csv_core::{ReadRecordResult, ReaderBuilder, Terminator};
use memchr::{memchr, memchr_iter};

use super::finding::{Fault, Reason};
use super::lines::{BYTE_ORDER_MARK, Line, Lines};

/// The most bytes of a row, quoted line ends included.
pub(crate) const MAX_ROW_BYTES: usize = 64 * 1024;

/// A row as the file has it.
#[derive(Debug)]
pub(super) struct Row {
    /// Of its first line.
    pub(super) line: u64,
    pub(super) first_line: Vec<u8>,
    pub(super) cells: Result<Cells, Fault>,
}

/// Where the cells of a row stand: in its first line as it is, or in a buffer of their own where something in them is written in quotes.
#[derive(Debug, Default)]
pub(super) struct Cells {
    unquoted: Option<Vec<u8>>,
    spans: Vec<Range<usize>>,
}

/// The cells of a row as texts.
#[derive(Debug, Clone, Copy)]
pub(super) struct CellTexts<'r> {
    text: &'r str,
    spans: &'r [Range<usize>],
}

impl Cells {
    fn bytes<'r>(&'r self, first_line: &'r [u8]) -> &'r [u8] {
        self.unquoted.as_deref().unwrap_or(first_line)
    }

    /// Whether nothing but blanks and commas stands from this cell on.
    fn are_empty_from(&self, cell: usize, first_line: &[u8]) -> bool {
        let mut rest = self.spans.iter().skip(cell).map(|span| self.bytes(first_line).get(span.clone()));
        rest.all(|cell| cell.is_none_or(|cell| cell.trim_ascii().is_empty()))
    }
}

impl Row {
    /// Its cells, where they are texts.
    pub(super) fn texts(&self) -> Result<CellTexts<'_>, Fault> {
        let not_utf8 = || Fault::new(Reason::NotUtf8, "export the file as UTF-8");
        let cells = self.cells.as_ref().map_err(Clone::clone)?;
        let text = std::str::from_utf8(cells.bytes(&self.first_line)).map_err(|_| not_utf8())?;
        let texts = CellTexts { text, spans: &cells.spans };
        // The bytes of one character may lie in two cells.
        let is_text = |span: &Range<usize>| text.get(span.clone()).is_some();
        if cells.spans.iter().all(is_text) { Ok(texts) } else { Err(not_utf8()) }
    }
}

impl<'r> CellTexts<'r> {
    /// In their order.
    pub(super) fn iter(self) -> impl Iterator<Item = &'r str> {
        self.spans.iter().map(move |span| self.text.get(span.clone()).unwrap_or_default())
    }
}

/// How many cells a row has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Width {
    /// As many as the first line.
    pub(super) columns: usize,
    /// Without these it says too little: who it is about, and whether they may be written to.
    pub(super) least: usize,
}

/// Splits a file into rows.
#[derive(Debug)]
pub(super) struct Rows<R> {
    pub(super) lines: Lines<R>,
    /// Lines that were taken for part of a row and were not.
    again: VecDeque<Line>,
    parser: Box<csv_core::Reader>,
    /// The spans of a row that is done with, for the next one.
    spare: Vec<Range<usize>>,
}

impl<R: BufRead> Rows<R> {
    pub(super) fn new(reader: R) -> Self {
        // Lines come without a carriage return, so one inside a line is a character like any other.
        let parser = ReaderBuilder::new().terminator(Terminator::Any(b'\n')).build();
        Self {
            lines: Lines::new(reader, MAX_ROW_BYTES),
            again: VecDeque::new(),
            parser: Box::new(parser),
            spare: Vec::new(),
        }
    }

    /// Takes the buffers of a row that is done with, so that the next one needs none of its own.
    pub(super) fn take_back(&mut self, row: Row) {
        self.lines.take_back(row.first_line);
        if let Ok(cells) = row.cells {
            self.spare = cells.spans;
        }
    }

    /// The next row that is not blank. Where it fails, the lines after its first are read again as rows of their own.
    pub(super) fn read(&mut self, width: Option<Width>) -> io::Result<Option<Row>> {
        let Some(first) = self.next_filled_line()? else { return Ok(None) };
        let mut following = Vec::new();
        let cells = if is_plain(&first) { Ok(self.split(&first)) } else { self.parse(&first, &mut following)? };
        let cells = cells.and_then(|cells| match width {
            Some(_) if !are_quotes_in_place(&first, &following) => Err(open_quote()),
            Some(width) => fit(cells, width, &first, &following),
            None => Ok(cells),
        });
        if cells.is_err() {
            following.into_iter().rev().for_each(|line| self.again.push_front(line));
        }
        Ok(Some(Row { line: first.at.line, first_line: first.bytes, cells }))
    }

    /// The cells of a line in which nothing is written in quotes: what stands between its commas.
    fn split(&mut self, first: &Line) -> Cells {
        let mut spans = std::mem::take(&mut self.spare);
        spans.clear();
        let mut start = 0;
        for comma in memchr_iter(b',', &first.bytes) {
            spans.push(start..comma);
            start = comma + 1;
        }
        spans.push(start..first.bytes.len());
        Cells { unquoted: None, spans }
    }

    fn next_line(&mut self) -> io::Result<Option<Line>> {
        match self.again.pop_front() {
            Some(line) => Ok(Some(line)),
            None => self.lines.read(),
        }
    }

    fn next_filled_line(&mut self) -> io::Result<Option<Line>> {
        loop {
            match self.next_line()? {
                Some(line) if line.is_blank() => self.lines.take_back(line.bytes),
                line => return Ok(line),
            }
        }
    }

    /// Reads on until the row's quotes are closed; the lines after the first go to `following`.
    fn parse(&mut self, first: &Line, following: &mut Vec<Line>) -> io::Result<Result<Cells, Fault>> {
        if first.is_too_long {
            let help = format!("the limit of a row is {MAX_ROW_BYTES} bytes");
            return Ok(Err(Fault::new(Reason::TooLong, help)));
        }
        self.parser.reset();
        let mut parsed = Parsed::default();
        let mut size_bytes = first.bytes.len();
        let mut is_complete = self.feed(&first.bytes, &mut parsed);
        while !is_complete {
            let Some(line) = self.next_line()? else { return Ok(Err(open_quote())) };
            size_bytes += line.bytes.len() + 1;
            let fits = !line.is_too_long && size_bytes <= MAX_ROW_BYTES;
            is_complete = fits && self.feed(&line.bytes, &mut parsed);
            following.push(line);
            if !fits {
                return Ok(Err(open_quote()));
            }
        }
        Ok(Ok(parsed.into_cells()))
    }

    /// Gives the parser a line and its end. Whether the row ends there.
    fn feed(&mut self, line: &[u8], parsed: &mut Parsed) -> bool {
        // The parser takes no bytes for the end of the file.
        if !line.is_empty() {
            self.feed_bytes(line, parsed);
        }
        self.feed_bytes(b"\n", parsed)
    }

    fn feed_bytes(&mut self, input: &[u8], parsed: &mut Parsed) -> bool {
        let (used, count) = (parsed.bytes.len(), parsed.ends.len());
        // Cells are never longer than what they are written as, and no byte ends two of them.
        parsed.bytes.resize(used + input.len(), 0);
        parsed.ends.resize(count + input.len(), 0);
        let bytes = parsed.bytes.get_mut(used..).unwrap_or_default();
        let ends = parsed.ends.get_mut(count..).unwrap_or_default();
        let (result, _, written, ended) = self.parser.read_record(input, bytes, ends);
        parsed.bytes.truncate(used + written);
        parsed.ends.truncate(count + ended);
        result == ReadRecordResult::Record
    }
}

/// What csv's parser has made of a row so far: its cells one after another, and where each ends.
#[derive(Debug, Default)]
struct Parsed {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl Parsed {
    fn into_cells(self) -> Cells {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        let spans = starts.zip(&self.ends).map(|(start, end)| start..*end).collect();
        Cells { unquoted: Some(self.bytes), spans }
    }
}

/// Whether a line is cells between commas and nothing else, which the parser would find as well and take longer.
fn is_plain(line: &Line) -> bool {
    // It passes over a byte order mark wherever a row begins.
    !line.is_too_long && memchr(b'"', &line.bytes).is_none() && !line.bytes.starts_with(BYTE_ORDER_MARK)
}

fn open_quote() -> Fault {
    Fault::new(
        Reason::OpenQuote,
        "close the quote, or double it if it belongs to the text; reading goes on at the next line",
    )
}

/// Whether every quote that closes stands at the end of its cell, asked of rows that span lines alone: an open quote closes where
/// a cell opens some rows below, often in the same column, so that even the number of columns comes out right.
fn are_quotes_in_place(first: &Line, following: &[Line]) -> bool {
    let after = following.iter().flat_map(|line| std::iter::once(b'\n').chain(line.bytes.iter().copied()));
    let mut place = InCell::Start;
    following.is_empty() || first.bytes.iter().copied().chain(after).all(|byte| place.step(byte))
}

/// Where in a cell the next byte stands.
#[derive(Debug, Clone, Copy)]
enum InCell {
    Start,
    Plain,
    Quoted,
    /// After a quote that closes the cell, or the first of two that stand for one.
    Closed,
}

impl InCell {
    /// Whether the byte may stand there.
    fn step(&mut self, byte: u8) -> bool {
        *self = match (*self, byte) {
            (InCell::Start, b'"') | (InCell::Closed, b'"') => InCell::Quoted,
            (InCell::Start | InCell::Plain | InCell::Closed, b',' | b'\n') => InCell::Start,
            (InCell::Start | InCell::Plain, _) => InCell::Plain,
            (InCell::Quoted, b'"') => InCell::Closed,
            (InCell::Quoted, _) => InCell::Quoted,
            (InCell::Closed, _) => return false,
        };
        true
    }
}

/// As many cells as the first line has. Spreadsheets make rows longer by empty cells, and shorter where the last ones are empty. A row with
/// a quote in it is not changed, since that may be to blame, nor is the last line of a file that was cut off.
fn fit(mut cells: Cells, width: Width, first: &Line, following: &[Line]) -> Result<Cells, Fault> {
    let (count, columns) = (cells.spans.len(), width.columns);
    let is_plain = following.is_empty() && !first.bytes.contains(&b'"');
    let detail = || {
        let counts = format!("{count} where the first line has {columns}");
        match following.last() {
            None if is_plain && count < columns && !first.has_end => {
                format!("{counts}; the file seems to be cut off here")
            }
            None => counts,
            Some(last) => format!("{counts}; a quote in it closes in line {}", last.at.line),
        }
    };
    match count.cmp(&columns) {
        std::cmp::Ordering::Equal => Ok(cells),
        std::cmp::Ordering::Less if is_plain && first.has_end && count >= width.least => {
            let end = cells.bytes(&first.bytes).len();
            cells.spans.resize(columns, end..end);
            Ok(cells)
        }
        std::cmp::Ordering::Less => Err(Fault::new(Reason::TooFewColumns, detail())),
        std::cmp::Ordering::Greater if is_plain && cells.are_empty_from(columns, &first.bytes) => {
            cells.spans.truncate(columns);
            Ok(cells)
        }
        std::cmp::Ordering::Greater => Err(Fault::new(Reason::TooManyColumns, detail())),
    }
}
