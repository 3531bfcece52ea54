//! Bare SQLite: the recorded rows, written and read again by hand.
//!
//! Tables, indexes and pragmas are the store's own; its log is folded at the same size of log and once more at the end, inside the
//! clock. Each statement is prepared once, each batch is one transaction, its rows in the store's order.

use crate::Outcome;
use crate::recording::Work;
use flow_runtime::store::*;
use rusqlite::{Connection, Transaction, TransactionBehavior, params, params_from_iter};
use std::collections::BTreeMap;
use std::path::Path;

const SCHEMA: [&str; 6] = [
    include_str!("../../runtime/src/store/sqlite/V001.sql"),
    include_str!("../../runtime/src/store/sqlite/V002.sql"),
    include_str!("../../runtime/src/store/sqlite/V003.sql"),
    include_str!("../../runtime/src/store/sqlite/V004.sql"),
    include_str!("../../runtime/src/store/sqlite/V005.sql"),
    include_str!("../../runtime/src/store/sqlite/V006.sql"),
];
/// As the store has them, but that the log is folded by the writer, once it holds as many pages as the store lets it grow to.
const PRAGMAS: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 16000; \
                       PRAGMA cache_size = -262144; PRAGMA cell_size_check = ON; PRAGMA trusted_schema = OFF;";
const CACHED_STATEMENTS: usize = 64;

const JOURNEY: &str = "INSERT INTO journey \
    (contact, workflow, run, keep, status, block, step, visit, due_at, entered_at, ended_at, memory, outbox) \
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13) \
    ON CONFLICT (contact, workflow, run) DO UPDATE SET keep = excluded.keep, status = excluded.status, \
    block = excluded.block, step = excluded.step, visit = excluded.visit, due_at = excluded.due_at, \
    entered_at = excluded.entered_at, ended_at = excluded.ended_at, memory = excluded.memory, \
    outbox = excluded.outbox";
const KEY: &str =
    "INSERT INTO contact_key (key, contact) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET contact = excluded.contact";
const EVENT: &str = "INSERT INTO event (contact, message, name, occurred_at, received_at, properties) \
    VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
const OUTBOX: &str = "INSERT INTO outbox (id, key, kind, contact, workflow, run, step, email, payload, state, attempts, \
    queued_at, due_at, detail) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, '')";
const SETTLE: &str = "UPDATE outbox SET state = ?2, attempts = ?3, due_at = ?4, detail = ?5 WHERE id = ?1";
const HANDOFF: &str = "INSERT INTO handoff (key, contact, workflow, run, team, member, note, task, task_due_at, at) \
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
const DECISION: &str = "INSERT INTO decision (contact, workflow, run, at, code, step, reason, trace) \
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT DO NOTHING";
const TOTAL: &str = "INSERT INTO decision_total (workflow, code, step, reason, total) VALUES (?1, ?2, ?3, ?4, ?5) \
    ON CONFLICT (workflow, code, step, reason) DO UPDATE SET total = total + excluded.total";
const META: &str =
    "INSERT INTO meta (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = excluded.value";
const COUNTER: &str = "INSERT INTO counter (name, value) VALUES (?1, ?2) \
    ON CONFLICT (name) DO UPDATE SET value = value + excluded.value";
const LOAD_JOURNEYS: &str = "SELECT workflow, run, status, block, step, visit, due_at, entered_at, ended_at, memory \
    FROM journey WHERE contact = ?1 AND keep = 1 ORDER BY workflow, run";

pub(crate) struct Floor {
    connection: Connection,
    load: String,
    upsert: String,
}

impl Floor {
    /// An empty database for contacts with so many texts.
    pub(crate) fn create(path: &Path, texts: usize) -> Outcome<Floor> {
        let connection = Connection::open(path)?;
        connection.set_prepared_statement_cache_capacity(CACHED_STATEMENTS);
        connection.execute_batch(PRAGMAS)?;
        SCHEMA.iter().try_for_each(|sql| connection.execute_batch(sql))?;
        for text in 0..texts {
            connection.execute_batch(&format!("ALTER TABLE contact ADD COLUMN text_{text} TEXT"))?;
        }
        let join = |each: fn(usize) -> String| (0..texts).map(each).collect::<String>();
        let columns = join(|text| format!(", text_{text}"));
        let places = join(|text| format!(", ?{}", text + 4));
        let sets = join(|text| format!(", text_{text} = excluded.text_{text}"));
        let upsert = format!(
            "INSERT INTO contact (id, frame, next_at{columns}) VALUES (?1, ?2, ?3{places}) \
             ON CONFLICT (id) DO UPDATE SET frame = excluded.frame, next_at = excluded.next_at{sets}"
        );
        Ok(Floor { connection, load: format!("SELECT frame, next_at{columns} FROM contact WHERE id = ?1"), upsert })
    }

