//! Views for people: the packed rows in the schema's words, readable from any SQLite shell.
//!
//! The frame is decoded in plain SQL, because a shell knows none of our functions. A byte is found by its place among all bytes:
//!
//! ```sql
//! instr(byte, substr(frame, 9, 1)) - 1        -- byte is x'000102...ff'
//! ```
//! and a little-endian integer is its bytes shifted and joined, sign included for eight of them. Past the end of a frame
//! bytes are 0; an empty frame shows nothing at all.
//!
//! Frames change with programs, so the views are made anew at every open.

use super::codes::Coded;
use super::contacts::text_column;
use super::fault::Trouble;
use super::open::OpenOptions;
use crate::store::{DecisionCode, JourneyStatus};
use flow_ir::{NUMBER_SCALE, SlotKind};
use rusqlite::Connection;

/// A slot of the frame that people may see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ViewColumn {
    /// The schema's name.
    pub name: String,
    /// Bytes from the start of the frame.
    pub offset: u32,
    /// The bit, from the start of the frame, that says whether the value is known; `None` where it always is.
    pub presence: Option<u32>,
    /// Its width, and how its bytes are read.
    pub kind: SlotKind,
    /// What the integer stands for.
    pub shows: Shows,
}

/// How a slot's integer is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shows {
    /// A decimal number in a [`SlotKind::Int`]; as it is in a narrower slot.
    Number,
    /// `2026-03-02`
    Date,
    /// `2026-03-02T10:00:00.000Z`; nothing for never.
    Instant,
    /// `yes`, `no`
    YesNo,
    /// The name at the place of the value, where the first has the value `first`; nothing for a value beside them.
    Choice {
        /// In the order of their values, without a gap.
        names: Vec<String>,
        /// 1 for a choice, where 0 is missing; 0 for a stage.
        first: i64,
    },
}

/// Makes the views anew.
pub(super) fn create(connection: &Connection, options: &OpenOptions) -> Result<(), Trouble> {
    let views = [
        ("contact_view", contact_view(&options.view, &options.texts)),
        ("journey_view", journey_view(&options.workflows)),
        ("decision_view", decision_view(&options.workflows)),
    ];
    for (name, select) in views {
        connection.execute_batch(&format!("DROP VIEW IF EXISTS {name}; CREATE VIEW {name} AS {select};"))?;
    }
    Ok(())
}

/// The contact's number, the frame's fields, the texts, and the instant at which something may happen by itself.
fn contact_view(columns: &[ViewColumn], texts: &[String]) -> String {
    let names: Vec<&str> =
        columns.iter().map(|column| column.name.as_str()).chain(texts.iter().map(String::as_str)).collect();
    let mut shown = vec![format!("id AS {}", quote(&free_name("contact", &names)))];
    let mut raw = vec!["id".to_owned(), "next_at".to_owned()];
    for (place, column) in columns.iter().enumerate() {
        raw.push(format!("{} AS raw_{place}", known_value(column)));
        shown.push(format!("{} AS {}", show(column, &format!("raw_{place}")), quote(&column.name)));
    }
    for name in texts {
        let column = quote(&text_column(name));
        shown.push(format!("{column} AS {}", quote(name)));
        raw.push(column);
    }
    shown.push(format!("{} AS {}", instant("next_at"), quote(&free_name("next_at", &names))));
    let bytes: String = (0..=u8::MAX).map(|byte| format!("{byte:02x}")).collect();
    let (shown, raw) = (shown.join(", "), raw.join(", "));
    format!("SELECT {shown} FROM (SELECT {raw} FROM contact, (SELECT x'{bytes}' AS byte))")
}

/// A name of ours that gives way to the schema's.
fn free_name(name: &str, taken: &[&str]) -> String {
    let mut name = name.to_owned();
    while taken.iter().any(|other| other.eq_ignore_ascii_case(&name)) {
        name.push('_');
    }
    name
}

fn known_value(column: &ViewColumn) -> String {
    let value = integer(column.offset, column.kind);
    match column.presence {
        Some(bit) => format!("CASE WHEN {} & {} THEN {value} END", byte(bit / 8), 1 << (bit % 8)),
        None => value,
    }
}

fn integer(offset: u32, kind: SlotKind) -> String {
    let bytes = (0..kind.width()).map(|place| match place {
        0 => byte(offset),
        _ => format!("({} << {})", byte(offset + place), place * 8),
    });
    let joined = bytes.collect::<Vec<_>>().join(" | ");
    match kind {
        // Four bytes with a sign: shift it up and back down.
        SlotKind::Days => format!("((({joined}) << 32) >> 32)"),
        _ => format!("({joined})"),
    }
}

fn byte(offset: u32) -> String {
    format!("(instr(byte, substr(frame, {}, 1)) - 1)", offset + 1)
}

fn show(column: &ViewColumn, raw: &str) -> String {
    match &column.shows {
        Shows::Number if column.kind == SlotKind::Int => format!("{raw} / {NUMBER_SCALE}.0"),
        Shows::Number => raw.to_owned(),
        Shows::Date => format!("date({raw} * 86400, 'unixepoch')"),
        Shows::Instant => instant(raw),
        Shows::YesNo => format!("CASE {raw} WHEN 0 THEN 'no' WHEN 1 THEN 'yes' END"),
        Shows::Choice { names, first } => {
            let cases = names.iter().zip(*first..).map(|(name, value)| (value, name.as_str()));
            words(raw, cases, "NULL")
        }
    }
}

/// ISO text of an instant in milliseconds; nothing for those outside the years 0 to 9999.
fn instant(column: &str) -> String {
    format!("strftime('%Y-%m-%dT%H:%M:%fZ', {column} / 1000.0, 'unixepoch')")
}

fn journey_view(workflows: &[String]) -> String {
    let (workflow, status) = (workflow_name(workflows), code_word::<JourneyStatus>("status"));
    let (entered_at, due_at, ended_at) = (instant("entered_at"), instant("due_at"), instant("ended_at"));
    format!(
        "SELECT contact, {workflow} AS workflow, run, {status} AS status, step, visit, {entered_at} AS entered_at, \
         {due_at} AS due_at, {ended_at} AS ended_at FROM journey"
    )
}

fn decision_view(workflows: &[String]) -> String {
    let (workflow, code, at) = (workflow_name(workflows), code_word::<DecisionCode>("code"), instant("at"));
    format!(
        "SELECT id, {at} AS at, contact, {workflow} AS workflow, run, {code} AS decision, step, reason FROM decision"
    )
}

fn workflow_name(workflows: &[String]) -> String {
    words("workflow", workflows.iter().zip(0..).map(|(name, number)| (number, name.as_str())), "workflow")
}

fn code_word<T: Coded>(column: &str) -> String {
    words(column, T::ALL.iter().map(|code| (i64::from(code.code()), code.word())), column)
}

/// The word for a number, or `otherwise`.
fn words<'n>(column: &str, cases: impl Iterator<Item = (i64, &'n str)>, otherwise: &str) -> String {
    let cases: String = cases.map(|(value, word)| format!(" WHEN {value} THEN {}", text_literal(word))).collect();
    if cases.is_empty() { otherwise.to_owned() } else { format!("CASE {column}{cases} ELSE {otherwise} END") }
}

fn text_literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// A name as SQL takes it, whatever it holds.
pub(super) fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
