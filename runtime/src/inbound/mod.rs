//! Contacts and events from files: text in, typed rows out.
//!
//! In: a CRM export as CSV ([`ContactReader`]), a stream as JSON lines in the shape of Segment ([`EventReader`]). Out: rows that
//! need no second check, each with the place it came from. This layer knows the program's names and types, but no store, no
//! journey and no clock: arrival is what the file says.
//!
//! Nothing is lost without a line that says why. A bad value leaves its field missing and is *set aside*; a bad row or line is
//! *rejected*. Both are findings: [`accept`] counts them in a [`Tally`] of bounded size, hands each to a sink that may write it
//! down, and lets the good rows through.

mod columns;
mod consent;
mod contacts;
mod doubt;
mod events;
#[cfg(test)]
mod exports_tests;
mod finding;
mod fingerprint;
mod follow;
#[cfg(test)]
mod guide_nurture_tests;
mod intake;
mod keys;
mod lines;
mod lists;
mod mail_event;
mod names;
mod rows;
mod segment;
mod shut_out;
#[cfg(test)]
mod testing;
mod topics;
mod tracked;
mod unchanged;
mod value;
mod whole;

use std::io;
use std::sync::Arc;

use crate::store::{MessageId, MessageKey, day_of};
use crate::system;
use crate::time::{Zone, Zones};
use flow_ir::units::HOUR_MS;
use flow_ir::{FieldId, FieldValue, Program};

pub(crate) use keys::{Mark, address_key, bare_address, email_key, is_address, is_device, is_user};
pub(crate) use names::is_alike;
pub(crate) use segment::{SegmentReader, Vocabulary};

pub use columns::{Columns, IGNORE, LAST_CHANGED};
pub use contacts::ContactReader;
pub use doubt::UnknownConsent;
pub use events::EventReader;
pub(crate) use finding::{Fault, OTHERS, excerpt};
pub use finding::{Finding, Reason, Rejected, SetAside, Tally};
pub use fingerprint::{Fingerprint, Fingerprinting, Print};
pub use follow::{Followed, Follower, Piece};
pub use intake::{Intake, PIECE_BYTES, PIECE_ROWS, PIECES_AHEAD, ReadAhead, Reads, Wanted, WantedFile};
pub use mail_event::MailEvent;
pub use names::{ENROLLED, ENROLLED_WORKFLOW, Meaning};
pub use shut_out::{ConsentColumn, Refusal};
pub(crate) use topics::Named;
pub(crate) use tracked::text_of;
pub use tracked::{Known, Tracked};
pub use unchanged::{Unchanged, is_changed};
pub use whole::WholeFile;

/// The most characters of an id that names a person.
pub const MAX_ID_CHARS: usize = 256;

/// The time of a refusal that has none which can be read: before everything else (E7).
pub const UNDATED: i64 = i64::MIN;

/// Where a row came from. Lines count from 1.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Origin {
    /// As the reader was told to call it.
    pub file: Arc<str>,
    /// Of a row in several lines, the first.
    pub line: u64,
}

impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

/// An event or a change to a contact, as it arrived.
#[derive(Debug, Clone, PartialEq)]
pub struct Arrival {
    /// When the receiving side took it, in milliseconds since 1970, UTC.
    pub arrived_at: i64,
    /// When it happened by the sender's clock, corrected; never after its arrival.
    pub occurred_at: i64,
    /// When it happened by the sender's clock as it is; none where the sender does not say. The same message says the same, whenever it is
    /// sent again.
    pub claimed_at: Option<i64>,
    /// Under this it arrives once (E3).
    pub message: MessageId,
    /// Who it is about, at least one: `user:ID`, `anonymous:ID`, `email:ADDRESS` in lower case.
    pub keys: Vec<String>,
    /// What it says.
    pub what: What,
    /// Where it stands.
    pub at: Origin,
}

/// How far from midnight a sender's time may be off from one sending of a message to the next.
const DAY_SLACK_MS: i64 = HOUR_MS;

impl Arrival {
    /// The message as it is known for ever.
    pub fn message_key(&self) -> MessageKey {
        MessageKey { day: self.claimed_at.map_or(MessageKey::UNDATED, day_of), id: self.message }
    }

