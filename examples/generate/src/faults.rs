//! What is wrong in the data, on purpose: one list, with how often each fault occurs and the rule that handles it.
//!
//! The list is what the generator draws from, what the tests look for and what the example's README prints, so the three cannot drift
//! apart. A fault with a rate is the only one in its row or line (empty cells aside), so its count can be checked from outside.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::rng::Rng;

/// A way in which data is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "`ENTRIES` says what each of them is, and which rule handles it")]
pub enum Fault {
    MissingValue,
    DuplicateAddress,
    RepeatedUserId,
    UntidyIndustry,
    UnknownIndustry,
    BadDate,
    UnknownZone,
    BadAddress,
    BadNumber,
    UnknownStage,
    TooFewColumns,
    TooManyColumns,
    NoIdentity,
    InvalidUtf8,
    EmptyLine,
    RepeatedMessage,
    LateByHours,
    LateByDays,
    Future,
    MissingReceivedAt,
    OtherTimeForm,
    BadTimestamp,
    BrokenJson,
    OverlongLine,
    MissingUserId,
    MissingEventName,
    UnknownEvent,
    WrongPropertyType,
    BeforeIdentify,
    NeverIdentified,
    ScannerClick,
    EarlyEngagement,
}

/// The file a fault lives in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum File {
    /// `contacts.csv`, in rows.
    Contacts,
    /// `events.jsonl`, in lines.
    Events,
}

/// One line of the list. `rate` is in rows or lines of 100,000; 0 where the fault comes from how people behave instead.
#[derive(Debug)]
pub struct Entry {
    /// Each stands in the list once.
    pub fault: Fault,
    /// Where it is looked for and counted.
    pub file: File,
    /// Of all entries of a file together less than 100,000.
    pub rate: u32,
    /// What is seen in the file, in the plural.
    pub what: &'static str,
    /// What Flow does with it.
    pub rule: &'static str,
}

const RATE_OF: u64 = 100_000;

const fn row(fault: Fault, rate: u32, what: &'static str, rule: &'static str) -> Entry {
    Entry { fault, file: File::Contacts, rate, what, rule }
}

const fn line(fault: Fault, rate: u32, what: &'static str, rule: &'static str) -> Entry {
    Entry { fault, file: File::Events, rate, what, rule }
}

