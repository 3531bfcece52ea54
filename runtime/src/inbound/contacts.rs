//! Contacts from CSV: what each column fills, and each row as typed values.
//!
//! A column that nobody knows fills nothing and is named in the report. One whose name or whose cells speak of consent is more than
//! that: who is in it must not be written to, so the file is not taken in before somebody says what it means (E7).

use std::collections::BTreeSet;
use std::io::{self, BufRead};
use std::sync::Arc;

use flow_ir::{ConsentState, Field, FieldId, FieldValue, Program};

use super::columns::{Column, Columns, Key, LAST_CHANGED, assign_columns, no_key_column};
use super::consent::{Reading, Said, is_refusal_word};
use super::doubt::Doubts;
use super::finding::{Fault, Reason, excerpt};
use super::intake::Reads;
use super::lists::{self, LISTS};
use super::names::{FieldNames, Fills, snake_case};
use super::rows::{CellTexts, Row, Rows, Width};
use super::shut_out::{ConsentColumn, Refusal, ShutOut};
use super::topics::Named;
use super::value::{self, Shape};
use super::{ContactItem, ContactRow, InboundError, Item, Origin, SetAside, keys, zone_of};
use crate::time::{Instant, Zone};

/// Reads the rows of a file. Ends after an error.
#[derive(Debug)]
pub struct ContactReader<'p, R> {
    program: &'p Program,
    zone: Zone,
    file: Arc<str>,
    rows: Rows<R>,
    columns: Vec<Column>,
    ignored: Vec<String>,
    unsubscribed: Option<FieldId>,
    shut_out: ShutOut,
    doubts: Doubts,
    /// What was changed after this cannot have been.
    as_of: Option<Instant>,
    is_over: bool,
}

impl<'p, R: BufRead> ContactReader<'p, R> {
    /// Reads the first line, which names the columns. `mapped` has what the settings say of them.
    pub fn open(
        reader: R,
        file: impl Into<Arc<str>>,
        program: &'p Program,
        mapped: &Columns,
    ) -> Result<Self, InboundError> {
        let file = file.into();
        let mut rows = Rows::new(reader);
        let header = rows.read(None).map_err(|source| read_error(&file, &rows, source))?;
        let header = header.ok_or_else(|| InboundError::NoHeader { file: file.clone() })?;
        let broken = |fault: Fault| InboundError::BrokenHeader { file: file.clone(), why: fault.reason.to_string() };
        let names: Vec<String> = header.texts().map_err(broken)?.iter().map(str::to_owned).collect();
        let fields = FieldNames::new(program);
        let columns = assign_columns(&names, &fields, mapped, &file)?;
        if !columns.iter().any(|column| column.key.is_some()) {
            return Err(no_key_column(file, &names));
        }
        let unknown: Vec<&Column> = columns.iter().filter(|column| column.fills_nothing()).collect();
        let unsubscribed = program.fields.find(|field| field.name == "unsubscribed");
        let ignored = unknown.iter().map(|column| excerpt(&column.name)).collect();
        let (zone, shut_out, doubts) = (zone_of(program), ShutOut::new(&columns), Doubts::new(&columns, &fields));
        let (as_of, is_over) = (None, false);
        let mut reader =
            Self { program, zone, file, rows, columns, ignored, unsubscribed, shut_out, doubts, as_of, is_over };
        if reader.doubts.any() { Err(reader.unknown_consent()) } else { Ok(reader) }
    }

    /// The columns that may say who must not be written to, in their order, with what those read so far came to.
    pub fn consent_columns(&self) -> Vec<ConsentColumn> {
        self.shut_out.columns()
    }

    /// The instant of the import: a row that was changed after it by its own word does not say when it was changed.
    #[must_use]
    pub fn as_of(self, at: Instant) -> Self {
        Self { as_of: Some(at), ..self }
    }

