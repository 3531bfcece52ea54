//! Bare SQLite: the recorded rows, written and read again by hand.
//!
//! Tables, indexes and pragmas are the store's own; its log is folded at the same size of log and once more at the end, inside the
//! clock. Each statement is prepared once, each batch is one transaction, its rows in the store's order.

use crate::Outcome;
use crate::recording::{Commit, Work};
use flow_runtime::store::*;
use rusqlite::{Connection, Transaction, TransactionBehavior, params};
use std::path::Path;

const SCHEMA: &str = concat!(
    include_str!("../../runtime/src/store/sqlite/V007.sql"),
    include_str!("../../runtime/src/store/sqlite/V008.sql"),
    include_str!("../../runtime/src/store/sqlite/V009.sql"),
    include_str!("../../runtime/src/store/sqlite/V010.sql"),
    include_str!("../../runtime/src/store/sqlite/V011.sql"),
    include_str!("../../runtime/src/store/sqlite/V012.sql"),
    include_str!("../../runtime/src/store/sqlite/V013.sql"),
    include_str!("../../runtime/src/store/sqlite/V014.sql"),
    include_str!("../../runtime/src/store/sqlite/V015.sql"),
    include_str!("../../runtime/src/store/sqlite/V016.sql")
);
/// As the store has them, but that the log is folded by the writer, once it holds as many pages as the store lets it grow to.
const PRAGMAS: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 16000; \
                       PRAGMA cache_size = -262144; PRAGMA cell_size_check = ON; PRAGMA trusted_schema = OFF;";
const CACHED_STATEMENTS: usize = 64;

const SLOT: &str = "INSERT INTO slot (slot, number, clock, first_day, next_contact, next_outbox, next_record) \
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (slot) DO UPDATE SET number = excluded.number, clock = excluded.clock, \
    next_contact = excluded.next_contact, next_outbox = excluded.next_outbox, next_record = excluded.next_record";
const CONTACT: &str = "INSERT INTO contact (id, next_at, layout, newest, frame, kept) \
    VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (id) DO UPDATE SET next_at = excluded.next_at, \
    layout = excluded.layout, newest = excluded.newest, frame = excluded.frame, kept = excluded.kept";
const TEXTS: &str =
    "INSERT INTO contact_text (id, texts) VALUES (?1, ?2) ON CONFLICT (id) DO UPDATE SET texts = excluded.texts";
const STEP: &str = "UPDATE contact SET next_at = ?2, layout = ?3, newest = ?4, frame = ?5, kept = ?6 WHERE id = ?1";
const ENDED: &str = "INSERT INTO journey_ended (contact, workflow, run, kept) VALUES (?1, ?2, ?3, ?4)";
const KEY: &str =
    "INSERT INTO contact_key (key, contact) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET contact = excluded.contact";
const EVENT: &str = "INSERT INTO event (id, previous, contact, day, message, name, occurred_at, received_at, properties, counts) \
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
const MESSAGE: &str = "INSERT INTO message (day, id) VALUES (?1, ?2)";
const OUTBOX: &str = "INSERT INTO outbox (id, key, kind, contact, workflow, run, step, email, recipient, payload, state, \
    attempts, queued_at, due_at, held_since, detail) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, '')";
const SETTLE: &str = "UPDATE outbox SET state = ?2, attempts = ?3, due_at = ?4, detail = ?5 WHERE id = ?1";
const HANDOFF: &str = "INSERT INTO handoff (key, contact, workflow, run, team, member, note, task, task_due_at, at) \
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
const DECISION: &str = "INSERT INTO decision (id, previous, contact, workflow, version, run, at, code, step, about, reason, send, \
    trace) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)";
const STAGE: &str =
    "INSERT INTO stage_change (contact, at, from_stage, to_stage, workflow, run) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
const SCORE: &str =
    "INSERT INTO score_change (contact, at, change, score, workflow, run) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
const READ: &str = "INSERT INTO stream_place (slot, stream, place) VALUES (0, ?1, ?2) \
    ON CONFLICT (slot, stream) DO UPDATE SET place = excluded.place";
const COUNTER: &str = "INSERT INTO counter (slot, name, total) VALUES (0, ?1, ?2) \
    ON CONFLICT (slot, name) DO UPDATE SET total = total + excluded.total";
const BY_DAY: &str = "INSERT INTO decision_day (slot, day, workflow, version, code, step, about, reason, total) \
    VALUES (0, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (slot, day, workflow, version, code, step, about, reason) \
    DO UPDATE SET total = total + excluded.total";