    /// Does it all again: the batches and the contacts that were loaded or, with the questions, whatever else was asked.
    pub(crate) fn replay(&mut self, work: &[Work], questions: bool) -> Outcome<()> {
        for work in work {
            match work {
                Work::Commit(changes) => self.write(changes)?,
                Work::Load(ids) => self.read(|connection, load| read_contacts(connection, load, ids))?,
                Work::Find(keys) if questions => self.read(|connection, _| find(connection, keys))?,
                Work::Known(ids) if questions => self.read(|connection, _| known(connection, ids))?,
                Work::Find(_) | Work::Known(_) => {}
            }
        }
        Ok(())
    }

    /// Folds the log, as closing a store does.
    pub(crate) fn close(self) -> Outcome<()> {
        Ok(self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?)
    }

    fn read(&mut self, work: impl FnOnce(&Connection, &str) -> rusqlite::Result<()>) -> Outcome<()> {
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Deferred)?;
        work(&transaction, &self.load)?;
        Ok(transaction.commit()?)
    }

    fn write(&mut self, changes: &Changes) -> Outcome<()> {
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        write_contacts(&transaction, &self.upsert, changes)?;
        write_journeys(&transaction, changes)?;
        write_events(&transaction, changes)?;
        write_outbox(&transaction, changes)?;
        write_handoffs(&transaction, changes)?;
        write_decisions(&transaction, changes)?;
        write_totals(&transaction, changes)?;
        Ok(transaction.commit()?)
    }
}

fn number(id: ContactId) -> i64 {
    id.0.cast_signed()
}

fn write_contacts(transaction: &Transaction<'_>, upsert: &str, changes: &Changes) -> rusqlite::Result<()> {
    let mut upsert = transaction.prepare_cached(upsert)?;
    let mut update = transaction.prepare_cached("UPDATE contact SET frame = ?2, next_at = ?3 WHERE id = ?1")?;
    for row in &changes.contacts {
        match &row.texts {
            None => update.execute(params![number(row.id), row.frame, row.next_at])?,
            Some(texts) => {
                let id = number(row.id);
                let fixed: [&dyn rusqlite::ToSql; 3] = [&id, &row.frame, &row.next_at];
                let texts = texts.iter().map(|text| text as &dyn rusqlite::ToSql);
                upsert.execute(params_from_iter(fixed.into_iter().chain(texts)))?
            }
        };
    }
    let mut key = transaction.prepare_cached(KEY)?;
    let mut free = transaction.prepare_cached("DELETE FROM contact_key WHERE key = ?1")?;
    for (name, contact) in &changes.keys {
        match contact {
            Some(contact) => key.execute(params![name, number(*contact)])?,
            None => free.execute([name])?,
        };
    }
    let mut join = transaction.prepare_cached("INSERT INTO joined (contact, \"into\") VALUES (?1, ?2)")?;
    for (contact, into) in &changes.joined {
        join.execute([number(*contact), number(*into)])?;
    }
    Ok(())
}

fn write_journeys(transaction: &Transaction<'_>, changes: &Changes) -> rusqlite::Result<()> {
    let mut journey = transaction.prepare_cached(JOURNEY)?;
    for row in &changes.journeys {
        let (status, contact) = (row.status as u8, number(row.contact));
        journey.execute(params![
            contact,
            row.workflow,
            row.run,
            row.keep,
            status,
            row.block,
            row.step,
            row.visit,
            row.due_at,
            row.entered_at,
            row.ended_at,
            row.memory,
            row.outbox.map(u64::cast_signed)
        ])?;
    }
    Ok(())
}