    /// The columns that fill nothing, since the program has no such field.
    pub fn ignored_columns(&self) -> &[String] {
        &self.ignored
    }

    /// The column among them that may hold the ids of people, where no column is taken for that.
    pub fn possible_id_column(&self) -> Option<&str> {
        let has_ids = self.columns.iter().any(|column| column.key == Some(Key::UserId));
        let may_be =
            |name: &&String| snake_case(name).split('_').any(|word| ["id", "uid", "uuid", "guid"].contains(&word));
        self.ignored.iter().find(may_be).filter(|_| !has_ids).map(String::as_str)
    }

    /// The column of a tool's own ids that is taken for those of the events, such as `Record ID`, where nobody has said so.
    pub fn guessed_id_column(&self) -> Option<&str> {
        self.columns.iter().find(|column| column.is_guessed).map(|column| &*column.shown)
    }

    /// The fields that some workflow requires of its people and no column fills, by name.
    pub fn absent_fields(&self) -> Vec<&'p str> {
        let required = self.program.required();
        let required: BTreeSet<FieldId> = required.values().flat_map(|required| &required.fields).copied().collect();
        let is_filled =
            |field: &FieldId| self.columns.iter().any(|column| column.fills.contains(&Fills::Value(*field)));
        let absent = required.into_iter().filter(|field| !is_filled(field));
        absent.filter_map(|field| Some(self.program.fields.get(field)?.name.as_str())).collect()
    }

    /// A row that ends before a column of consent does not say that somebody may be written to (E7).
    fn width(&self) -> Width {
        let is_needed = |column: &Column| {
            column.key.is_some() || column.fills.iter().any(|fills| matches!(fills, Fills::Consent(_)))
        };
        let least = self.columns.iter().rposition(is_needed).map_or(0, |last| last + 1);
        Width { columns: self.columns.len(), least }
    }

    fn item(&mut self, row: &Row) -> Result<ContactItem, InboundError> {
        let at = Origin { file: self.file.clone(), line: row.line };
        let mut notes = Vec::new();
        let cells = match row.texts() {
            Ok(cells) => cells,
            Err(fault) => return Ok(Item::Rejected(fault.reject(&at, &row.first_line))),
        };
        self.doubts.look(cells);
        if self.doubts.any() {
            return Err(self.unknown_consent());
        }
        Ok(match self.contact(cells, &at, &mut notes) {
            Ok(row) => {
                self.shut_out.count(&row, &self.columns, cells);
                Item::Taken { row, notes }
            }
            Err(fault) => Item::Rejected(fault.reject(&at, &row.first_line)),
        })
    }

    /// Reads on to the end, so that all columns that may speak of consent and that nobody knows are told at once.
    fn unknown_consent(&mut self) -> InboundError {
        loop {
            match self.rows.read(Some(self.width())) {
                Ok(Some(row)) => {
                    if let Ok(cells) = row.texts() {
                        self.doubts.look(cells);
                    }
                    self.rows.take_back(row);
                }
                Ok(None) => {
                    break InboundError::ConsentColumns { file: self.file.clone(), columns: self.doubts.at_end() };
                }
                Err(source) => break read_error(&self.file, &self.rows, source),
            }
        }
    }

    fn contact(&self, cells: CellTexts<'_>, at: &Origin, notes: &mut Vec<SetAside>) -> Result<ContactRow, Fault> {
        let mut row =
            ContactRow { keys: Vec::new(), values: Vec::new(), refusals: Vec::new(), changed_at: None, at: at.clone() };
        for (column, cell) in self.columns.iter().zip(cells.iter()) {
            if let Err(fault) = self.take(column, cell, &mut row) {
                notes.push(fault.set_aside(at, self.name(column), cell));
            }
            if column.is_changed
                && let Err(fault) = self.take_changed(cell, &mut row)
            {
                notes.push(fault.set_aside(at, LAST_CHANGED, cell));
            }
            // Whatever the column is called: in doubt nobody is written to (E7).
            let is_refusal =
                !column.fills.iter().any(|fills| matches!(fills, Fills::Consent(_))) && is_refusal_word(cell);
            if let Some(field) = self.unsubscribed.filter(|_| is_refusal && !column.is_known) {
                row.refuse(Refusal { field, column: column.shown.clone(), is_doubtful: true });
                notes.push(doubtful(None).set_aside(at, self.name(column), cell));
            }
            if column.takes_no_unseen() && value::has_unseen(cell) {
                let fault = Fault::new(Reason::UnseenCharacters, "they were taken out");
                notes.push(fault.set_aside(at, self.name(column), &value::unseen_escaped(cell)));
            }
        }
        if row.keys.is_empty() {
            return Err(Fault::new(Reason::Nobody, "there is neither a user id nor an e-mail address in it"));
        }
        Ok(row)
    }

    /// Takes a cell. Of several columns for one thing the first that is filled counts.
    fn take(&self, column: &Column, cell: &str, row: &mut ContactRow) -> Result<(), Fault> {
        let (key, kind) = match column.key {
            Some(Key::UserId) => (keys::user(cell)?, keys::is_user as fn(&str) -> bool),
            Some(Key::Email) => (keys::email(cell)?, keys::is_address as fn(&str) -> bool),
            None => (None, keys::is_address as fn(&str) -> bool),
        };
        match (key, row.keys.iter().find(|key| kind(key))) {
            (Some(key), None) => row.keys.push(key),
            (Some(key), Some(first)) if key != *first => return Err(said_twice()),
            _ => {}
        }
        // Every one is taken, whatever is wrong with another.
        let taken = column.fills.iter().map(|fills| match fills {
            Fills::Value(field) => self.take_value(*field, cell, row),
            Fills::Consent(reading) => self.take_consent(column, reading.read(cell, self.program), row),
            Fills::Lists => lists::take_cell(self.program, cell, &mut row.values),
            Fills::Topics => self.take_topics(cell, row),
        });
        taken.collect::<Vec<_>>().into_iter().collect()
    }

    fn take_value(&self, field: FieldId, cell: &str, row: &mut ContactRow) -> Result<(), Fault> {
        let Field { ty, name, .. } = self.program.fields.at(field);
        if !cell.trim().is_empty() && self.program.derived_of(field).is_some() {
            return Err(Fault::worked_out(name));
        }
        let value = value::from_cell(Shape { ty, stages: &self.program.stages, zone: self.zone }, cell)?;
        match row.values.iter().find(|(known, _)| *known == field) {
            _ if value == FieldValue::Missing => {}
            None => row.values.push((field, value)),
            Some((_, first)) if *first == value => {}
            Some(_) => return Err(said_twice()),
        }
        Ok(())
    }

    /// When the row was last changed. A day alone is its beginning: in doubt it is older, and overrules less.
    fn take_changed(&self, cell: &str, row: &mut ContactRow) -> Result<(), Fault> {
        let cell = cell.trim();
        if cell.is_empty() || row.changed_at.is_some() {
            return Ok(());
        }
        let at = value::moment_of_cell(cell, self.zone)?;
        if self.as_of.is_some_and(|now| at > now) {
            return Err(Fault::new(Reason::DatedAhead, "the row counts as of the import"));
        }
        row.changed_at = Some(at.0);
        Ok(())
    }

    /// A refusal in any column counts.
    fn take_consent(&self, column: &Column, said: Said, row: &mut ContactRow) -> Result<(), Fault> {
        let (reading, column) = (column.reading(), column.shown.clone());
        match said {
            Said::Nothing => Ok(()),
            Said::Consents(field, state) => {
                note_consent(&mut row.values, field, state);
                Ok(())
            }
            // What was over by the import keeps nobody out.
            Said::Until(_, until) if self.as_of.is_some_and(|now| until <= now.0) => Ok(()),
            Said::Until(field, until) => {
                note_pause(&mut row.values, field, until);
                row.refusals.push(Refusal { field, column, is_doubtful: false });
                Ok(())
            }
            Said::Refused(field) => {
                row.refuse(Refusal { field, column, is_doubtful: false });
                Ok(())
            }
            Said::Doubtful(field) => {
                row.refuse(Refusal { field, column, is_doubtful: true });
                Err(doubtful(reading))
            }
        }
    }

    /// An empty cell says nothing of topics.
    fn take_topics(&self, cell: &str, row: &mut ContactRow) -> Result<(), Fault> {
        let Some(named) = Named::in_cell(self.program, cell) else { return Ok(()) };
        named.chosen(self.program, &mut row.values);
        named.fault(self.program).map_or(Ok(()), Err)
    }

    fn name<'c>(&'c self, column: &'c Column) -> &'c str {
        match (column.fills.first(), column.key) {
            (Some(Fills::Value(field)), _) => &self.program.fields.at(*field).name,
            (Some(Fills::Consent(reading)), _) => {
                reading.field().map_or(&column.name, |field| &self.program.fields.at(field).name)
            }
            (Some(Fills::Lists), _) => LISTS,
            (Some(Fills::Topics), _) => "topics",
            (None, Some(Key::Email)) => "email",
            (None, _) => "user_id",
        }
    }
}