const CONVERSION: &str = "INSERT INTO conversion_week (slot, workflow, version, week, after_days, total) \
    VALUES (0, ?1, ?2, ?3, ?4, ?5) ON CONFLICT (slot, workflow, version, week, after_days) \
    DO UPDATE SET total = total + excluded.total";
const ENGAGEMENT: &str = "INSERT INTO engagement_day (slot, day, email, code, link, by_machine, total) \
    VALUES (0, ?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (slot, day, email, code, link, by_machine) \
    DO UPDATE SET total = total + excluded.total";

pub(crate) struct Floor {
    connection: Connection,
}

impl Floor {
    /// An empty database.
    pub(crate) fn create(path: &Path) -> Outcome<Floor> {
        let connection = Connection::open(path)?;
        connection.set_prepared_statement_cache_capacity(CACHED_STATEMENTS);
        connection.execute_batch(PRAGMAS)?;
        connection.execute_batch(SCHEMA)?;
        Ok(Floor { connection })
    }

    /// Does it all again: the batches and the contacts that were loaded or, with the questions, whatever else was asked.
    pub(crate) fn replay(&mut self, work: &[Work], questions: bool) -> Outcome<()> {
        for work in work {
            match work {
                Work::Commit(commit) => self.write(commit)?,
                Work::Ask(asked) => self.read(asked, questions)?,
            }
        }
        Ok(())
    }

    /// Folds the log, as closing a store does.
    pub(crate) fn close(self) -> Outcome<()> {
        Ok(self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?)
    }

    fn read(&mut self, asked: &Questions, questions: bool) -> Outcome<()> {
        if asked.contacts.is_empty() && !questions {
            return Ok(());
        }
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Deferred)?;
        read_contacts(&transaction, &asked.contacts)?;
        if questions {
            find(&transaction, &asked.keys)?;
            known(&transaction, &asked.messages)?;
        }
        Ok(transaction.commit()?)
    }

    fn write(&mut self, Commit { batch, contacts }: &Commit) -> Outcome<()> {
        let SlotBatch { slot, state, changes } = batch;
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let next = [state.next_contact, state.next_outbox, state.next_record].map(u64::cast_signed);
        let (number, [contact, outbox, record]) = (state.number.cast_signed(), next);
        let state = params![slot.index(), number, state.clock, state.first_day, contact, outbox, record];
        transaction.prepare_cached(SLOT)?.execute(state)?;
        write_contacts(&transaction, contacts)?;
        write_keys(&transaction, changes)?;
        write_events(&transaction, changes)?;
        write_outbox(&transaction, changes)?;
        write_handoffs(&transaction, changes)?;
        write_decisions(&transaction, changes)?;
        write_ledgers(&transaction, changes)?;
        write_totals(&transaction, changes)?;
        Ok(transaction.commit()?)
    }
}

fn number(id: ContactId) -> i64 {
    id.0.cast_signed()
}

/// As many bytes as the store makes of it.
fn packed(journeys: &[JourneyRecord], held: usize) -> Vec<u8> {
    let mut bytes = vec![0; 8 + journeys.len() * 72 + held * 28];
    for journey in journeys {
        bytes.resize(bytes.len() + journey.sends.len() * 20, 0);
        bytes.extend_from_slice(&journey.memory);
    }
    bytes
}

fn write_contacts(transaction: &Transaction<'_>, contacts: &[ContactWrite]) -> Outcome<()> {
    let mut insert = transaction.prepare_cached(CONTACT)?;
    let mut update = transaction.prepare_cached(STEP)?;
    for row in contacts {
        let (id, newest, kept) = (number(row.id), row.newest.cast_signed(), packed(&row.kept, row.held.len()));
        match &row.texts {
            None => update.execute(params![id, row.next_at, row.layout, newest, row.frame, kept])?,
            Some(texts) => {
                let texts = serde_json::to_string(texts)?;
                transaction.prepare_cached(TEXTS)?.execute(params![id, texts])?;
                insert.execute(params![id, row.next_at, row.layout, newest, row.frame, kept])?
            }
        };
    }
    Ok(())
}

fn write_keys(transaction: &Transaction<'_>, changes: &Changes) -> Outcome<()> {
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
    let mut ended = transaction.prepare_cached(ENDED)?;
    for row in &changes.ended {
        let kept = packed(std::slice::from_ref(row), 0);
        ended.execute(params![number(row.contact), row.workflow, row.run, kept])?;
    }
    Ok(())
}

