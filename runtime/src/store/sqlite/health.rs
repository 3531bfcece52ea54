//! What only a file can be asked: whether its pages hold together, whether its indexes say what its tables say, and how large it all is.

use super::codes::Coded;
use super::fault::Trouble;
use super::migrate;
use super::open::{self, refuse_other_tables};
use super::records::SqliteRecords;
use super::tail;
use super::there::log_bytes;
use crate::doctor::{Findings, Kind, Subject};
use crate::store::{OutboxState, StoreError};
use rusqlite::{Connection, ErrorCode, OptionalExtension};
use std::collections::BTreeMap;
use std::fs;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::Path;

/// How many complaints of SQLite are read.
const COMPLAINTS: u32 = 1_000;

/// The version of SQLite that is built in.
pub fn sqlite_version() -> &'static str {
    rusqlite::version()
}

/// How large a store is, and what is the oldest in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// The number of the last migration that it has taken.
    pub schema: i64,
    /// Bytes of the file, and of the log beside it that is not folded in yet.
    pub file_bytes: u64,
    /// The same of that log.
    pub log_bytes: u64,
    /// Bytes of a page.
    pub page_bytes: u64,
    /// Pages that are there.
    pub pages: u64,
    /// Pages that hold nothing.
    pub free_pages: u64,
    /// How many rows each table has, by name. None where they cannot be counted.
    pub rows: Vec<(String, Option<u64>)>,
    /// The earliest instant at which somebody is due.
    pub oldest_due: Option<i64>,
    /// The message that has waited longest: its number, and since when.
    pub oldest_message: Option<(u64, i64)>,
    /// How many messages are still to leave, by how far they are.
    pub messages: Vec<(&'static str, u64)>,
}

/// What the file has to say of itself.
pub(super) fn facts(connection: &Connection, path: &Path) -> Result<Facts, Trouble> {
    let number = |pragma: &str| -> Result<u64, Trouble> {
        let number: i64 = connection.pragma_query_value(None, pragma, |row| row.get(0))?;
        Ok(number.unsigned_abs())
    };
    Ok(Facts {
        schema: connection.pragma_query_value(None, "user_version", |row| row.get(0))?,
        file_bytes: fs::metadata(path).map_or(0, |found| found.len()),
        log_bytes: log_bytes(path),
        page_bytes: number("page_size")?,
        pages: number("page_count")?,
        free_pages: number("freelist_count")?,
        rows: rows(connection)?,
        oldest_due: damaged_is_none(connection.query_row("SELECT min(next_at) FROM contact", [], |row| row.get(0)))?
            .flatten(),
        oldest_message: damaged_is_none(
            connection
                .query_row(
                    "SELECT id, held_since FROM outbox WHERE state IN (0, 1, 6) ORDER BY held_since, id LIMIT 1",
                    [],
                    |row| Ok((row.get::<_, i64>(0)?.unsigned_abs(), row.get(1)?)),
                )
                .optional(),
        )?
        .flatten(),
        messages: messages(connection)?,
    })
}

fn rows(connection: &Connection) -> Result<Vec<(String, Option<u64>)>, Trouble> {
    let mut rows = Vec::new();
    for name in expected()?.into_iter().filter(|(_, made)| made.kind == "table").map(|(name, _)| name) {
        let counted = connection.query_row(&format!("SELECT count(*) FROM \"{name}\""), [], |row| row.get::<_, i64>(0));
        // A table that is not there is a finding, not an error.
        rows.push((name, counted.ok().map(i64::unsigned_abs)));
    }
    Ok(rows)
}

/// Messages that are still to leave, by how far they are.
fn messages(connection: &Connection) -> Result<Vec<(&'static str, u64)>, Trouble> {
    let states = [OutboxState::Queued, OutboxState::Claimed, OutboxState::Promised];
    let names = ["waiting", "on their way", "promised"];
    let mut messages = Vec::new();
    for (state, name) in states.into_iter().zip(names) {
        let sql = "SELECT count(*) FROM outbox WHERE state = ?1";
        let count = damaged_is_none(connection.query_row(sql, [state.code()], |row| row.get::<_, i64>(0)))?;
        messages.push((name, count.unwrap_or(0).unsigned_abs()));
    }
    Ok(messages)
}

