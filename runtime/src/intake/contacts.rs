//! Contacts from CSV, row by row, in memory that does not grow with the file.
//!
//! The parser is csv's own, but fed one line at a time. An export with one quote too many makes every CSV reader take the rest of
//! the file, or the next few rows, for one cell. Here a row that spans lines and then has the wrong number of columns, text behind a
//! closing quote, or no end, costs its first line alone: that is rejected, and reading goes on at the second.

use std::collections::{BTreeSet, VecDeque};
use std::io::{self, BufRead};
use std::sync::Arc;

use csv_core::{ReadRecordResult, ReaderBuilder, Terminator};
use flow_ir::{FieldId, FieldValue, Program};

use super::finding::{Fault, Reason, excerpt};
use super::lines::{Line, Lines};
use super::names::{FieldNames, snake_case};
use super::value::{self, Shape};
use super::{ContactItem, ContactRow, IntakeError, Item, Origin, SetAside, keys};

/// The most bytes of a row, quoted line ends included.
pub(crate) const MAX_ROW_BYTES: usize = 64 * 1024;

/// Reads the rows of a file. Ends after an error.
#[derive(Debug)]
pub struct ContactReader<'p, R> {
    program: &'p Program,
    file: Arc<str>,
    rows: Rows<R>,
    columns: Vec<Column>,
    ignored: Vec<String>,
    is_over: bool,
}

/// What a column fills.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Column {
    key: Option<Key>,
    field: Option<FieldId>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Key {
    UserId,
    Email,
}

impl<'p, R: BufRead> ContactReader<'p, R> {
    /// Reads the first line, which names the columns.
    pub fn open(reader: R, file: impl Into<Arc<str>>, program: &'p Program) -> Result<Self, IntakeError> {
        let file = file.into();
        let mut rows = Rows::new(reader);
        let header = rows.read(None).map_err(|source| read_error(&file, &rows, source))?;
        let header = header.ok_or_else(|| IntakeError::NoHeader { file: file.clone() })?;
        let broken = |fault: Fault| IntakeError::BrokenHeader { file: file.clone(), why: fault.reason.to_string() };
        let names = header.cells.and_then(Cells::into_texts).map_err(broken)?;
        let (columns, ignored) = assign_columns(&names, &FieldNames::new(program));
        if !columns.iter().any(|column| column.key.is_some()) {
            let found: Vec<String> = names.iter().map(|name| format!("`{}`", excerpt(name))).collect();
            return Err(IntakeError::NoKeyColumn { file, found: found.join(", ") });
        }
        Ok(Self { program, file, rows, columns, ignored, is_over: false })
    }

    /// The columns that fill nothing: the program has no such field, or an earlier column fills it.
    pub fn ignored_columns(&self) -> &[String] {
        &self.ignored
    }

    /// The fields that some workflow requires of its people and no column fills, by name.
    pub fn absent_fields(&self) -> Vec<&'p str> {
        let required = self.program.required();
        let required: BTreeSet<FieldId> = required.values().flat_map(|required| &required.fields).copied().collect();
        let is_filled = |field: &FieldId| self.columns.iter().any(|column| column.field == Some(*field));
        let absent = required.into_iter().filter(|field| !is_filled(field));
        absent.filter_map(|field| Some(self.program.fields.get(field)?.name.as_str())).collect()
    }

    fn item(&self, row: Row) -> ContactItem {
        let at = Origin { file: self.file.clone(), line: row.line };
        let mut notes = Vec::new();
        match row.cells.and_then(Cells::into_texts).and_then(|cells| self.contact(&cells, &at, &mut notes)) {
            Ok(row) => Item::Taken { row, notes },
            Err(fault) => Item::Rejected(fault.reject(&at, &row.first_line)),
        }
    }

    fn contact(&self, cells: &[String], at: &Origin, notes: &mut Vec<SetAside>) -> Result<ContactRow, Fault> {
        let mut row = ContactRow { keys: Vec::new(), values: Vec::new(), at: at.clone() };
        for (column, cell) in self.columns.iter().zip(cells) {
            let taken = self.take(column, cell, &mut row);
            if let Err(fault) = taken {
                notes.push(fault.set_aside(at, self.name(column), cell));
            }
        }
        if row.keys.is_empty() {
            return Err(Fault::new(Reason::Nobody, "there is neither a user id nor an e-mail address in it"));
        }
        Ok(row)
    }

    fn take(&self, column: &Column, cell: &str, row: &mut ContactRow) -> Result<(), Fault> {
        let key = match column.key {
            Some(Key::UserId) => keys::user(cell)?,
            Some(Key::Email) => keys::email(cell)?,
            None => None,
        };
        row.keys.extend(key);
        if let Some(field) = column.field {
            let shape = Shape { ty: &self.program.fields.at(field).ty, stages: &self.program.stages };
            let value = value::from_text(shape, cell)?;
            if value != FieldValue::Missing {
                row.values.push((field, value));
            }
        }
        Ok(())
    }

    fn name(&self, column: &Column) -> &str {
        match (column.field, column.key) {
            (Some(field), _) => &self.program.fields.at(field).name,
            (None, Some(Key::Email)) => "email",
            (None, _) => "user_id",
        }
    }
}