/// Every fault, in the order in which tables show them.
pub const ENTRIES: [Entry; 32] = [
    row(Fault::MissingValue, 0, "empty cells", "the field is missing; comparisons with it are false"),
    row(
        Fault::DuplicateAddress,
        1600,
        "rows with an address that another user id has",
        "two user ids are two people: the later one stands without the address, which is left out and counted",
    ),
    row(Fault::RepeatedUserId, 800, "rows with a user id seen before", "the later row fills gaps only"),
    row(
        Fault::UntidyIndustry,
        2500,
        "industries with odd case or blanks, such as `SAAS `",
        "none needed: values are trimmed and compared in lower case",
    ),
    row(
        Fault::UnknownIndustry,
        1500,
        "industries outside the list, such as `Agritech`",
        "the value is set aside and counted; the field is missing",
    ),
    row(
        Fault::BadDate,
        800,
        "dates that are none, such as `31/02/2026` or `soon`",
        "the value is set aside and counted; the field is missing",
    ),
    row(
        Fault::UnknownZone,
        700,
        "time zones that do not exist, such as `Mars/Olympus`",
        "set aside and counted; the project's zone is used",
    ),
    row(
        Fault::BadAddress,
        700,
        "e-mail addresses that are none",
        "set aside and counted; the person stays, without mail",
    ),
    row(
        Fault::BadNumber,
        1200,
        "numbers such as `1,200` or `about 50`",
        "set aside and counted as not a number; the field is missing",
    ),
    row(
        Fault::UnknownStage,
        600,
        "stages outside the list, such as `evangelist`",
        "the value is set aside and counted; the field is missing",
    ),
    row(
        Fault::TooFewColumns,
        200,
        "rows cut short, before they say whether somebody may be written to",
        "the row is rejected and listed with file, line and reason",
    ),
    row(
        Fault::TooManyColumns,
        200,
        "rows with a stray comma, so too many columns",
        "the row is rejected and listed with file, line and reason",
    ),
    row(
        Fault::NoIdentity,
        200,
        "rows with neither user id nor address",
        "the row is rejected and listed with file, line and reason",
    ),
    row(
        Fault::InvalidUtf8,
        120,
        "rows that are not UTF-8",
        "the row is rejected and listed with file, line and reason",
    ),
    row(Fault::EmptyLine, 200, "empty lines", "ignored"),
    line(Fault::RepeatedMessage, 1000, "lines that repeat an earlier message id", "ignored: arrival is idempotent"),
    line(
        Fault::LateByHours,
        800,
        "events that arrive hours late",
        "count in windows when they occurred, trigger when they arrived",
    ),
    line(
        Fault::LateByDays,
        300,
        "events that arrive days late",
        "count in windows when they occurred, trigger when they arrived",
    ),
    line(
        Fault::Future,
        150,
        "events dated after their arrival, by minutes to years",
        "dated back to their arrival, and noted",
    ),
    line(Fault::MissingReceivedAt, 1000, "events without `receivedAt`", "they arrive at their `timestamp`"),
    line(
        Fault::OtherTimeForm,
        14_000,
        "timestamps with an offset, or with 0 or 6 digits of a second",
        "none needed: all are the same instants",
    ),
    line(Fault::BadTimestamp, 100, "timestamps that are none", "the line is rejected and listed"),
    line(Fault::BrokenJson, 100, "lines that are not JSON", "the line is rejected and listed"),
    line(Fault::OverlongLine, 6, "lines above 32 KB", "the line is rejected and listed"),
    line(
        Fault::MissingUserId,
        100,
        "events of nobody: `userId` absent, null or empty",
        "the line is rejected and listed",
    ),
    line(Fault::MissingEventName, 60, "track lines without an event name", "the line is rejected and listed"),
    line(
        Fault::UnknownEvent,
        1000,
        "events the program does not declare, such as `Product Viewed`",
        "set aside and counted by name",
    ),
    line(
        Fault::WrongPropertyType,
        120,
        "properties of the wrong type, such as `page: 42`",
        "the value is set aside and counted; the property is missing",
    ),
    line(
        Fault::BeforeIdentify,
        0,
        "events of people whom only a later `identify` line introduces",
        "the person is kept from the first event on and filled in later",
    ),
    line(
        Fault::NeverIdentified,
        0,
        "events of people about whom nothing else is known",
        "kept; without an address no mail can go out",
    ),
    line(
        Fault::ScannerClick,
        0,
        "clicks by link scanners, 1 to 4 seconds after the mail left",
        "told apart from people; `clicked` means a person",
    ),
    line(
        Fault::EarlyEngagement,
        0,
        "opens that come before the mail of this journey left",
        "not counted: engagement is with what this journey sent",
    ),
];

/// The fault of the next row or line, if it has one.
pub(crate) fn draw(rng: &mut Rng, file: File) -> Option<Fault> {
    let mut left = rng.below(RATE_OF);
    for entry in ENTRIES.iter().filter(|entry| entry.file == file) {
        let rate = u64::from(entry.rate);
        if left < rate {
            return Some(entry.fault);
        }
        left -= rate;
    }
    None
}

/// How often each fault was written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts(BTreeMap<Fault, usize>);

impl Counts {
    pub(crate) fn add(&mut self, fault: Fault) {
        *self.0.entry(fault).or_default() += 1;
    }

    /// How many rows or lines have it.
    pub fn of(&self, fault: Fault) -> usize {
        self.0.get(&fault).copied().unwrap_or_default()
    }

    /// The faults of one file as a Markdown table.
    pub fn table(&self, file: File) -> String {
        let mut out = String::from("| how many | what | rule |\n| ---: | --- | --- |\n");
        for entry in ENTRIES.iter().filter(|entry| entry.file == file) {
            // Writing to a string cannot fail.
            let _ = writeln!(out, "| {} | {} | {} |", self.of(entry.fault), entry.what, entry.rule);
        }
        out
    }
}