/// What is damaged is found by those who look for it.
fn damaged_is_none<T>(read: rusqlite::Result<T>) -> Result<Option<T>, Trouble> {
    match read {
        Ok(read) => Ok(Some(read)),
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseCorrupt) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Everything that SQLite finds wrong with the file, and what of its tables and indexes is not there.
pub(super) fn examine(connection: &Connection, found: &mut Findings) -> Result<(), Trouble> {
    for complaint in complaints(connection)? {
        let (kind, subject) = match of_complaint(&complaint) {
            (kind, Some(index)) => (kind, Subject::Named(index)),
            (kind, None) => (kind, Subject::Store),
        };
        found.add(kind, subject, format!("says (by SQLite): {complaint}"));
    }
    for (name, made) in missing(connection)? {
        match made.kind.as_str() {
            "index" => found.add(Kind::WrongIndex, Subject::Named(name), "is an index that is not there"),
            _ => found.add(Kind::DamagedPages, Subject::Named(name), "is a table that is not there"),
        }
    }
    examine_texts(connection, found)
}

/// Texts of nobody: no other rule asks for texts without asking for the one whose they are.
fn examine_texts(connection: &Connection, found: &mut Findings) -> Result<(), Trouble> {
    let sql =
        "SELECT id FROM contact_text WHERE NOT EXISTS (SELECT 1 FROM main.contact WHERE contact.id = contact_text.id)";
    let read = connection.prepare(sql).and_then(|mut statement| {
        statement.query_map([], |row| row.get::<_, i64>(0))?.collect::<rusqlite::Result<Vec<i64>>>()
    });
    match read {
        Ok(nobody) => nobody.into_iter().for_each(|id| {
            let words = format!("are about contact {id}, who is not there");
            found.add(Kind::OfNobody, Subject::Named(format!("texts (contact_text {id})")), words);
        }),
        Err(error) => {
            let trouble = Trouble::from(error);
            // Whoever looks for pages and tables has told of it.
            if !trouble.is_damage() {
                return Err(trouble);
            }
        }
    }
    Ok(())
}

/// SQLite believes the number of free pages in the header, and takes the next one from nowhere where it names no more; its own checks pass over that.
/// Only of a store without a log, which may hold a newer header; and never beside a connection of this process: to close the file would undo
/// SQLite's own locks.
pub(crate) fn free_pages_from_nowhere(path: &Path) -> Option<String> {
    // Whoever opens a pipe waits for somebody to write into it.
    fs::metadata(path).ok().filter(fs::Metadata::is_file)?;
    let mut file = fs::File::open(path).ok()?;
    let [_, _, _, _, page_bytes, _, _, _, first, free] = words_at(&mut file, 0)?;
    let named = named_free_pages(&mut file, first, page_bytes >> 16)?;
    let words = match named {
        0 => "none".to_owned(),
        named => named.to_string(),
    };
    (named != u64::from(free)).then(|| format!("says that {free} of its pages are free, and names {words}"))
}

/// How many free pages are named, page by page of their list: its file format, "The Freelist". None where the list leads nowhere, which SQLite sees.
fn named_free_pages(file: &mut fs::File, first: u32, page_bytes: u32) -> Option<u64> {
    // 1 stands for a size that its two bytes do not hold.
    let page_bytes = if page_bytes == 1 { 65_536 } else { u64::from(page_bytes) };
    let pages = file.metadata().ok()?.len().checked_div(page_bytes)?;
    let (mut page, mut named) = (u64::from(first), 0);
    while page != 0 && named <= pages {
        let [next, leaves] = words_at(file, (page - 1) * page_bytes)?;
        named += 1 + u64::from(leaves);
        page = u64::from(next);
    }
    Some(named)
}

/// Numbers of four bytes from a place on.
fn words_at<const N: usize>(file: &mut fs::File, at: u64) -> Option<[u32; N]> {
    file.seek(SeekFrom::Start(at)).ok()?;
    let mut words = [0; N];
    for word in &mut words {
        let mut bytes = [0; 4];
        file.read_exact(&mut bytes).ok()?;
        *word = u32::from_be_bytes(bytes);
    }
    Some(words)
}

fn complaints(connection: &Connection) -> Result<Vec<String>, Trouble> {
    let mut complaints = Vec::new();
    for pragma in [format!("PRAGMA integrity_check({COMPLAINTS})"), "PRAGMA foreign_key_check".to_owned()] {
        let read = connection.prepare(&pragma).and_then(|mut statement| {
            statement.query_map([], |row| row.get::<_, String>(0))?.collect::<rusqlite::Result<Vec<String>>>()
        });
        match read {
            Ok(lines) => complaints
                .extend(lines.iter().flat_map(|line| line.lines()).filter(|line| *line != "ok").map(str::to_owned)),
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseCorrupt) => {
                complaints.push(error.to_string())
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(complaints)
}

/// Which rule a complaint is about, and the index that it names.
fn of_complaint(complaint: &str) -> (Kind, Option<String>) {
    let index = ["missing from index ", "wrong # of entries in index ", "non-unique entry in index "]
        .iter()
        .find_map(|words| complaint.split_once(words).map(|(_, name)| name.to_owned()));
    match index {
        Some(index) => (Kind::WrongIndex, Some(index)),
        None if complaint.starts_with("NULL value in") || complaint.contains(" value in ") => (Kind::Unreadable, None),
        None => (Kind::DamagedPages, None),
    }
}

/// A table or an index: which of the two, and how it is made.
#[derive(Debug)]
struct Made {
    kind: String,
    sql: String,
}

/// The tables and indexes of today's schema by name.
fn expected() -> Result<BTreeMap<String, Made>, Trouble> {
    let mut blank = Connection::open_in_memory()?;
    migrate::migrate(&mut blank, 0)?;
    schema(&blank)
}

fn schema(connection: &Connection) -> Result<BTreeMap<String, Made>, Trouble> {
    let sql = "SELECT name, type, sql FROM sqlite_schema WHERE type IN ('table', 'index') AND sql IS NOT NULL";
    let mut statement = connection.prepare(sql)?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, Made { kind: row.get(1)?, sql: row.get(2)? })))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// What of the schema a file does not have.
fn missing(connection: &Connection) -> Result<Vec<(String, Made)>, Trouble> {
    let there = schema(connection)?;
    Ok(expected()?.into_iter().filter(|(name, _)| !there.contains_key(name)).collect())
}

/// Builds every index again, and those that are not there.
pub(super) fn rebuild_indexes(connection: &Connection) -> Result<(), Trouble> {
    for (_, made) in missing(connection)?.into_iter().filter(|(_, made)| made.kind == "index") {
        connection.execute_batch(&made.sql)?;
    }
    Ok(connection.execute_batch("REINDEX")?)
}

impl SqliteRecords {
    /// What the file has to say of itself.
    pub(crate) fn facts(&mut self, path: &Path) -> Result<Facts, StoreError> {
        self.read_all(|connection| facts(connection, path))
    }

    /// Adds what is wrong with the file.
    pub(crate) fn examine_file(&mut self, found: &mut Findings) -> Result<(), StoreError> {
        let is_whole = self.read(|connection| {
            examine(connection, found)?;
            tail::examine::examine(connection, found)
        })?;
        if !is_whole {
            self.pass_over_damage();
        }
        Ok(())
    }

    /// Refuses rows of older tables, which cannot be read here before they are brought up to date.
    pub(crate) fn refuse_not_of_today(&mut self) -> Result<(), StoreError> {
        let path = self.path().to_owned();
        self.read(|connection| {
            let version = open::begun_version(connection, open::examine(connection, &path)?)?;
            refuse_other_tables(version, &path)
        })
    }
}
