//! A store whose process dies when it is told to.

use std::path::Path;
use std::sync::Arc;

use flow_runtime::store::memory::MemoryStore;
use flow_runtime::store::sqlite::{Keeping, OpenOptions, SqliteStore};
use flow_runtime::store::{
    Answers, Batch, Blank, Charter, ContactId, Damaged, Opened, Questions, Records, Slot, SlotSink, Store, StoreError,
    StoreFault, StoredContact, Tended, Ticket, Wish,
};

use super::channel::Receiver;
use crate::world::StoreKind;
use crate::world::faults::Death;

/// So few changes make a round that the tables follow all the time.
const SMALL_ROUND: usize = 5;

/// Where a store is, while no process has it.
#[derive(Debug)]
pub(super) enum Place {
    /// In memory.
    Memory(Box<MemoryStore>),
    /// In a file.
    File(OpenOptions),
}

/// One of the two kinds of stores.
enum Kept {
    Memory(MemoryStore),
    Sqlite(Box<SqliteStore>),
}

/// A store in the hands of a process that may die.
pub(super) struct Mortal {
    kept: Kept,
    death: Option<Death>,
    begun: u32,
    receiver: Arc<Receiver>,
    chance: u64,
    is_dead: bool,
}

impl Place {
    /// A store of its own, in a file below a folder or in memory.
    pub(super) fn new(kind: StoreKind, folder: &Path) -> Place {
        let options = OpenOptions { bare: true, ..OpenOptions::new(folder.join("store.db")) };
        match kind {
            StoreKind::Memory => Place::Memory(Box::new(MemoryStore::new())),
            StoreKind::Rows => Place::File(OpenOptions { keeping: Keeping::Rows, ..options }),
            StoreKind::Journal => Place::File(options),
            StoreKind::SmallRounds => Place::File(OpenOptions { round_changes: SMALL_ROUND, ..options }),
        }
    }

    /// Opens it for a process.
    pub(super) fn open(&self, receiver: &Arc<Receiver>) -> Result<Mortal, StoreError> {
        let kept = match self {
            Place::Memory(store) => Kept::Memory(store.another()),
            Place::File(options) => Kept::Sqlite(Box::new(options.open()?)),
        };
        let receiver = Arc::clone(receiver);
        Ok(Mortal { kept, death: None, begun: 0, receiver, chance: 0, is_dead: false })
    }
}

impl Mortal {
    /// How the process ends that has it, and by which chance.
    pub(super) fn dies(&mut self, death: Option<Death>, chance: u64) {
        (self.death, self.chance) = (death, chance);
    }

    /// Whether it has died.
    pub(super) fn is_dead(&self) -> bool {
        self.is_dead
    }

    fn store(&mut self) -> &mut dyn Store {
        match &mut self.kept {
            Kept::Memory(store) => store,
            Kept::Sqlite(store) => &mut **store,
        }
    }

    fn alive(&mut self) -> Result<&mut dyn Store, StoreError> {
        if self.is_dead { Err(died()) } else { Ok(self.store()) }
    }
}

fn died() -> StoreError {
    StoreError { fault: StoreFault::Other, message: "the process died".to_owned(), help: String::new(), path: None }
}

impl Store for Mortal {
    fn tend(&mut self, wish: Wish) -> Result<Tended, StoreError> {
        self.store().tend(wish)
    }

    fn open(&mut self, slot: Slot, layout: u32, sink: &mut dyn SlotSink) -> Result<Opened, StoreError> {
        self.store().open(slot, layout, sink)
    }

    fn ask(&mut self, questions: &Questions) -> Result<Answers, StoreError> {
        self.alive()?.ask(questions)
    }

    fn show(
        &mut self,
        ids: &[ContactId],
        to: &mut dyn FnMut(StoredContact<'_>) -> Result<(), Damaged>,
    ) -> Result<(), StoreError> {
        self.alive()?.show(ids, to)
    }

    fn begin(&mut self, batch: Batch) -> Result<Ticket, StoreError> {
        self.begun += 1;
        let begun = self.begun;
        match self.death {
            Some(Death::LosesBatch(at)) if begun >= at => {
                self.is_dead = true;
                Err(died())
            }
            Some(Death::BeforeHandingOver(at)) if begun >= at => {
                let ticket = self.alive()?.begin(batch)?;
                self.store().finish(ticket)?;
                self.is_dead = true;
                Err(died())
            }
            Some(Death::WhileHandingOver(at)) if begun >= at => {
                let ticket = self.alive()?.begin(batch)?;
                self.receiver.dies(self.chance);
                self.is_dead = true;
                Ok(ticket)
            }
            _ => self.alive()?.begin(batch),
        }
    }

    /// What was handed over before the death is durable all the same.
    fn finish(&mut self, ticket: Ticket) -> Result<(), StoreError> {
        self.store().finish(ticket)
    }

    fn release(&mut self, slot: Slot) -> Result<(), StoreError> {
        self.store().release(slot)
    }

    fn blank(&mut self, blank: &[u8]) -> Arc<Blank> {
        self.store().blank(blank)
    }

    fn charter(&mut self) -> Result<Charter, StoreError> {
        self.store().charter()
    }

    fn settle(&mut self, charter: &Charter) -> Result<(), StoreError> {
        self.store().settle(charter)
    }

    fn records(&self) -> Result<Box<dyn Records>, StoreError> {
        match &self.kept {
            Kept::Memory(store) => store.records(),
            Kept::Sqlite(store) => store.records(),
        }
    }
}