fn write_events(transaction: &Transaction<'_>, changes: &Changes) -> rusqlite::Result<()> {
    let mut event = transaction.prepare_cached(EVENT)?;
    for row in &changes.events {
        let [id, previous] = [row.id, row.previous].map(u64::cast_signed);
        let (contact, MessageKey { day, id: message }) = (number(row.contact), row.message);
        let times = (row.occurred_at, row.received_at);
        event.execute(params![
            id,
            previous,
            contact,
            day,
            message.0,
            row.name,
            times.0,
            times.1,
            row.properties,
            row.counts
        ])?;
    }
    let mut messages: Vec<MessageKey> = changes.events.iter().map(|row| row.message).collect();
    messages.sort_unstable();
    let mut message = transaction.prepare_cached(MESSAGE)?;
    for MessageKey { day, id } in messages {
        message.execute(params![day, id.0])?;
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
            row.recipient,
            row.payload,
            row.state as u8,
            row.attempts,
            row.queued_at,
            row.due_at,
            row.held_since
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
    for row in &changes.decisions {
        let [id, previous] = [row.id, row.previous].map(u64::cast_signed);
        let (contact, code, send) = (number(row.contact), row.code as u8, row.send.map(u64::cast_signed));
        let trace: Vec<u8> = row.trace.iter().flat_map(|word| word.to_le_bytes()).collect();
        decision.execute(params![
            id,
            previous,
            contact,
            row.workflow,
            row.version,
            row.run,
            row.at,
            code,
            row.step,
            row.about,
            row.reason,
            send,
            trace
        ])?;
    }
    Ok(())
}

fn write_ledgers(transaction: &Transaction<'_>, changes: &Changes) -> rusqlite::Result<()> {
    let mut stage = transaction.prepare_cached(STAGE)?;
    for StageRecord { contact, at, from, to, by } in &changes.stages {
        let (workflow, run) = by.journey.unzip();
        stage.execute(params![number(*contact), at, from, to, workflow, run])?;
    }
    let mut score = transaction.prepare_cached(SCORE)?;
    for ScoreRecord { contact, at, change, score: sum, by } in &changes.scores {
        let (workflow, run) = by.journey.unzip();
        score.execute(params![number(*contact), at, change, sum, workflow, run])?;
    }
    Ok(())
}

fn write_totals(transaction: &Transaction<'_>, changes: &Changes) -> rusqlite::Result<()> {
    let mut read = transaction.prepare_cached(READ)?;
    for (name, value) in &changes.reads {
        read.execute(params![name, value])?;
    }
    for (total, more) in &changes.totals {
        let or_none = |of: &Option<u32>| of.map_or(-1, i64::from);
        match total {
            Total::Counter(name) => transaction.prepare_cached(COUNTER)?.execute(params![name, more])?,
            Total::Decisions { day, workflow, version, code, step, about, reason } => {
                let [workflow, step, about] = [workflow, step, about].map(or_none);
                let key = params![day, workflow, version, *code as u8, step, about, reason, more];
                transaction.prepare_cached(BY_DAY)?.execute(key)?
            }
            Total::Conversions { workflow, version, week, after_days } => {
                let key = params![workflow, version, week, after_days, more];
                transaction.prepare_cached(CONVERSION)?.execute(key)?
            }
            Total::Engagements { day, email, code, link, by_machine } => {
                let key = params![day, email, *code as u8, link, by_machine, more];
                transaction.prepare_cached(ENGAGEMENT)?.execute(key)?
            }
        };
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

fn read_contacts(connection: &Connection, ids: &[ContactId]) -> rusqlite::Result<()> {
    let load = "SELECT frame, next_at, layout, newest, kept, texts FROM contact JOIN contact_text USING (id) WHERE contact.id = ?1";
    ids.iter().try_for_each(|id| read_rows(connection, load, [number(*id)]))
}

fn find(connection: &Connection, keys: &[String]) -> rusqlite::Result<()> {
    keys.iter().try_for_each(|key| read_rows(connection, "SELECT contact FROM contact_key WHERE key = ?1", [key]))
}

fn known(connection: &Connection, messages: &[MessageKey]) -> rusqlite::Result<()> {
    let known = "SELECT 1 FROM message WHERE day = ?1 AND id = ?2";
    messages.iter().try_for_each(|MessageKey { day, id }| read_rows(connection, known, params![day, id.0]))
}
