//! A store in one SQLite file, for one process.
//!
//! In: [`Changes`], each one durable transaction. Out: rows. This layer knows tables, not frames: only the view for people
//! ([`view`]) looks into one, by a description that it is given.
//!
//! A step's cost is the pages it dirties, so a contact is one row: its frame packed, its due instant without an index (the queue lives
//! in memory). Writing is cached statements, one execute a row, rows in key order; each batch is one `BEGIN IMMEDIATE` with
//! `synchronous=FULL`. The log that SQLite writes ahead is folded into the file by a thread of its own ([`checkpoint`]), so that no
//! batch waits for it.

mod checkpoint;
mod codes;
mod contacts;
mod counts;
mod decisions;
mod events;
mod fault;
mod handoffs;
mod held;
mod journeys;
mod meta;
mod migrate;
mod open;
mod outbox;
mod snapshot;
mod there;
mod view;

pub use open::OpenOptions;
pub(super) use snapshot::snapshot_of;
pub(crate) use there::is_named_as_store;
pub use view::{Shows, ViewColumn, Word, WordKind};

use super::check::check_rows;
use super::digest::Snapshot;
use super::{
    Changes, ContactId, ContactRecord, DecisionCount, EventRecord, HandoffCount, MessageId, OutboxRecord,
    PositionCount, Store, StoreError,
};
use checkpoint::Checkpointer;
use contacts::ContactSql;
use fault::Trouble;
use rusqlite::{Connection, TransactionBehavior};
use std::path::PathBuf;
use there::{Identity, Lock};

/// An open store.
#[derive(Debug)]
pub struct SqliteStore {
    /// Before the connection, so that it stops first.
    checkpointer: Checkpointer,
    connection: Connection,
    contact_sql: ContactSql,
    path: PathBuf,
    /// The file that stood there when it was opened.
    identity: Identity,
    next_contact: u64,
    /// Keeps other processes out for as long as the store is open; last, so that it is given up last.
    _lock: Lock,
}

impl SqliteStore {
    /// Folds the log into the file and closes it. Dropping the store does the same and keeps silent about failures, which is safe:
    /// what was not folded now is folded at the next start.
    pub fn close(mut self) -> Result<(), StoreError> {
        let closed = self.identity.check(&self.path).and_then(|()| self.finish());
        closed.map_err(|trouble| trouble.at(&self.path, "close"))
    }

    /// From now on for this program: its text columns, its views.
    pub fn describe(&mut self, options: &OpenOptions) -> Result<(), StoreError> {
        let Self { connection, checkpointer, path, .. } = self;
        checkpointer
            .begin_batch()
            .and_then(|_turn| options.describe(connection))
            .map_err(|trouble| trouble.at(path, "write to"))?;
        self.contact_sql = ContactSql::new(&options.texts);
        Ok(())
    }

    /// Everything it holds.
    pub fn snapshot(&mut self) -> Result<Snapshot, StoreError> {
        let texts = self.contact_sql.columns.clone();
        self.read(|connection, _| snapshot::read(connection, &texts))
    }

    fn finish(&mut self) -> Result<(), Trouble> {
        self.checkpointer.stop();
        Ok(checkpoint::fold_all(&self.connection)?)
    }

    /// Reads in one transaction: without it, each statement would lock and unlock the file by itself.
    fn read<T>(&mut self, work: impl FnOnce(&Connection, &ContactSql) -> Result<T, Trouble>) -> Result<T, StoreError> {
        let Self { connection, contact_sql, path, .. } = self;
        transact(connection, TransactionBehavior::Deferred, |connection| work(connection, contact_sql))
            .map_err(|trouble| trouble.at(path, "read"))
    }

    /// Writes in one durable transaction, or not at all.
    fn write(&mut self, work: impl FnOnce(&Connection, &ContactSql) -> Result<(), Trouble>) -> Result<(), StoreError> {
        let Self { connection, contact_sql, path, identity, checkpointer, .. } = self;
        identity
            .check(path)
            .and_then(|()| checkpointer.begin_batch())
            .and_then(|_turn| {
                transact(connection, TransactionBehavior::Immediate, |connection| work(connection, contact_sql))
            })
            .map_err(|trouble| trouble.at(path, "write to"))
    }
}

impl Drop for SqliteStore {
    fn drop(&mut self) {
        // `close` is for those who want to hear of a failure.
        let _ = self.finish();
    }
}

fn transact<T>(
    connection: &mut Connection,
    behavior: TransactionBehavior,
    work: impl FnOnce(&Connection) -> Result<T, Trouble>,
) -> Result<T, Trouble> {
    // Dropped before its commit, the transaction is rolled back.
    let transaction = connection.transaction_with_behavior(behavior)?;
    let result = work(&transaction)?;
    transaction.commit()?;
    Ok(result)
}

fn write_changes(connection: &Connection, sql: &ContactSql, changes: &Changes) -> Result<(), Trouble> {
    contacts::write(connection, sql, &changes.contacts)?;
    contacts::write_keys(connection, &changes.keys)?;
    contacts::join(connection, &changes.joined)?;
    journeys::write(connection, &changes.journeys)?;
    events::write(connection, &changes.events)?;
    outbox::write(connection, &changes.outbox)?;
    outbox::settle(connection, &changes.settled)?;
    handoffs::write(connection, &changes.handoffs)?;
    decisions::write(connection, &changes.decisions)?;
    meta::write(connection, &changes.meta)?;
    counts::add(connection, &changes.counters)
}