impl<R: BufRead> Iterator for ContactReader<'_, R> {
    type Item = Result<ContactItem, IntakeError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_over {
            return None;
        }
        match self.rows.read(Some(self.columns.len())) {
            Ok(row) => row.map(|row| Ok(self.item(row))),
            Err(source) => {
                self.is_over = true;
                Some(Err(read_error(&self.file, &self.rows, source)))
            }
        }
    }
}

fn read_error<R: BufRead>(file: &Arc<str>, rows: &Rows<R>, source: io::Error) -> IntakeError {
    IntakeError::Read { at: Origin { file: file.clone(), line: rows.lines.place().line }, source }
}

/// What each column fills, and the names of those that fill nothing. The first column of a name counts.
fn assign_columns(names: &[String], fields: &FieldNames) -> (Vec<Column>, Vec<String>) {
    let has_user_id = names.iter().any(|name| snake_case(name) == "user_id");
    let mut columns: Vec<Column> = Vec::new();
    let mut ignored = Vec::new();
    for name in names {
        let wanted = snake_case(name);
        let key = match wanted.as_str() {
            "user_id" => Some(Key::UserId),
            "id" if !has_user_id => Some(Key::UserId),
            "email" => Some(Key::Email),
            _ => None,
        };
        let mut column = Column { key, field: fields.find(&wanted) };
        if column == Column::default() || columns.contains(&column) {
            ignored.push(excerpt(name));
            column = Column::default();
        }
        columns.push(column);
    }
    (columns, ignored)
}

/// A row as the file has it.
#[derive(Debug)]
struct Row {
    /// Of its first line.
    line: u64,
    first_line: Vec<u8>,
    cells: Result<Cells, Fault>,
}

/// The cells of a row, one after another in one buffer.
#[derive(Debug, Default)]
struct Cells {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl Cells {
    fn into_texts(self) -> Result<Vec<String>, Fault> {
        let not_utf8 = || Fault::new(Reason::NotUtf8, "export the file as UTF-8");
        let text = std::str::from_utf8(&self.bytes).map_err(|_| not_utf8())?;
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        let cell = |(start, &end)| text.get(start..end).map(str::to_owned).ok_or_else(not_utf8);
        starts.zip(&self.ends).map(cell).collect()
    }
}

/// Splits a file into rows.
#[derive(Debug)]
struct Rows<R> {
    lines: Lines<R>,
    /// Lines that were taken for part of a row and were not.
    again: VecDeque<Line>,
    parser: Box<csv_core::Reader>,
}

impl<R: BufRead> Rows<R> {
    fn new(reader: R) -> Self {
        // Lines come without a carriage return, so one inside a line is a character like any other.
        let parser = ReaderBuilder::new().terminator(Terminator::Any(b'\n')).build();
        Self { lines: Lines::new(reader, MAX_ROW_BYTES), again: VecDeque::new(), parser: Box::new(parser) }
    }

