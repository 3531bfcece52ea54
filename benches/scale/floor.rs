//! Bare SQLite for the same work, with statements written by hand.

use crate::Outcome;
use rusqlite::{Connection, params};
use std::collections::BTreeSet;
use std::path::Path;

const BATCH: u64 = 1_000;
/// Between two times at which what a journal has gathered goes into its table.
const WRITE_BACK: u64 = 250_000;
const PRAGMAS: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 16000; PRAGMA cache_size = -262144;";
const LOGS: &str = "CREATE TABLE outbox (id INTEGER PRIMARY KEY, key TEXT NOT NULL, contact INTEGER NOT NULL, step INTEGER NOT NULL, recipient TEXT NOT NULL, \
     state INTEGER NOT NULL, due_at INTEGER NOT NULL) STRICT; \
     CREATE TABLE decision (id INTEGER PRIMARY KEY, contact INTEGER NOT NULL, at INTEGER NOT NULL, code INTEGER NOT NULL, step INTEGER NOT NULL) STRICT; \
     CREATE TABLE event (id INTEGER PRIMARY KEY, contact INTEGER NOT NULL, name TEXT NOT NULL, at INTEGER NOT NULL, properties TEXT NOT NULL) STRICT;";
const OUTBOX: &str = "INSERT INTO outbox (key, contact, step, recipient, state, due_at) VALUES (?1, ?2, ?3, ?4, 0, ?5)";
const DECISION: &str = "INSERT INTO decision (contact, at, code, step) VALUES (?1, ?2, ?3, ?4)";
const EVENT: &str = "INSERT INTO event (contact, name, at, properties) VALUES (?1, ?2, ?3, ?4)";

fn create(path: &Path, tables: &str) -> Outcome<Connection> {
    let connection = Connection::open(path)?;
    connection.set_prepared_statement_cache_capacity(64);
    connection.execute_batch(PRAGMAS)?;
    connection.execute_batch(tables)?;
    connection.execute_batch(LOGS)?;
    Ok(connection)
}

pub(crate) fn fold(connection: &Connection) -> Outcome<()> {
    Ok(connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?)
}

/// A step that has no divisor in common with a power of ten: who is due next.
fn scattered(turn: u64, contacts: u64) -> i64 {
    (turn.wrapping_mul(7_368_787) % contacts + 1) as i64
}

fn address(contact: i64) -> String {
    format!("person{contact}@company{}.example", contact / 20)
}

/// The tables that one would draw first: a row a contact with a column a field, a row an enrolment with an index on when it is due.
pub(crate) struct Tables {
    connection: Connection,
    contacts: u64,
    visited: u64,
}

impl Tables {
    pub(crate) fn create(path: &Path, contacts: u64) -> Outcome<Tables> {
        let fields: String = (0..16).map(|field| format!(", f{field} INTEGER NOT NULL")).collect();
        let connection = create(
            path,
            &format!(
                "CREATE TABLE contact (id INTEGER PRIMARY KEY, email TEXT NOT NULL{fields}) STRICT; \
                 CREATE TABLE enrolment (id INTEGER PRIMARY KEY, contact INTEGER NOT NULL, pc INTEGER NOT NULL, wake_at INTEGER NOT NULL, vars BLOB NOT NULL) STRICT;"
            ),
        )?;
        let values: String = (0..16).map(|field| format!(", {field} * 7")).collect();
        let mut contact = connection.prepare(&format!("INSERT INTO contact VALUES (?1, ?2{values})"))?;
        let mut enrolment = connection.prepare("INSERT INTO enrolment VALUES (?1, ?1, 1, ?2, zeroblob(24))")?;
        connection.execute_batch("BEGIN")?;
        for id in 1..=contacts as i64 {
            contact.execute(params![id, address(id)])?;
            enrolment.execute(params![id, 0])?;
        }
        connection.execute_batch("COMMIT; BEGIN")?;
        let mut due = connection.prepare("UPDATE enrolment SET wake_at = ?2 WHERE id = ?1")?;
        for turn in 0..contacts {
            due.execute(params![scattered(turn, contacts), turn as i64])?;
        }
        connection.execute_batch(
            "COMMIT; CREATE INDEX due ON enrolment (wake_at); CREATE INDEX enrolled ON enrolment (contact)",
        )?;
        drop((contact, enrolment, due));
        fold(&connection)?;
        Ok(Tables { connection, contacts, visited: 0 })
    }