impl Store for SqliteStore {
    fn find_contacts(&mut self, keys: &[String]) -> Result<Vec<Option<ContactId>>, StoreError> {
        self.read(|connection, _| contacts::find(connection, keys))
    }

    fn load_contacts(&mut self, ids: &[ContactId]) -> Result<Vec<ContactRecord>, StoreError> {
        self.read(|connection, sql| contacts::load(connection, sql, ids))
    }

    fn known_messages(&mut self, ids: &[MessageId]) -> Result<Vec<bool>, StoreError> {
        self.read(|connection, _| events::known(connection, ids))
    }

    fn commit(&mut self, changes: &Changes) -> Result<(), StoreError> {
        if changes.is_empty() {
            return Ok(());
        }
        let next_contact = check_rows(changes, self.contact_sql.columns.len(), self.next_contact)?;
        self.write(|connection, sql| write_changes(connection, sql, changes))?;
        self.next_contact = next_contact;
        Ok(())
    }

    fn due_contacts(&mut self, after: Option<ContactId>) -> Result<Vec<(ContactId, i64)>, StoreError> {
        self.read(|connection, _| contacts::due(connection, after))
    }

    fn contacts_before(&mut self, version: u32, after: Option<ContactId>) -> Result<Vec<ContactId>, StoreError> {
        self.read(|connection, _| contacts::before(connection, version, after))
    }

    fn live_blocks(&mut self) -> Result<Vec<(u32, u32)>, StoreError> {
        self.read(|connection, _| journeys::live_blocks(connection))
    }

    fn events_after(&mut self, number: u64) -> Result<Vec<(u64, EventRecord)>, StoreError> {
        self.read(|connection, _| events::after(connection, number))
    }

    fn unsettled(&mut self, after: Option<u64>) -> Result<Vec<OutboxRecord>, StoreError> {
        self.read(|connection, _| outbox::unsettled(connection, after))
    }

    fn unsettled_count(&mut self) -> Result<u64, StoreError> {
        self.read(|connection, _| outbox::unsettled_count(connection))
    }

    fn meta(&mut self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        self.read(|connection, _| meta::read(connection, name))
    }

    fn counters(&mut self) -> Result<Vec<(String, i64)>, StoreError> {
        self.read(|connection, _| counts::totals(connection))
    }

    fn decision_counts(&mut self) -> Result<Vec<DecisionCount>, StoreError> {
        self.read(|connection, _| decisions::counts(connection))
    }

    fn position_counts(&mut self) -> Result<Vec<PositionCount>, StoreError> {
        self.read(|connection, _| counts::positions(connection))
    }

    fn handoff_counts(&mut self) -> Result<Vec<HandoffCount>, StoreError> {
        self.read(|connection, _| handoffs::counts(connection))
    }

    fn next_contact(&mut self) -> Result<ContactId, StoreError> {
        Ok(ContactId(self.next_contact))
    }
}

/// What only tests ask of a store.
#[cfg(test)]
impl SqliteStore {
    /// Lets the file grow to so many pages and no further, as a full disk does.
    pub(super) fn limit_pages(&self, pages: u32) {
        self.connection.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(())).unwrap();
    }

    /// Refuses every write, as a read-only place does.
    pub(super) fn refuse_writes(&self) {
        self.connection.pragma_update(None, "query_only", true).unwrap();
    }

    /// Stands in for a log that could not be folded because the disk is full.
    pub(super) fn fail_fold(&self) {
        self.checkpointer.fail(rusqlite::ffi::SQLITE_FULL);
    }

    /// What the engine's loop asks, and how SQLite finds it.
    pub(super) fn plans(&self) -> Vec<(String, Vec<String>)> {
        let queries = [
            contacts::FIND.to_owned(),
            self.contact_sql.load.clone(),
            contacts::DUE.to_owned(),
            journeys::load_sql(),
            held::LOAD.to_owned(),
            events::KNOWN.to_owned(),
            outbox::unsettled_sql(),
            outbox::UNSETTLED_COUNT.to_owned(),
            "SELECT * FROM contact_view WHERE contact = ?1".to_owned(),
            "SELECT * FROM journey_view WHERE contact = ?1".to_owned(),
            "SELECT * FROM journey_view WHERE user_id = ?1".to_owned(),
            "SELECT opened_at FROM mail_view".to_owned(),
        ];
        let plan = |query: &str| {
            let mut statement = self.connection.prepare(&format!("EXPLAIN QUERY PLAN {query}")).unwrap();
            let parameters = vec![0; statement.parameter_count()];
            let steps = statement.query_map(rusqlite::params_from_iter(parameters), |row| row.get(3)).unwrap();
            steps.map(Result::unwrap).collect()
        };
        queries.into_iter().map(|query| (query.clone(), plan(&query))).collect()
    }

    pub(super) fn connection(&self) -> &Connection {
        &self.connection
    }
}
