//! Where a rehearsal is kept: in a file, or in memory and gone at its end, which only tests ask for.

use flow_runtime::store::memory::MemoryStore;
use flow_runtime::store::sqlite::SqliteStore;
use flow_runtime::store::{
    Answers, Batch, Blank, Charter, ContactId, Damaged, Opened, Questions, Records, Slot, SlotSink, Store, StoreError,
    StoredContact, Tended, Ticket, Wish,
};

/// Either store.
pub(crate) enum Kept {
    File(Box<SqliteStore>),
    Memory(MemoryStore),
}

impl Kept {
    /// Lets go of it, with what is to be told of that.
    pub(crate) fn close(self) -> Result<(), StoreError> {
        match self {
            Kept::File(store) => store.close(),
            Kept::Memory(_) => Ok(()),
        }
    }

    fn either(&mut self) -> &mut dyn Store {
        match self {
            Kept::File(store) => &mut **store,
            Kept::Memory(store) => store,
        }
    }
}

impl Store for Kept {
    fn tend(&mut self, wish: Wish) -> Result<Tended, StoreError> {
        self.either().tend(wish)
    }

    fn open(&mut self, slot: Slot, layout: u32, sink: &mut dyn SlotSink) -> Result<Opened, StoreError> {
        self.either().open(slot, layout, sink)
    }

    fn ask(&mut self, questions: &Questions) -> Result<Answers, StoreError> {
        self.either().ask(questions)
    }

    fn show(
        &mut self,
        ids: &[ContactId],
        to: &mut dyn FnMut(StoredContact<'_>) -> Result<(), Damaged>,
    ) -> Result<(), StoreError> {
        self.either().show(ids, to)
    }

    fn begin(&mut self, batch: Batch) -> Result<Ticket, StoreError> {
        self.either().begin(batch)
    }

    fn finish(&mut self, ticket: Ticket) -> Result<(), StoreError> {
        self.either().finish(ticket)
    }

    fn release(&mut self, slot: Slot) -> Result<(), StoreError> {
        self.either().release(slot)
    }

    fn blank(&mut self, blank: &[u8]) -> std::sync::Arc<Blank> {
        self.either().blank(blank)
    }

    fn charter(&mut self) -> Result<Charter, StoreError> {
        self.either().charter()
    }

    fn settle(&mut self, charter: &Charter) -> Result<(), StoreError> {
        self.either().settle(charter)
    }

    fn records(&self) -> Result<Box<dyn Records>, StoreError> {
        match self {
            Kept::File(store) => store.records(),
            Kept::Memory(store) => store.records(),
        }
    }
}
