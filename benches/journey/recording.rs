//! The engine's store, watched: how long it took, and what it was asked.

use crate::now;
use flow_runtime::store::sqlite::SqliteStore;
use flow_runtime::store::*;
use std::time::Duration;

/// What the engine asked of its store.
pub(crate) enum Work {
    Commit(Box<Changes>),
    Load(Vec<ContactId>),
    Find(Vec<String>),
    Known(Vec<MessageId>),
}

impl Work {
    /// What was written, if this wrote anything.
    pub(crate) fn changes(&self) -> Option<&Changes> {
        match self {
            Work::Commit(changes) => Some(changes),
            Work::Load(_) | Work::Find(_) | Work::Known(_) => None,
        }
    }
}

pub(crate) struct Recording {
    store: SqliteStore,
    keeps: bool,
    pub(crate) work: Vec<Work>,
    /// Time spent in the store.
    pub(crate) spent: Duration,
}

impl Recording {
    pub(crate) fn keeping(store: SqliteStore) -> Recording {
        Recording { store, keeps: true, work: Vec::new(), spent: Duration::ZERO }
    }

    pub(crate) fn timing(store: SqliteStore) -> Recording {
        Recording { keeps: false, ..Recording::keeping(store) }
    }

    /// Closes the store, so that nothing is left to fold.
    pub(crate) fn close(self) -> Result<Closed, StoreError> {
        let began = now();
        self.store.close()?;
        Ok(Closed { work: self.work, spent: self.spent + began.elapsed() })
    }

    fn keep(&mut self, work: impl FnOnce() -> Work) {
        if self.keeps {
            self.work.push(work());
        }
    }

    fn timed<T>(&mut self, work: impl FnOnce(&mut SqliteStore) -> T) -> T {
        let began = now();
        let result = work(&mut self.store);
        self.spent += began.elapsed();
        result
    }
}

/// Sorts rows as the store does before it writes them, so that the floor need not.
fn in_store_order(mut changes: Changes) -> Changes {
    changes.contacts.sort_by_key(|row| row.id);
    changes.keys.sort();
    changes.journeys.sort_by_key(|row| (row.contact, row.workflow, row.run));
    changes.settled.sort_by_key(|row| row.id);
    changes
}

/// What is known when all is done.
pub(crate) struct Closed {
    pub(crate) work: Vec<Work>,
    pub(crate) spent: Duration,
}

impl Store for Recording {
    fn find_contacts(&mut self, keys: &[String]) -> Result<Vec<Option<ContactId>>, StoreError> {
        self.keep(|| Work::Find(keys.to_vec()));
        self.timed(|store| store.find_contacts(keys))
    }

    fn load_contacts(&mut self, ids: &[ContactId]) -> Result<Vec<ContactRecord>, StoreError> {
        self.keep(|| Work::Load(ids.to_vec()));
        self.timed(|store| store.load_contacts(ids))
    }

    fn known_messages(&mut self, ids: &[MessageId]) -> Result<Vec<bool>, StoreError> {
        self.keep(|| Work::Known(ids.to_vec()));
        self.timed(|store| store.known_messages(ids))
    }

    fn commit(&mut self, changes: &Changes) -> Result<(), StoreError> {
        self.keep(|| Work::Commit(Box::new(in_store_order(changes.clone()))));
        self.timed(|store| store.commit(changes))
    }

    fn due_contacts(&mut self, after: Option<ContactId>) -> Result<Vec<(ContactId, i64)>, StoreError> {
        self.timed(|store| store.due_contacts(after))
    }

    fn contacts_before(&mut self, layout: u32, after: Option<ContactId>) -> Result<Vec<ContactId>, StoreError> {
        self.timed(|store| store.contacts_before(layout, after))
    }

    fn live_blocks(&mut self) -> Result<Vec<(u32, u32)>, StoreError> {
        self.timed(SqliteStore::live_blocks)
    }

    fn events_after(&mut self, after: u64) -> Result<Vec<(u64, EventRecord)>, StoreError> {
        self.timed(|store| store.events_after(after))
    }

    fn unsettled(&mut self, after: Option<u64>) -> Result<Vec<OutboxRecord>, StoreError> {
        self.timed(|store| store.unsettled(after))
    }

    fn unsettled_count(&mut self) -> Result<u64, StoreError> {
        self.timed(SqliteStore::unsettled_count)
    }

    fn meta(&mut self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        self.timed(|store| store.meta(name))
    }

    fn counters(&mut self) -> Result<Vec<(String, i64)>, StoreError> {
        self.timed(SqliteStore::counters)
    }

    fn decision_counts(&mut self) -> Result<Vec<DecisionCount>, StoreError> {
        self.timed(SqliteStore::decision_counts)
    }

    fn position_counts(&mut self) -> Result<Vec<PositionCount>, StoreError> {
        self.timed(SqliteStore::position_counts)
    }

    fn handoff_counts(&mut self) -> Result<Vec<HandoffCount>, StoreError> {
        self.timed(SqliteStore::handoff_counts)
    }

    fn next_contact(&mut self) -> Result<ContactId, StoreError> {
        self.timed(SqliteStore::next_contact)
    }
}