    /// The same under another day, where one that was sent before may have said so: shortly around midnight.
    pub fn other_message_key(&self) -> Option<MessageKey> {
        let days = [-DAY_SLACK_MS, DAY_SLACK_MS].map(|off| self.claimed_at.map(|at| day_of(at.saturating_add(off))));
        let own = self.message_key();
        days.into_iter().flatten().find(|day| *day != own.day).map(|day| MessageKey { day, ..own })
    }
}

/// What an arrival says of a person.
#[derive(Debug, Clone, PartialEq)]
pub enum What {
    /// Something the person did.
    Track(Tracked),
    /// What is known of the person now; a field that is not listed stays as it is.
    Identify {
        /// Each field at most once.
        values: Vec<(FieldId, FieldValue)>,
    },
}

/// A contact as a file has it. What is missing is not listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactRow {
    /// At least one: `user:ID`, `email:ADDRESS` in lower case.
    pub keys: Vec<String>,
    /// Each field at most once.
    pub values: Vec<(FieldId, FieldValue)>,
    /// The cells by which it says that its person must not be written to, each with the field among `values` that says so; several may say one.
    pub refusals: Vec<Refusal>,
    /// When somebody last changed it in the tool that it comes from, in milliseconds since 1970, UTC: then it occurred (E11). None where no
    /// column says so, where the cell cannot be read, and where it lies ahead of the import.
    pub changed_at: Option<i64>,
    /// Where it stands.
    pub at: Origin,
}

/// What became of one row or line.
#[derive(Debug, Clone, PartialEq)]
pub enum Item<T> {
    /// It counts. The notes say what was set aside of it.
    Taken {
        /// Needs no second check.
        row: T,
        /// Empty where all of it was good.
        notes: Vec<SetAside>,
    },
    /// Nothing of it counts.
    Rejected(Rejected),
}

/// What became of a row of contacts.
pub type ContactItem = Item<ContactRow>;
/// What became of a line of events.
pub type EventItem = Item<Arrival>;

/// Why a file cannot be read at all, or no further.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the variants say what is wrong, and their fields are what the message repeats")]
pub enum InboundError {
    /// The file cannot be read from this line on.
    #[error("cannot read `{at}`: {}", system::said(source))]
    Read { at: Origin, source: io::Error },
    /// The file for what is wrong cannot be written.
    #[error("cannot write down what is wrong in `{at}`: {}", system::said(source))]
    Report { at: Origin, source: io::Error },
    /// A file of contacts without a first line.
    #[error("`{file}` is empty: its first line must name the columns, such as `User ID,Email,First Name`")]
    NoHeader { file: Arc<str> },
    /// A first line that names no columns.
    #[error("the first line of `{file}` cannot be read as names of columns: {why}")]
    BrokenHeader { file: Arc<str>, why: String },
    /// A first line whose columns are parted by something else than commas.
    #[error(
        "the columns of `{file}` are parted by {separator}: save the file as CSV with commas, so that its first line reads `{line}`"
    )]
    OtherSeparator { file: Arc<str>, separator: &'static str, line: String },
    /// Columns of consent that nobody knows: all of the file, in their order.
    #[error("{}", doubt::words(file, columns))]
    ConsentColumns { file: Arc<str>, columns: Vec<UnknownConsent> },
    /// The settings name a field that there is not.
    #[error("the settings say that the column `{column}` of `{file}` fills `{field}`, and there is no such field")]
    NoSuchField { file: Arc<str>, column: String, field: String },
    /// No column says who a row is about.
    #[error(
        "`{file}` does not say who its rows are about: it needs a column `User ID` or `Email`, separated by commas; the columns found are {found}"
    )]
    NoKeyColumn { file: Arc<str>, found: String },
}

impl InboundError {
    /// What to do about it.
    pub fn help(&self) -> String {
        match self {
            InboundError::Read { source, .. } if source.kind() == io::ErrorKind::UnexpectedEof => {
                "let no program shorten the file while Flow reads it, and put back what is missing".to_owned()
            }
            InboundError::Read { source, .. } => {
                system::help(source).unwrap_or("check that the file can be read").to_owned()
            }
            InboundError::Report { .. } => "check that the disk has room".to_owned(),
            InboundError::NoHeader { .. } | InboundError::BrokenHeader { .. } | InboundError::NoKeyColumn { .. } => {
                "export the contacts with a header row; every other column is matched to a field by its name".to_owned()
            }
            InboundError::OtherSeparator { .. } => {
                "in a spreadsheet: save as, CSV with commas (in Excel, `CSV UTF-8 (comma delimited)`)".to_owned()
            }
            InboundError::ConsentColumns { columns, .. } => doubt::help(columns),
            InboundError::NoSuchField { column, .. } => {
                format!("mend that line of `[columns]` in flow.toml, such as:\n  \"{column}\" = \"{IGNORE}\"")
            }
        }
    }
}