    /// The next row that is not blank. Where it fails, the lines after its first are read again as rows of their own.
    fn read(&mut self, columns: Option<usize>) -> io::Result<Option<Row>> {
        let Some(first) = self.next_filled_line()? else { return Ok(None) };
        let mut following = Vec::new();
        let cells = self.parse(&first, &mut following)?;
        let cells = cells.and_then(|cells| match columns {
            Some(_) if !are_quotes_in_place(&first, &following) => Err(open_quote()),
            Some(columns) => check_columns(cells, columns, &following),
            None => Ok(cells),
        });
        if cells.is_err() {
            following.into_iter().rev().for_each(|line| self.again.push_front(line));
        }
        Ok(Some(Row { line: first.at.line, first_line: first.bytes, cells }))
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
                Some(line) if line.is_blank() => {}
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
        let mut cells = Cells::default();
        let mut size_bytes = first.bytes.len();
        let mut is_complete = self.feed(&first.bytes, &mut cells);
        while !is_complete {
            let Some(line) = self.next_line()? else { return Ok(Err(open_quote())) };
            size_bytes += line.bytes.len() + 1;
            let fits = !line.is_too_long && size_bytes <= MAX_ROW_BYTES;
            is_complete = fits && self.feed(&line.bytes, &mut cells);
            following.push(line);
            if !fits {
                return Ok(Err(open_quote()));
            }
        }
        Ok(Ok(cells))
    }

    /// Gives the parser a line and its end. Whether the row ends there.
    fn feed(&mut self, line: &[u8], cells: &mut Cells) -> bool {
        // The parser takes no bytes for the end of the file.
        if !line.is_empty() {
            self.feed_bytes(line, cells);
        }
        self.feed_bytes(b"\n", cells)
    }