    /// Wakes so many: loads both rows, changes both, writes a message and a decision.
    pub(crate) fn wake(&mut self, due: u64) -> Outcome<()> {
        let mut left = due;
        while left > 0 {
            let batch = left.min(BATCH);
            left -= batch;
            let transaction = self.connection.transaction()?;
            let next = next_due(&transaction, batch)?;
            for (id, contact, pc, wake_at) in next {
                let mut load = transaction.prepare_cached("SELECT email, f1, f2 FROM contact WHERE id = ?1")?;
                let (email, employees, score): (String, i64, i64) =
                    load.query_row([contact], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
                let more = if employees >= 100 { 5 } else { 1 };
                let change = "UPDATE contact SET f2 = ?2 WHERE id = ?1";
                transaction.prepare_cached(change)?.execute(params![contact, score + more])?;
                let go_on = "UPDATE enrolment SET pc = ?2, wake_at = ?3 WHERE id = ?1";
                transaction.prepare_cached(go_on)?.execute(params![id, pc + 1, wake_at + self.contacts as i64])?;
                let key = format!("c{contact}.nurture.1.s{pc}.v1");
                transaction.prepare_cached(OUTBOX)?.execute(params![key, contact, pc, email, wake_at])?;
                transaction.prepare_cached(DECISION)?.execute(params![contact, wake_at, 3, pc])?;
            }
            transaction.commit()?;
        }
        fold(&self.connection)
    }

    /// Takes so many events: a row each, two counts of the contact, and whoever waits.
    pub(crate) fn visit(&mut self, events: u64) -> Outcome<()> {
        let mut left = events;
        while left > 0 {
            let batch = left.min(BATCH);
            left -= batch;
            let transaction = self.connection.transaction()?;
            for _ in 0..batch {
                self.visited += 1;
                let contact = scattered(self.visited.wrapping_mul(31), self.contacts);
                let at = self.visited as i64;
                transaction.prepare_cached(EVENT)?.execute(params![
                    contact,
                    "visited",
                    at,
                    "{\"page\":\"/pricing\"}"
                ])?;
                let count = "UPDATE contact SET f3 = f3 + 1, f4 = ?2 WHERE id = ?1";
                transaction.prepare_cached(count)?.execute(params![contact, at])?;
                let mut waits = transaction.prepare_cached("SELECT id FROM enrolment WHERE contact = ?1 AND pc = 9")?;
                waits.exists([contact])?;
            }
            transaction.commit()?;
        }
        fold(&self.connection)
    }
}

/// Enrolments, each with its contact, where it stands and when it is due.
fn next_due(connection: &Connection, count: u64) -> Outcome<Vec<(i64, i64, i64, i64)>> {
    let sql = "SELECT id, contact, pc, wake_at FROM enrolment ORDER BY wake_at LIMIT ?1";
    let mut next = connection.prepare_cached(sql)?;
    let rows = next.query_map([count as i64], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// What a journal writes of a step beside the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rows {
    /// A message and a decision, as few columns as tell of them.
    Few,
    /// Those of Flow, in its own tables: a message and, in the next batch, its receipt; three decisions; a change of the score; an event and the id of its message. All but the totals.
    Same,
}

const SAME: &str = concat!(
    include_str!("../../runtime/src/store/sqlite/V007.sql"),
    include_str!("../../runtime/src/store/sqlite/V008.sql"),
    include_str!("../../runtime/src/store/sqlite/V010.sql"),
    include_str!("../../runtime/src/store/sqlite/V011.sql"),
    include_str!("../../runtime/src/store/sqlite/V012.sql"),
    include_str!("../../runtime/src/store/sqlite/V013.sql")
);
const SAME_OUTBOX: &str = "INSERT INTO outbox (id, key, kind, contact, workflow, run, step, email, recipient, payload, state, attempts, queued_at, \
     due_at, held_since, detail) VALUES (?1, ?2, 0, ?3, 0, 1, 3, 0, ?4, ?5, 1, 1, ?6, ?6, ?6, '')";
const SAME_RECEIPT: &str = "UPDATE outbox SET state = 2, attempts = 1, due_at = ?2, detail = ?3 WHERE id = ?1";
const SAME_DECISION: &str = "INSERT INTO decision (previous, contact, workflow, version, run, at, code, step, about, reason, send, trace) \
     VALUES (?1, ?2, 0, 1, 1, ?3, ?4, ?5, NULL, 0, ?6, ?7)";
const SAME_SCORE: &str =
    "INSERT INTO score_change (contact, at, change, score, workflow, run) VALUES (?1, ?2, 5, ?3, 0, 1)";
const SAME_EVENT: &str = "INSERT INTO event (id, previous, contact, day, message, name, occurred_at, received_at, properties, counts) \
     VALUES (?1, ?1, ?2, 20500, ?3, 'visited', ?1, ?1, '{\"page\":\"/pricing\"}', 1)";
const SAME_MESSAGE: &str = "INSERT INTO message (day, id) VALUES (20500, ?1)";
const PAYLOAD: &str = r#"{"first_name":"Kim","links":{},"subject":"One"}"#;
const RECEIPT: &str = "<c1.nurture.1.s3.v1.flow@acme.example>";

/// Everything in memory, with a record a batch; a table that is written now and then, in order.
pub(crate) struct Journal {
    connection: Connection,
    rows: Rows,
    frames: Vec<[u8; FRAME]>,
    dirty: BTreeSet<i64>,
    turn: u64,
}

/// Bytes of what is kept of a contact: as many as Flow keeps of one of these.
const FRAME: usize = 136;

impl Journal {
    pub(crate) fn create(path: &Path, contacts: u64, rows: Rows) -> Outcome<Journal> {
        let connection = Connection::open(path)?;
        connection.set_prepared_statement_cache_capacity(64);
        connection.execute_batch(PRAGMAS)?;
        connection.execute_batch(if rows == Rows::Few { LOGS } else { SAME })?;
        connection.execute_batch(
            "CREATE TABLE person (id INTEGER PRIMARY KEY, email TEXT NOT NULL, frame BLOB NOT NULL) STRICT; \
             CREATE TABLE journal (number INTEGER PRIMARY KEY, delta BLOB NOT NULL) STRICT; BEGIN",
        )?;
        let mut insert = connection.prepare("INSERT INTO person VALUES (?1, ?2, ?3)")?;
        let frame = [7; FRAME];
        for id in 1..=contacts as i64 {
            insert.execute(params![id, address(id), frame])?;
        }
        drop(insert);
        connection.execute_batch("COMMIT")?;
        fold(&connection)?;
        Ok(Journal { connection, rows, frames: vec![frame; contacts as usize], dirty: BTreeSet::new(), turn: 0 })
    }

    /// Wakes so many, each of whom is sent a message.
    pub(crate) fn wake(&mut self, due: u64) -> Outcome<()> {
        let rows = self.rows;
        let mut sent = 0..0;
        self.batches(due, |transaction, contacts| {
            for id in sent.clone() {
                transaction.prepare_cached(SAME_RECEIPT)?.execute(params![id, id, RECEIPT])?;
            }
            contacts.iter().try_for_each(|(at, contact)| write_step(transaction, rows, (*contact, *at)))?;
            if rows == Rows::Same {
                sent = contacts.first().map_or(0, |(at, _)| *at)..contacts.last().map_or(0, |(at, _)| at + 1);
            }
            Ok(())
        })
    }

    /// Takes so many events, each a row with the id of its message beside.
    pub(crate) fn visit(&mut self, events: u64) -> Outcome<()> {
        self.batches(events, |transaction, contacts| {
            for (at, contact) in contacts {
                let message = format!("v{at}");
                transaction.prepare_cached(SAME_EVENT)?.execute(params![at, contact, message.as_bytes()])?;
                transaction.prepare_cached(SAME_MESSAGE)?.execute([message.as_bytes()])?;
            }
            Ok(())
        })
    }

    /// So many contacts, a thousand a batch, each with the number of their turn.
    fn batches(&mut self, turns: u64, mut write: impl FnMut(&Connection, &[(i64, i64)]) -> Outcome<()>) -> Outcome<()> {
        let (mut delta, mut contacts) = (Vec::new(), Vec::new());
        let mut left = turns;
        while left > 0 {
            let batch = left.min(BATCH);
            left -= batch;
            delta.clear();
            contacts.clear();
            for _ in 0..batch {
                self.turn += 1;
                let contact = scattered(self.turn, self.frames.len() as u64);
                let frame = &mut self.frames[contact as usize - 1];
                frame[9] = frame[9].wrapping_add(1);
                delta.extend(contact.to_le_bytes());
                delta.extend_from_slice(frame);
                self.dirty.insert(contact);
                contacts.push((self.turn as i64, contact));
            }
            let transaction = self.connection.transaction()?;
            write(&transaction, &contacts)?;
            transaction.prepare_cached("INSERT INTO journal (delta) VALUES (?1)")?.execute([&delta])?;
            transaction.commit()?;
            if self.dirty.len() as u64 >= WRITE_BACK.min(self.frames.len() as u64 / 4) {
                self.write_back()?;
            }
        }
        self.write_back()?;
        fold(&self.connection)
    }

    fn write_back(&mut self) -> Outcome<()> {
        let transaction = self.connection.transaction()?;
        for contact in std::mem::take(&mut self.dirty) {
            let frame = self.frames[contact as usize - 1];
            transaction
                .prepare_cached("UPDATE person SET frame = ?2 WHERE id = ?1")?
                .execute(params![contact, frame])?;
        }
        transaction.execute("DELETE FROM journal", [])?;
        Ok(transaction.commit()?)
    }
}

fn write_step(connection: &Connection, rows: Rows, (contact, at): (i64, i64)) -> Outcome<()> {
    let step = 3;
    let key = format!("c{contact}.nurture.1.s{step}.v1");
    if rows == Rows::Few {
        connection.prepare_cached(OUTBOX)?.execute(params![key, contact, 1, address(contact), at])?;
        connection.prepare_cached(DECISION)?.execute(params![contact, at, 3, 1])?;
        return Ok(());
    }
    connection.prepare_cached(SAME_OUTBOX)?.execute(params![at, key, contact, address(contact), PAYLOAD, at])?;
    let mut decision = connection.prepare_cached(SAME_DECISION)?;
    decision.execute(params![at, contact, at, 1, step, None::<i64>, [1_u8, 0]])?;
    decision.execute(params![at, contact, at, 31, step, at, [0_u8; 0]])?;
    decision.execute(params![at, contact, at, 8, step, None::<i64>, [0_u8; 0]])?;
    connection.prepare_cached(SAME_SCORE)?.execute(params![contact, at, at])?;
    Ok(())
}

/// All people of a store of Flow, their texts and keys, read once in the order in which they lie, and nothing made of them.
pub(crate) fn read_people(path: &Path) -> Outcome<()> {
    let connection = Connection::open(path)?;
    for (sql, columns) in [
        ("SELECT id, next_at, layout, newest, frame, kept FROM contact", 6),
        ("SELECT id, texts FROM contact_text", 2),
        ("SELECT key, contact FROM contact_key", 2),
    ] {
        let mut statement = connection.prepare(sql)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            for column in 0..columns {
                std::hint::black_box(row.get_ref(column)?);
            }
        }
    }
    Ok(())
}

/// So many events a commit.
pub(crate) struct Commits {
    connection: Connection,
    rows: Rows,
    turn: i64,
}

/// What a batch of Flow writes beside its events: what it leaves of people, a counter, and how far the slot is.
const SAME_TAIL: &str = "INSERT INTO contact_tail (place, people, bytes) VALUES (?1, ?2, ?3)";
const SAME_COUNTER: &str = "INSERT INTO counter (slot, name, total) VALUES (0, 'events', ?1) \
     ON CONFLICT (slot, name) DO UPDATE SET total = total + excluded.total";
const SAME_SLOT: &str = "UPDATE slot SET number = ?1, clock = ?1, next_record = ?1, tail_sum = ?1 WHERE slot = 0";

impl Commits {
    pub(crate) fn create(path: &Path, rows: Rows) -> Outcome<Commits> {
        let connection = match rows {
            Rows::Few => create(path, "")?,
            Rows::Same => {
                let connection = Connection::open(path)?;
                connection.execute_batch(PRAGMAS)?;
                connection.execute_batch(SAME)?;
                connection.execute_batch("INSERT INTO slot VALUES (0, 0, 0, 0, 0, 0, 0, 0)")?;
                connection
            }
        };
        Ok(Commits { connection, rows, turn: 0 })
    }

    pub(crate) fn commit(&mut self, events: usize) -> Outcome<()> {
        let transaction = self.connection.transaction()?;
        for _ in 0..events {
            self.turn += 1;
            write_event(&transaction, self.rows, self.turn)?;
        }
        if self.rows == Rows::Same {
            let (people, frames) = ("1234567,".repeat(events), vec![7_u8; FRAME * events]);
            transaction.prepare_cached(SAME_TAIL)?.execute(params![self.turn, people, frames])?;
            transaction.prepare_cached(SAME_COUNTER)?.execute([events as i64])?;
            transaction.prepare_cached(SAME_SLOT)?.execute([self.turn])?;
        }
        Ok(transaction.commit()?)
    }
}

fn write_event(connection: &Connection, rows: Rows, turn: i64) -> Outcome<()> {
    if rows == Rows::Few {
        let row = params![turn % 97, "visited", turn, "{\"page\":\"/pricing\"}"];
        connection.prepare_cached(EVENT)?.execute(row)?;
        return Ok(());
    }
    let message = format!("v{turn}");
    connection.prepare_cached(SAME_EVENT)?.execute(params![turn, turn % 97, message.as_bytes()])?;
    Ok(())
}