/// What is noted of a value of consent that cannot be read.
pub(super) fn doubtful(reading: Option<Reading>) -> Fault {
    let is_none = match reading {
        Some(Reading::Until(_)) => "it is no day such as `2026-04-15`",
        _ => "it is neither yes nor no",
    };
    Fault::new(Reason::DoubtfulConsent, format!("{is_none}, and in doubt nobody is written to"))
}

fn said_twice() -> Fault {
    Fault::new(Reason::SaidTwice, "the first one counts")
}

impl ContactRow {
    fn refuse(&mut self, refusal: Refusal) {
        if !self.values.iter().any(|(known, _)| *known == refusal.field) {
            self.values.push((refusal.field, FieldValue::Int(1)));
        }
        self.refusals.push(refusal);
    }
}

/// Notes until when mail is refused; of several instants the last one counts.
pub(super) fn note_pause(values: &mut Vec<(FieldId, FieldValue)>, field: FieldId, until: i64) {
    match values.iter_mut().find(|(known, _)| *known == field) {
        Some((_, FieldValue::Int(known))) => *known = until.max(*known),
        _ => values.push((field, FieldValue::Int(until))),
    }
}

/// Notes what is said of marketing mail; of several words the more restrictive counts.
pub(super) fn note_consent(values: &mut Vec<(FieldId, FieldValue)>, field: FieldId, state: ConsentState) {
    match values.iter_mut().find(|(known, _)| *known == field) {
        Some((_, FieldValue::Int(known))) => *known = state.number().max(*known),
        _ => values.push((field, FieldValue::Int(state.number()))),
    }
}