    fn feed_bytes(&mut self, input: &[u8], cells: &mut Cells) -> bool {
        let (used, count) = (cells.bytes.len(), cells.ends.len());
        // Cells are never longer than what they are written as, and no byte ends two of them.
        cells.bytes.resize(used + input.len(), 0);
        cells.ends.resize(count + input.len(), 0);
        let bytes = cells.bytes.get_mut(used..).unwrap_or_default();
        let ends = cells.ends.get_mut(count..).unwrap_or_default();
        let (result, _, written, ended) = self.parser.read_record(input, bytes, ends);
        cells.bytes.truncate(used + written);
        cells.ends.truncate(count + ended);
        result == ReadRecordResult::Record
    }
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

fn check_columns(cells: Cells, columns: usize, following: &[Line]) -> Result<Cells, Fault> {
    let count = cells.ends.len();
    let detail = || {
        let counts = format!("{count} where the first line has {columns}");
        match following.last() {
            None => counts,
            Some(last) => format!("{counts}; a quote in it closes in line {}", last.at.line),
        }
    };
    match count.cmp(&columns) {
        std::cmp::Ordering::Less => Err(Fault::new(Reason::TooFewColumns, detail())),
        std::cmp::Ordering::Greater => Err(Fault::new(Reason::TooManyColumns, detail())),
        std::cmp::Ordering::Equal => Ok(cells),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::super::MAX_ID_CHARS;
    use super::super::testing::{CONTACTS_HEADER, guide_nurture, named, outline};
    use super::*;
    use flow_ir::{Handoff, Piece, TeamId, TextTemplate};
    use proptest::prelude::*;

    const SMALL_HEADER: &str = "User ID,Email,First Name,Employees,Shoe Size";

    fn read(program: &Program, text: &[u8]) -> Vec<String> {
        let reader = ContactReader::open(text, "c.csv", program).unwrap();
        let describe = |row: &ContactRow| format!("{}: {}", row.at.line, row.keys.join(" "));
        outline(reader, describe)
    }

    fn read_small(rows: &[u8]) -> Vec<String> {
        read(&guide_nurture(), &[SMALL_HEADER.as_bytes(), b"\r\n", rows].concat())
    }

    #[test]
    fn a_row_becomes_typed_values_and_keys() {
        let program = guide_nurture();
        let row = "u-1,Chloe.G@Sprucecast.Example,Chloé,\"Girard \"\"CG\"\"\",\"Slateland, Inc.\",,+33 1,FR,emea,SAAS ,38,\
                   europe/paris,SQL,19.5,no,yes,0,2026-08-06,2025-05-12T12:01:38Z";
        let text = format!("\u{feff}{CONTACTS_HEADER}\r\n{row}\r\n");
        let reader = ContactReader::open(text.as_bytes(), "c.csv", &program).unwrap();
        assert_eq!(reader.ignored_columns(), [""; 0]);
        let items: Vec<ContactItem> = reader.map(Result::unwrap).collect();
        let [Item::Taken { row, notes }] = items.as_slice() else { panic!("{items:?}") };
        assert_eq!(row.keys, ["user:u-1", "email:chloe.g@sprucecast.example"]);
        assert_eq!((row.at.to_string().as_str(), notes.len()), ("c.csv:2", 0));
        let text = |value: &str| FieldValue::Text(value.to_owned());
        let expected = [
            ("email", text("Chloe.G@sprucecast.example")),
            ("first_name", text("Chloé")),
            ("last_name", text("Girard \"CG\"")),
            ("company_name", text("Slateland, Inc.")),
            ("phone", text("+33 1")),
            ("country", text("FR")),
            ("region", FieldValue::Int(1)),
            ("industry", FieldValue::Int(1)),
            ("employees", FieldValue::Int(380_000)),
            ("timezone", text("Europe/Paris")),
            ("stage", FieldValue::Int(3)),
            ("score", FieldValue::Int(195_000)),
            ("unsubscribed", FieldValue::Int(0)),
            ("has_open_deal", FieldValue::Int(1)),
            ("disqualified", FieldValue::Int(0)),
            ("renewal_date", FieldValue::Int(20_671)),
            ("created_at", FieldValue::Int(1_747_051_298_000)),
        ];
        assert_eq!(named(&program, &row.values), expected.map(|(name, value)| (name.to_owned(), value)));
    }

    #[test]
    fn every_kind_of_bad_row_is_rejected_alone() {
        let rows = b"u-1,a@a.example,Ada,1,\r\n\
            \r\n\
            u-2,b@a.example\r\n\
            u-3,c@a.example,Cy,Young,,1,\r\n\
            ,,Nobody,1,\r\n\
            ,not-an-address,Nobody,1,\r\n\
            u-4,d@a.example,Zo\xEB,1,\r\n\
            \t \n\
            u-5,,Eve,,43\n\
            ,f@a.example,,,";
        assert_eq!(
            read_small(rows),
            [
                "2: user:u-1 email:a@a.example",
                "c.csv:4: too few columns: `u-2,b@a.example` (2 where the first line has 5)",
                "c.csv:5: too many columns: `u-3,c@a.example,Cy,Young,,1,` (7 where the first line has 5)",
                "c.csv:6: about nobody: `,,Nobody,1,` (there is neither a user id nor an e-mail address in it)",
                "c.csv:7: about nobody: `,not-an-address,Nobody,1,` (there is neither a user id nor an e-mail address in it)",
                "c.csv:8: not UTF-8: `u-4,d@a.example,Zo\u{fffd},1,` (export the file as UTF-8)",
                "10: user:u-5",
                "11: email:f@a.example",
            ]
        );
    }

    #[test]
    fn a_bad_value_costs_the_value_and_not_the_row() {
        let rows = b"u-1,a@b,Ada,\"1,200\",\nu-2,b@a.example,Bo,about 50,x\n";
        assert_eq!(
            read_small(rows),
            [
                "2: user:u-1",
                "c.csv:2: email: not an e-mail address: `a@b` (write it like `ana@acme.example`)",
                "c.csv:2: employees: not a number: `1,200` (write digits alone, such as `1200` or `12.5`)",
                "3: user:u-2 email:b@a.example",
                "c.csv:3: employees: not a number: `about 50` (write digits alone, such as `1200` or `12.5`)",
            ]
        );
        let long = format!("{},a@a.example,,,\n", "u".repeat(MAX_ID_CHARS + 1));
        let found = read_small(long.as_bytes());
        assert_eq!(found[0], "2: email:a@a.example");
        assert!(found[1].starts_with("c.csv:2: user_id: too long a text: `uuu"), "{}", found[1]);
    }

    #[test]
    fn a_cell_in_quotes_may_hold_line_ends() {
        let rows = b"u-1,a@a.example,\"Ada\r\n\r\nLovelace\",1,\r\nu-2,,Bo,1,\r\n";
        assert_eq!(read_small(rows), ["2: user:u-1 email:a@a.example", "5: user:u-2"]);
        let program = guide_nurture();
        let text = [SMALL_HEADER.as_bytes(), b"\n", rows].concat();
        let first = ContactReader::open(text.as_slice(), "c.csv", &program).unwrap().next().unwrap().unwrap();
        let values = named(&program, &first.taken().unwrap().values);
        assert_eq!(values[1], ("first_name".to_owned(), FieldValue::Text("Ada\n\nLovelace".to_owned())));
    }

    #[test]
    fn an_open_quote_costs_its_line_alone() {
        // The first closes where a cell opens below, and has its five columns; the second closes and has six; the third never does.
        let rows = b"u-1,,\"Ada,1,\nu-2,,Bo,1,\nu-3,,\"Cy\",1,\nu-4,,\"Di\nu-5\",1,1,1\nu-6,,\"Ed,1,\nu-7,,Flo,1,\n";
        let help = "(close the quote, or double it if it belongs to the text; reading goes on at the next line)";
        assert_eq!(
            read_small(rows),
            [
                &format!("c.csv:2: a quote that is not closed: `u-1,,\"Ada,1,` {help}"),
                "3: user:u-2",
                "4: user:u-3",
                "c.csv:5: too many columns: `u-4,,\"Di` (6 where the first line has 5; a quote in it closes in line 6)",
                "c.csv:6: too few columns: `u-5\",1,1,1` (4 where the first line has 5)",
                &format!("c.csv:7: a quote that is not closed: `u-6,,\"Ed,1,` {help}"),
                "8: user:u-7",
            ]
        );
    }

    #[test]
    fn a_row_has_a_limit_in_bytes() {
        let fits = |spare: usize| format!("u-1,,,,{}\n", "x".repeat(MAX_ROW_BYTES - "u-1,,,,".len() - spare));
        assert_eq!(read_small(fits(0).as_bytes()), ["2: user:u-1"]);
        let quoted = format!("u-1,,\"{}\",,\nu-2,,,,\n", "x\n".repeat(MAX_ROW_BYTES / 2));
        let found = read_small(quoted.as_bytes());
        assert!(found[0].starts_with("c.csv:2: a quote that is not closed: `u-1"), "{}", found[0]);
        assert_eq!(found.last().unwrap(), "32771: user:u-2");
        let long = format!("u-1,,,,x{}u-2,,,,\n", fits(0).trim_start_matches("u-1,,,,"));
        let found = read_small(long.as_bytes());
        assert!(found[0].starts_with("c.csv:2: too long: `u-1,,,,xxx"), "{}", found[0]);
        assert_eq!(found[1..], ["3: user:u-2"]);
    }

    #[test]
    fn columns_that_fill_nothing_are_named() {
        let program = guide_nurture();
        let header = b"ID,Shoe Size,first_name,FirstName,e-mail,user id\n1,43,Ada,Bo,x,u-1\n";
        let mut reader = ContactReader::open(&header[..], "c.csv", &program).unwrap();
        assert_eq!(reader.ignored_columns(), ["ID", "Shoe Size", "FirstName", "e-mail"]);
        let row = reader.next().unwrap().unwrap().taken().unwrap();
        assert_eq!(row.keys, ["user:u-1"]);
        assert_eq!(named(&program, &row.values), [("first_name".to_owned(), FieldValue::Text("Ada".to_owned()))]);
        assert_eq!(read(&program, b"Id\n7\n"), ["2: user:7"]);
    }

    #[test]
    fn required_fields_that_no_column_fills_are_named() {
        let mut program = guide_nurture();
        let mut workflow = flow_ir::generate::least_workflow("go", 1);
        for name in ["phone", "job_title", "last_name"] {
            let id = program.fields.find(|field| field.name == name).unwrap();
            let text = program.texts.push(name.to_owned());
            let field = program.fields.at_mut(id);
            (field.optional, field.text) = (name == "last_name", Some(text));
            let note = TextTemplate { pieces: vec![Piece::Field { field: id, fallback: None }] };
            workflow.effects.push(Handoff { team: TeamId(0), note: Some(note), task: None }.into());
        }
        program.workflows.push(workflow);
        let reader = ContactReader::open(&b"user id,Phone,Company Name\n"[..], "c.csv", &program).unwrap();
        assert_eq!(reader.absent_fields(), ["job_title"]);
    }

    #[test]
    fn a_file_that_does_not_say_who_its_rows_are_about_is_refused() {
        let program = guide_nurture();
        let refusal = |text: &[u8]| ContactReader::open(text, "c.csv", &program).map(|_| ()).unwrap_err().to_string();
        assert_eq!(
            refusal(b"Name,Mail\nAda,a@a.example\n"),
            "`c.csv` does not say who its rows are about: it needs a column `User ID` or `Email`, separated by commas; the columns \
             found are `Name`, `Mail`"
        );
        assert!(refusal(b"").starts_with("`c.csv` is empty"));
        assert!(refusal(b"\xEF\xBB\xBF\r\n\r\n").starts_with("`c.csv` is empty"));
        assert_eq!(
            refusal(b"User ID,\"Email\n"),
            "the first line of `c.csv` cannot be read as names of columns: a quote that is not closed"
        );
        assert!(refusal(b"User ID,Na\xEFve\n").ends_with("not UTF-8"));
    }

    #[test]
    fn an_error_of_the_disk_says_where_and_ends_the_file() {
        struct Failing(&'static [u8]);
        impl io::Read for Failing {
            fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
                if self.0.is_empty() { Err(io::ErrorKind::TimedOut.into()) } else { io::Read::read(&mut self.0, buf) }
            }
        }
        let program = guide_nurture();
        let disk = io::BufReader::new(Failing(b"User ID\nu-1\nu-2\nu-"));
        let mut reader = ContactReader::open(disk, "c.csv", &program).unwrap();
        assert!(matches!(reader.next(), Some(Ok(_))) && matches!(reader.next(), Some(Ok(_))));
        assert_eq!(reader.next().unwrap().unwrap_err().to_string(), "cannot read `c.csv:4`: timed out");
        assert!(reader.next().is_none());
    }

    fn cells_by_csv(row: &[u8]) -> Option<Vec<Vec<u8>>> {
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(row);
        let record = reader.byte_records().next()?.unwrap();
        Some(record.iter().map(<[u8]>::to_vec).collect())
    }

    proptest! {
        #[test]
        fn any_bytes_give_rows_or_rejections(bytes: Vec<u8>) {
            read_small(&bytes);
        }

        #[test]
        fn without_quotes_each_filled_line_is_one_row_or_one_rejection(text in "[u,@.a\\x00é \r\n]{0,200}") {
            let program = guide_nurture();
            let file = format!("{SMALL_HEADER}\n{text}");
            let items = ContactReader::open(file.as_bytes(), "c.csv", &program).unwrap().count();
            let filled = text.split('\n').filter(|line| !line.bytes().all(|byte| byte.is_ascii_whitespace())).count();
            prop_assert_eq!(items, filled);
        }

        /// Each filled line is a row, a rejection, or within the quotes of a row above: one of them, once.
        #[test]
        fn no_line_is_lost_or_doubled(text in "([a,]{0,3}|a,\"|\"\"|\",a|\"a\"\"b\",a|\n|\r\n){0,25}") {
            let mut rows = Rows::new(text.as_bytes());
            let mut covered = Vec::new();
            while let Some(row) = rows.read(Some(2)).unwrap() {
                let breaks = row.cells.map_or(0, |cells| cells.bytes.iter().filter(|byte| **byte == b'\n').count() as u64);
                covered.extend(row.line..=row.line + breaks);
            }
            prop_assert!(covered.windows(2).all(|pair| pair[0] < pair[1]), "{covered:?}");
            for (line, number) in text.lines().zip(1..) {
                prop_assert!(line.is_empty() || covered.contains(&number), "line {number} of {covered:?}");
            }
        }

        #[test]
        fn cells_are_those_that_csv_finds(row in "[a,\" é]{1,40}") {
            prop_assume!(!row.trim().is_empty());
            let mut rows = Rows::new(row.as_bytes());
            if let Ok(cells) = rows.read(None).unwrap().unwrap().cells {
                let found = cells.into_texts().unwrap().into_iter().map(String::into_bytes).collect::<Vec<_>>();
                prop_assert_eq!(Some(found), cells_by_csv(row.as_bytes()));
            }
        }
    }
}