/// The zone in which days begin.
fn zone_of(program: &Program) -> Zone {
    Zones::bundled().resolve(&program.timezone).unwrap_or_else(Zones::utc)
}

/// The good rows of `items`. Whatever was wrong goes to the tally, and to `report` finding by finding.
pub fn accept<'a, T: 'a>(
    items: impl Iterator<Item = Result<Item<T>, InboundError>> + 'a,
    tally: &'a mut Tally,
    report: &'a mut dyn FnMut(Finding<'_>) -> io::Result<()>,
) -> impl Iterator<Item = Result<T, InboundError>> + 'a {
    items.filter_map(move |item| match item {
        Err(error) => Some(Err(error)),
        Ok(item) => {
            tally.add(&item);
            let reported = item.findings().try_for_each(|finding| report_one(finding, report));
            reported.map(|()| item.taken()).transpose()
        }
    })
}

fn report_one(finding: Finding<'_>, report: &mut dyn FnMut(Finding<'_>) -> io::Result<()>) -> Result<(), InboundError> {
    report(finding).map_err(|source| InboundError::Report { at: finding.at().clone(), source })
}

impl<T> Item<T> {
    /// The row, if it was taken.
    pub fn taken(self) -> Option<T> {
        match self {
            Item::Taken { row, .. } => Some(row),
            Item::Rejected(_) => None,
        }
    }

    /// What was wrong with it.
    pub fn findings(&self) -> impl Iterator<Item = Finding<'_>> {
        let (notes, rejected) = match self {
            Item::Taken { notes, .. } => (notes.as_slice(), None),
            Item::Rejected(rejected) => (&[][..], Some(Finding::Rejected(rejected))),
        };
        notes.iter().map(Finding::SetAside).chain(rejected)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::testing::{CONTACTS_HEADER, guide_nurture};
    use super::*;

    #[test]
    fn rows_pass_and_everything_wrong_is_counted_and_reported() {
        let program = guide_nurture();
        let text = format!("{CONTACTS_HEADER}\nu-1,ada@a.example,,,,,,,,agritech,about 50,,,,,,,,\nu-2\n");
        let reader = ContactReader::open(text.as_bytes(), "contacts.csv", &program, &Columns::new()).unwrap();
        let (mut tally, mut report) = (Tally::default(), Vec::new());
        let mut write_down = |finding: Finding<'_>| {
            report.push(finding.to_string());
            Ok(())
        };
        let rows: Vec<ContactRow> = accept(reader, &mut tally, &mut write_down).map(Result::unwrap).collect();
        assert_eq!(rows.len(), 1);
        assert_eq!((tally.taken(), tally.rejected()), (1, 1));
        assert_eq!(
            report,
            [
                "contacts.csv:2: industry: not one of the choices: `agritech` (write one of: saas, fintech, ecommerce, manufacturing, \
                 healthcare, education, consulting, logistics)",
                "contacts.csv:2: employees: not a number: `about 50` (write digits alone, such as `1200` or `12.5`)",
                "contacts.csv:3: too few columns: `u-2` (1 where the first line has 19)",
            ]
        );
    }

    #[test]
    fn a_report_that_cannot_be_written_is_an_error() {
        let program = guide_nurture();
        let text = format!("{CONTACTS_HEADER}\nu-2\n");
        let reader = ContactReader::open(text.as_bytes(), "contacts.csv", &program, &Columns::new()).unwrap();
        let mut full = |_: Finding<'_>| Err(io::Error::from(io::ErrorKind::StorageFull));
        let mut tally = Tally::default();
        let error = accept(reader, &mut tally, &mut full).next().unwrap().unwrap_err();
        assert!(error.to_string().starts_with("cannot write down what is wrong in `contacts.csv:2`: "), "{error}");
    }
}