fn write_events(transaction: &Transaction<'_>, changes: &Changes) -> rusqlite::Result<()> {
    let mut event = transaction.prepare_cached(EVENT)?;
    for row in &changes.events {
        let contact = number(row.contact);
        event.execute(params![contact, row.message.0, row.name, row.occurred_at, row.received_at, row.properties])?;
    }
    Ok(())
}

fn write_outbox(transaction: &Transaction<'_>, changes: &Changes) -> rusqlite::Result<()> {
    let mut outbox = transaction.prepare_cached(OUTBOX)?;
    for row in &changes.outbox {
        outbox.execute(params![
            row.id.cast_signed(),
            row.key,
            row.kind as u8,
            number(row.contact),
            row.workflow,
            row.run,
            row.step,
            row.email,
            row.payload,
            row.state as u8,
            row.attempts,
            row.queued_at,
            row.due_at
        ])?;
    }
    let mut settle = transaction.prepare_cached(SETTLE)?;
    for row in &changes.settled {
        settle.execute(params![row.id.cast_signed(), row.state as u8, row.attempts, row.due_at, row.detail])?;
    }
    Ok(())
}

fn write_handoffs(transaction: &Transaction<'_>, changes: &Changes) -> rusqlite::Result<()> {
    let mut handoff = transaction.prepare_cached(HANDOFF)?;
    for row in &changes.handoffs {
        handoff.execute(params![
            row.key,
            number(row.contact),
            row.workflow,
            row.run,
            row.team,
            row.member,
            row.note,
            row.task,
            row.task_due_at,
            row.at
        ])?;
    }
    Ok(())
}

fn write_decisions(transaction: &Transaction<'_>, changes: &Changes) -> rusqlite::Result<()> {
    let mut decision = transaction.prepare_cached(DECISION)?;
    let mut totals: BTreeMap<(i64, u8, i64, u32), i64> = BTreeMap::new();
    for row in &changes.decisions {
        let (contact, code) = (number(row.contact), row.code as u8);
        let trace: Vec<u8> = row.trace.iter().flat_map(|word| word.to_le_bytes()).collect();
        decision.execute(params![contact, row.workflow, row.run, row.at, code, row.step, row.reason, trace])?;
        let key = (row.workflow.map_or(-1, i64::from), code, row.step.map_or(-1, i64::from), row.reason);
        *totals.entry(key).or_default() += 1;
    }
    let mut total = transaction.prepare_cached(TOTAL)?;
    for ((workflow, code, step, reason), count) in totals {
        total.execute(params![workflow, code, step, reason, count])?;
    }
    Ok(())
}

fn write_totals(transaction: &Transaction<'_>, changes: &Changes) -> rusqlite::Result<()> {
    let mut meta = transaction.prepare_cached(META)?;
    for (name, value) in &changes.meta {
        meta.execute(params![name, value])?;
    }
    let mut counter = transaction.prepare_cached(COUNTER)?;
    for (name, more) in &changes.counters {
        counter.execute(params![name, more])?;
    }
    Ok(())
}

/// Steps through every row of a query and looks at each of its values.
fn read_rows(connection: &Connection, sql: &str, params: impl rusqlite::Params) -> rusqlite::Result<()> {
    let mut statement = connection.prepare_cached(sql)?;
    let columns = statement.column_count();
    let mut rows = statement.query(params)?;
    while let Some(row) = rows.next()? {
        for column in 0..columns {
            std::hint::black_box(row.get_ref(column)?);
        }
    }
    Ok(())
}

fn read_contacts(connection: &Connection, load: &str, ids: &[ContactId]) -> rusqlite::Result<()> {
    for id in ids {
        read_rows(connection, load, [number(*id)])?;
        read_rows(connection, LOAD_JOURNEYS, [number(*id)])?;
    }
    Ok(())
}

fn find(connection: &Connection, keys: &[String]) -> rusqlite::Result<()> {
    keys.iter().try_for_each(|key| read_rows(connection, "SELECT contact FROM contact_key WHERE key = ?1", [key]))
}

fn known(connection: &Connection, ids: &[MessageId]) -> rusqlite::Result<()> {
    ids.iter().try_for_each(|id| read_rows(connection, "SELECT 1 FROM event WHERE message = ?1", [id.0]))
}
