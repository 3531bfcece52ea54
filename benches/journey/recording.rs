//! The engine's store, watched: how long it was waited for, and what it was asked.

use crate::now;
use flow_runtime::store::sqlite::SqliteStore;
use flow_runtime::store::*;
use std::time::Duration;

/// What the engine asked of its store.
pub(crate) enum Work {
    Commit(Box<Commit>),
    Ask(Questions),
}

/// A batch, with its contacts as rows: the engine hands them over packed, and taking them apart is no part of the floor's work.
pub(crate) struct Commit {
    pub(crate) batch: SlotBatch,
    pub(crate) contacts: Vec<ContactWrite>,
}

impl Work {
    pub(crate) fn commit(batch: SlotBatch) -> Work {
        let contacts = batch.changes.contacts.whole().collect();
        Work::Commit(Box::new(Commit { batch, contacts }))
    }

    /// What was written, if this wrote anything.
    pub(crate) fn batch(&self) -> Option<&SlotBatch> {
        match self {
            Work::Commit(commit) => Some(&commit.batch),
            Work::Ask(_) => None,
        }
    }
}

pub(crate) struct Recording {
    store: SqliteStore,
    keeps: bool,
    pub(crate) work: Vec<Work>,
    /// For how long the engine waited for its store.
    pub(crate) waited: Duration,
}

impl Recording {
    pub(crate) fn keeping(store: SqliteStore) -> Recording {
        Recording { store, keeps: true, work: Vec::new(), waited: Duration::ZERO }
    }

    pub(crate) fn timing(store: SqliteStore) -> Recording {
        Recording { keeps: false, ..Recording::keeping(store) }
    }

    /// Closes the store, so that nothing is left to fold.
    pub(crate) fn close(self) -> Result<Closed, StoreError> {
        let began = now();
        self.store.close()?;
        Ok(Closed { work: self.work, waited: self.waited + began.elapsed() })
    }

    fn keep(&mut self, work: impl FnOnce() -> Work) {
        if self.keeps {
            self.work.push(work());
        }
    }

    fn timed<T>(&mut self, work: impl FnOnce(&mut SqliteStore) -> T) -> T {
        let began = now();
        let result = work(&mut self.store);
        self.waited += began.elapsed();
        result
    }
}

/// Sorts rows as the store does before it writes them, so that the floor need not.
fn in_store_order(mut batch: SlotBatch) -> SlotBatch {
    let changes = &mut batch.changes;
    let mut contacts: Vec<ContactWrite> = changes.contacts.whole().collect();
    contacts.sort_by_key(|row| row.id);
    changes.contacts = contacts.into();
    changes.keys.sort();
    changes.ended.sort_by_key(|row| (row.contact, row.workflow, row.run));
    changes.settled.sort_by_key(|row| row.id);
    batch
}

/// What is known when all is done.
pub(crate) struct Closed {
    pub(crate) work: Vec<Work>,
    pub(crate) waited: Duration,
}

impl Store for Recording {
    fn tend(&mut self, wish: Wish) -> Result<Tended, StoreError> {
        self.store.tend(wish)
    }

    fn open(&mut self, slot: Slot, layout: u32, sink: &mut dyn SlotSink) -> Result<Opened, StoreError> {
        self.timed(|store| store.open(slot, layout, sink))
    }

    fn ask(&mut self, questions: &Questions) -> Result<Answers, StoreError> {
        self.keep(|| Work::Ask(questions.clone()));
        self.timed(|store| store.ask(questions))
    }

    fn show(
        &mut self,
        ids: &[ContactId],
        to: &mut dyn FnMut(StoredContact<'_>) -> Result<(), Damaged>,
    ) -> Result<(), StoreError> {
        self.keep(|| Work::Ask(Questions { contacts: ids.to_vec(), ..Questions::default() }));
        self.timed(|store| store.show(ids, to))
    }

    fn begin(&mut self, batch: Batch) -> Result<Ticket, StoreError> {
        if self.keeps {
            let slots = batch.slots.iter().cloned();
            self.work.extend(slots.map(|slot| Work::commit(in_store_order(slot))));
        }
        self.timed(|store| store.begin(batch))
    }

    fn finish(&mut self, ticket: Ticket) -> Result<(), StoreError> {
        self.timed(|store| store.finish(ticket))
    }

    fn release(&mut self, slot: Slot) -> Result<(), StoreError> {
        self.store.release(slot)
    }

    fn blank(&mut self, blank: &[u8]) -> std::sync::Arc<Blank> {
        self.store.blank(blank)
    }

    fn charter(&mut self) -> Result<Charter, StoreError> {
        self.store.charter()
    }

    fn settle(&mut self, charter: &Charter) -> Result<(), StoreError> {
        self.store.settle(charter)
    }

    fn records(&self) -> Result<Box<dyn Records>, StoreError> {
        self.store.records()
    }
}