impl<R: BufRead> Reads for ContactReader<'_, R> {
    type Row = ContactRow;

    fn bytes_read(&self) -> u64 {
        self.rows.lines.bytes_read()
    }
}

impl<R: BufRead> Iterator for ContactReader<'_, R> {
    type Item = Result<ContactItem, InboundError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_over {
            return None;
        }
        let next = match self.rows.read(Some(self.width())) {
            Ok(Some(row)) => {
                let item = self.item(&row);
                self.rows.take_back(row);
                Some(item)
            }
            Ok(None) => Some(self.doubts.at_end())
                .filter(|columns| !columns.is_empty())
                .map(|columns| Err(InboundError::ConsentColumns { file: self.file.clone(), columns })),
            Err(source) => Some(Err(read_error(&self.file, &self.rows, source))),
        };
        self.is_over = !matches!(next, Some(Ok(_)));
        next
    }
}

fn read_error<R: BufRead>(file: &Arc<str>, rows: &Rows<R>, source: io::Error) -> InboundError {
    InboundError::Read { at: Origin { file: file.clone(), line: rows.lines.place().line }, source }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::super::MAX_ID_CHARS;
    use super::super::rows::MAX_ROW_BYTES;
    use super::super::testing::{CONTACTS_HEADER, field, guide_nurture, named, outline};
    use super::*;
    use flow_ir::{Field, FieldType, Handoff, Piece, TeamId, TextTemplate};
    use proptest::prelude::*;

    const SMALL_HEADER: &str = "User ID,Email,First Name,Employees,Shoe Size";

    fn read(program: &Program, text: &[u8]) -> Vec<String> {
        let reader = ContactReader::open(text, "c.csv", program, &Columns::new()).unwrap();
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
        let reader = ContactReader::open(text.as_bytes(), "c.csv", &program, &Columns::new()).unwrap();
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
            ("has_open_deal", FieldValue::Int(1)),
            ("disqualified", FieldValue::Int(0)),
            ("renewal_date", FieldValue::Int(20_671)),
            ("created_at", FieldValue::Int(1_747_051_298_000)),
        ];
        assert_eq!(named(&program, &row.values), expected.map(|(name, value)| (name.to_owned(), value)));
    }

    /// Whatever column the settings say names lists; what is none is set aside, and the others count.
    #[test]
    fn a_column_names_the_lists_on_which_somebody_stands() {
        let mut program = guide_nurture();
        let list = Field { tag: Some("partners".to_owned()), ..field("in list partners", FieldType::YesNo) };
        let partners = program.fields.push(list);
        let mapped = Columns::from([("Groups".to_owned(), "lists".to_owned())]);
        for (column, mapped) in [("Lists", Columns::new()), ("Groups", mapped)] {
            let text = format!("User ID,{column}\nu-1,Partners; Guests\nu-2,\n");
            let reader = ContactReader::open(text.as_bytes(), "c.csv", &program, &mapped).unwrap();
            assert_eq!(reader.ignored_columns(), [""; 0]);
            let items: Vec<ContactItem> = reader.map(Result::unwrap).collect();
            let [Item::Taken { row: first, notes }, Item::Taken { row: second, .. }] = items.as_slice() else {
                panic!("{items:?}")
            };
            assert_eq!(first.values, [(partners, FieldValue::Int(1))]);
            assert_eq!((notes.len(), second.values.len()), (1, 0));
        }
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
                "4: user:u-2 email:b@a.example",
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
        let first =
            ContactReader::open(text.as_slice(), "c.csv", &program, &Columns::new()).unwrap().next().unwrap().unwrap();
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
        let header = b"ID,Shoe Size,first_name,FirstName,e-mail,user id\n1,43,,Ada,,u-1\n";
        let mut reader = ContactReader::open(&header[..], "c.csv", &program, &Columns::new()).unwrap();
        assert_eq!(reader.ignored_columns(), ["ID", "Shoe Size"]);
        let row = reader.next().unwrap().unwrap().taken().unwrap();
        assert_eq!(row.keys, ["user:u-1"]);
        assert_eq!(named(&program, &row.values), [("first_name".to_owned(), FieldValue::Text("Ada".to_owned()))]);
        assert_eq!(read(&program, b"Id\n7\n"), ["2: user:7"]);
    }

    #[test]
    fn a_column_of_a_field_that_follows_from_others_is_set_aside() {
        let mut program = guide_nurture();
        let field = program.fields.find(|field| field.name == "industry").unwrap();
        program.derived.push(flow_ir::Derived { field, values: Vec::new() });
        let found = read(&program, b"user id,Industry\nu-1,saas\nu-2,\n");
        assert_eq!((found[0].as_str(), found[2].as_str()), ("2: user:u-1", "3: user:u-2"));
        assert!(found[1].starts_with("c.csv:2: industry: worked out from other fields: `saas`"), "{found:?}");
    }

    /// `derived newsletter` says nothing of a column `Newsletter` with a no in it: that stays in doubt, as where nothing is declared.
    #[test]
    fn a_column_that_sounds_like_consent_is_not_set_aside_for_a_field_that_follows_from_others() {
        let mut program = guide_nurture();
        let field = program.fields.find(|field| field.name == "industry").unwrap();
        program.derived.push(flow_ir::Derived { field, values: Vec::new() });
        for name in ["newsletter", "mail_ok"] {
            program.fields.at_mut(field).name = name.to_owned();
            let header = format!("user id,{name}\nu-1,no\n");
            let reader = ContactReader::open(header.as_bytes(), "c.csv", &program, &Columns::new());
            let ignored = reader.map(|reader| reader.ignored_columns().to_vec());
            assert!(ignored.as_ref().is_ok_and(|names| names == &[name]), "{name}: {ignored:?}");
        }
    }

    #[test]
    fn of_two_columns_for_one_thing_the_first_that_is_filled_counts() {
        let program = guide_nurture();
        let text = b"user id,Email,E-Mail,Industry,company industry\nu-1,,a@a.example,,saas\nu-2,b@a.example,c@a.example,fintech,saas\n";
        assert_eq!(
            read(&program, text),
            [
                "2: user:u-1 email:a@a.example",
                "3: user:u-2 email:b@a.example",
                "c.csv:3: email: said twice: `c@a.example` (the first one counts)",
                "c.csv:3: industry: said twice: `saas` (the first one counts)",
            ]
        );
    }

    #[test]
    fn a_row_that_ends_before_its_consent_is_no_row() {
        let program = guide_nurture();
        let text = b"user id,Unsubscribed,Phone\nu-1,no\nu-2\nu-3,,,,\nu-4,no";
        assert_eq!(
            read(&program, text),
            [
                "2: user:u-1",
                "c.csv:3: too few columns: `u-2` (1 where the first line has 3)",
                "4: user:u-3",
                "c.csv:5: too few columns: `u-4,no` (2 where the first line has 3; the file seems to be cut off here)",
            ]
        );
    }

    #[test]
    fn a_column_that_may_be_consent_is_mapped_or_ignored_by_name() {
        let program = guide_nurture();
        let open = |header: &str, mapped: &[(&str, &str)]| {
            let mapped = mapped.iter().map(|(column, to)| ((*column).to_owned(), (*to).to_owned())).collect();
            let text = format!("{header}\n1,no,x\n").into_bytes();
            let reader = ContactReader::open(text.as_slice(), "c.csv", &program, &mapped);
            reader.map(|reader| reader.ignored_columns().to_vec()).map_err(|error| error.to_string())
        };
        let refused = open("Id,Webinar opt-out,x", &[]).unwrap_err();
        assert!(refused.starts_with("the column `Webinar opt-out` of `c.csv` seems to say"), "{refused}");
        assert_eq!(open("Id,Webinar opt-out,x", &[("webinar opt-out", "ignore")]).unwrap(), ["Webinar opt-out", "x"]);
        assert_eq!(open("Id,Webinar opt-out,x", &[("Webinar opt-out", "unsubscribed")]).unwrap(), ["x"]);
        assert_eq!(open("Record ID,y,x", &[("Record ID", "user_id"), ("x", "job_title")]).unwrap(), ["y"]);
        let refused = open("Id,y,x", &[("x", "shoe size")]).unwrap_err();
        assert!(refused.ends_with("fills `shoe size`, and there is no such field"), "{refused}");
    }

    #[test]
    fn when_a_row_was_changed_is_read_from_its_column_and_never_lies_ahead() {
        let mut program = guide_nurture();
        program.timezone = "Europe/Berlin".to_owned();
        let now = Instant::parse("2026-03-02T00:00:00Z").unwrap();
        let read = |text: &str, mapped: &[(&str, &str)]| -> Vec<String> {
            let mapped = mapped.iter().map(|(column, to)| ((*column).to_owned(), (*to).to_owned())).collect();
            let reader = ContactReader::open(text.as_bytes(), "c.csv", &program, &mapped).unwrap().as_of(now);
            outline(reader, |row| row.changed_at.map_or("none".to_owned(), |at| Instant(at).to_string()))
        };
        let text = "Id,Modified,Last Modified Date\n\
                    1,2026-01-01,2026-02-01T10:00:00+01:00\n2,,2026-02-01 10:00\n3,,2026-02-01\n4,,01.02.2026\n5,,2026-03-02T00:00:01Z\n6,,\n";
        assert_eq!(
            read(text, &[]),
            [
                "2026-02-01T09:00:00Z",
                "2026-02-01T09:00:00Z",
                "2026-01-31T23:00:00Z",
                "none",
                "c.csv:5: last_changed: not a moment in time: `01.02.2026` (write it like `2026-03-02T09:30:00Z`)",
                "none",
                "c.csv:6: last_changed: dated after its arrival: `2026-03-02T00:00:01Z` (the row counts as of the import)",
                "none",
            ]
        );
        // What the settings say of another column holds alone.
        let mapped = read(text, &[("Modified", "last_changed")]);
        assert_eq!((mapped.len(), mapped[0].as_str()), (6, "2025-12-31T23:00:00Z"));
        let ignored = read(text, &[("Last Modified Date", "ignore")]);
        assert_eq!(ignored, ["none"; 6]);
    }

    #[test]
    fn a_column_of_last_change_fills_a_field_of_its_name_too() {
        let mut program = guide_nurture();
        program.fields.push(super::super::testing::field("updated_at", flow_ir::FieldType::Date));
        let text = b"Id,Updated At\n1,2026-02-01 10:00\n";
        let mut reader = ContactReader::open(&text[..], "c.csv", &program, &Columns::new()).unwrap();
        let row = reader.next().unwrap().unwrap().taken().unwrap();
        assert_eq!(named(&program, &row.values), [("updated_at".to_owned(), FieldValue::Int(20_485))]);
        assert!(row.changed_at.is_some());
    }

    /// The first is the person's own; where somebody says which, no name is guessed at.
    #[test]
    fn of_several_ids_of_a_tool_one_is_the_persons() {
        let program = guide_nurture();
        let ids = |text: &str, mapped: &[(&str, &str)]| {
            let mapped = mapped.iter().map(|(column, to)| ((*column).to_owned(), (*to).to_owned())).collect();
            let reader = ContactReader::open(text.as_bytes(), "c.csv", &program, &mapped).unwrap();
            outline(reader, |row: &ContactRow| row.keys.join(" "))
        };
        let text = "Record ID,Id,Email\n7,8,a@a.example\n";
        assert_eq!(ids(text, &[]), ["user:7 email:a@a.example"]);
        assert_eq!(ids(text, &[("Id", "user_id")]), ["user:8 email:a@a.example"]);
        assert_eq!(ids(text, &[("Record ID", "ignore"), ("Id", "ignore")]), ["email:a@a.example"]);
        assert_eq!(ids("Record ID,User ID\n7,9\n", &[]), ["user:9"]);
        let guessed = |text: &str| {
            let reader = ContactReader::open(text.as_bytes(), "c.csv", &program, &Columns::new()).unwrap();
            reader.guessed_id_column().map(str::to_owned)
        };
        assert_eq!(guessed(text).as_deref(), Some("Record ID"));
        assert_eq!(guessed("Record ID,User ID\n7,9\n"), None);
    }

    /// A yes beside a word that waits is no yes, and a no is one beside both.
    #[test]
    fn of_several_columns_of_consent_the_more_restrictive_counts() {
        let mut program = guide_nurture();
        let choices = flow_ir::FieldType::OneOf(ConsentState::choices());
        program.fields.push(super::super::testing::field(flow_ir::CONSENT_FIELD, choices));
        program.policy.consent = Some(flow_ir::Consent::OptIn);
        let said = |accepts: &str, status: &str| {
            let text = format!("Id,Accepts Marketing,Consent Marketing,Marketing Status\n1,{accepts},,{status}\n");
            let mut reader = ContactReader::open(text.as_bytes(), "c.csv", &program, &Columns::new()).unwrap();
            named(&program, &reader.next().unwrap().unwrap().taken().unwrap().values)
        };
        let of = |field: &str, number: i64| (field.to_owned(), FieldValue::Int(number));
        let consent = |state: ConsentState| of(flow_ir::CONSENT_FIELD, state.number());
        assert_eq!(said("yes", ""), [consent(ConsentState::Granted)]);
        assert_eq!(said("yes", "pending"), [consent(ConsentState::Pending)]);
        assert_eq!(said("yes", "unsubscribed"), [consent(ConsentState::Granted), of("unsubscribed", 1)]);
        assert_eq!(said("no", "subscribed"), [of("unsubscribed", 1), consent(ConsentState::Granted)]);
        assert_eq!(said("", "verified"), []);
    }

    #[test]
    fn a_word_of_refusal_in_a_column_that_nobody_knows_stops_the_file() {
        let program = guide_nurture();
        let text = b"Id,Status\n1,Customer\n2,Unsubscribed\n";
        let mut reader = ContactReader::open(&text[..], "c.csv", &program, &Columns::new()).unwrap();
        assert!(matches!(reader.next(), Some(Ok(_))));
        let error = reader.next().unwrap().unwrap_err();
        assert!(matches!(error, InboundError::ConsentColumns { .. }), "{error}");
        assert!(reader.next().is_none());
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
            workflow.effects.push(Handoff { note: Some(note), ..Handoff::to(TeamId(0)) }.into());
        }
        program.workflows.push(workflow);
        let reader =
            ContactReader::open(&b"user id,Phone,Company Name\n"[..], "c.csv", &program, &Columns::new()).unwrap();
        assert_eq!(reader.absent_fields(), ["job_title"]);
    }

    #[test]
    fn a_file_that_does_not_say_who_its_rows_are_about_is_refused() {
        let program = guide_nurture();
        let refusal = |text: &[u8]| {
            ContactReader::open(text, "c.csv", &program, &Columns::new()).map(|_| ()).unwrap_err().to_string()
        };
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
        let mut reader = ContactReader::open(disk, "c.csv", &program, &Columns::new()).unwrap();
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
            let items = ContactReader::open(file.as_bytes(), "c.csv", &program, &Columns::new()).unwrap().count();
            let filled = text.split('\n').filter(|line| !line.bytes().all(|byte| byte.is_ascii_whitespace())).count();
            prop_assert_eq!(items, filled);
        }

        /// Each filled line is a row, a rejection, or within the quotes of a row above: one of them, once.
        #[test]
        fn no_line_is_lost_or_doubled(text in "([a,]{0,3}|a,\"|\"\"|\",a|\"a\"\"b\",a|\n|\r\n){0,25}") {
            let mut rows = Rows::new(text.as_bytes());
            let mut covered = Vec::new();
            while let Some(row) = rows.read(Some(Width { columns: 2, least: 2 })).unwrap() {
                let text = row.texts().map(|cells| cells.iter().collect::<String>()).unwrap_or_default();
                let breaks = text.bytes().filter(|byte| *byte == b'\n').count() as u64;
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
            let found = rows.read(None).unwrap().unwrap();
            if found.cells.is_ok() {
                let found = found.texts().unwrap().iter().map(|cell| cell.as_bytes().to_vec()).collect::<Vec<_>>();
                prop_assert_eq!(Some(found), cells_by_csv(row.as_bytes()));
            }
        }
    }
}
