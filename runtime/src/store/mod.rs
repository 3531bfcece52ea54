//! Where contacts, journeys, the event log, the outbox and the decision records are kept.
//!
//! In: batches, numbered and each written whole or not at all. Out: what the engine asks, several kinds of questions at once. This layer
//! knows rows, not workflows: frames and the memory of journeys are bytes to it, and it never decides anything.
//!
//! Nothing above may assume SQL, a single process or cheap round trips. So a store is made of slots ([`slot`]), each with one owner;
//! whoever has lost a slot writes nothing to it any more; and what people ask ([`Records`]) never stands in the way of the engine.
//! [`memory`] and [`sqlite`] keep the same contract, shown by one set of tests that runs on both.

mod batch;
mod check;
pub mod digest;
mod error;
mod frame;
mod kept;
pub mod memory;
pub(crate) mod packed;
mod record;
mod records;
mod resident;
mod rows;
mod said;
mod slot;
pub mod sqlite;
mod stored;
mod texts;
mod written;

#[cfg(test)]
mod tests;

pub use batch::{Actor, Batch, Changes, Opened, SlotBatch, SlotState, Total, batches};
pub use error::{StoreError, StoreFault};
pub use frame::Blank;
pub(crate) use kept::Journeys;
pub use record::{
    About, BlockCount, ChangedBy, ContactRecord, ContactWrite, DecisionCode, DecisionCount, DecisionRecord,
    EventRecord, HandoffAnswer, HandoffCount, HandoffRecord, HeldEntry, JourneyRecord, JourneyStatus, JourneyValue,
    MessageId, MessageKey, OutboxKind, OutboxRecord, OutboxSettlement, OutboxState, PositionCount, ScoreRecord,
    SendRecord, StageRecord, Trace, UnopenedCount, day_of,
};
pub use records::Records;
pub use rows::{Astray, JourneyKey, Placed, Rows};
pub use said::SaidAt;
pub use slot::{ContactId, MAX_NUMBER, Owner, SLOTS, Slot, Tended, Wish, number_in_slot};
pub(crate) use stored::Buffers;
pub use stored::{Damaged, StoredContact};
pub use texts::Texts;
pub use written::ContactWrites;
pub(crate) use written::ToWrite;

use std::sync::Arc;

/// How many rows one call of a paged read returns at most.
pub const PAGE_ROWS: usize = 10_000;

/// What the places of streams begin with that hold no place: behind it stands a column by which a file refused mail, in words, and the number that
/// decisions keep of it.
pub const REFUSED_BY: &str = "refused by ";

/// What one process may write, and how the engine writes it.
pub trait Store {
    /// Renews the right to write, and takes slots that are free. A store in a file gives its first slot, for as long as it is open.
    fn tend(&mut self, wish: Wish) -> Result<Tended, StoreError>;

    /// Reads what the owner of a slot must hold, in pages, into `sink`: whoever is due or of an earlier layout than `layout`, and what is on its
    /// way out. Also to be called after a batch whose outcome is unknown.
    fn open(&mut self, slot: Slot, layout: u32, sink: &mut dyn SlotSink) -> Result<Opened, StoreError>;

    /// Answers several kinds of questions in one round trip, by everything that was handed over before.
    fn ask(&mut self, questions: &Questions) -> Result<Answers, StoreError>;

    /// Shows contacts, in this order, by everything that was handed over before, each until the next one: whoever keeps them copies them. An
    /// error for one that is not there, or is damaged.
    fn show(
        &mut self,
        ids: &[ContactId],
        to: &mut dyn FnMut(StoredContact<'_>) -> Result<(), Damaged>,
    ) -> Result<(), StoreError>;

    /// Hands a batch over. Batches become durable in this order; if one fails, so do all later ones, until their slots are opened again.
    ///
    /// Errors of ours, which leave nothing behind, here or in [`finish`](Self::finish): a contact without texts that is not there, a row of
    /// a contact that was never numbered, a message that has already arrived, an outbox number given twice, a settlement of a row that is
    /// not there, a total out of range. [`Lost`](StoreFault::Lost) where another owns the slot, or has written to it.
    fn begin(&mut self, batch: Batch) -> Result<Ticket, StoreError>;

    /// Waits until a batch is durable.
    fn finish(&mut self, ticket: Ticket) -> Result<(), StoreError>;

    /// Gives a slot up after its last batch.
    fn release(&mut self, slot: Slot) -> Result<(), StoreError>;

    /// What the store is, and whose program it runs.
    fn charter(&mut self) -> Result<Charter, StoreError>;

    /// Settles what the store is. What is none stays as it is; a program is kept beside those of other versions. Nothing else may be on its
    /// way.
    fn settle(&mut self, charter: &Charter) -> Result<(), StoreError>;

    /// What frames are to be kept as differences to, where a new one of the program is `blank`: that, behind what earlier programs have begun with.
    fn blank(&mut self, blank: &[u8]) -> Arc<Blank>;

    /// What people ask, by everything that is durable. It does not stand in the way of the engine.
    fn records(&self) -> Result<Box<dyn Records>, StoreError>;

    /// Hands a batch over and waits for it.
    fn commit(&mut self, batch: Batch) -> Result<(), StoreError> {
        let ticket = self.begin(batch)?;
        self.finish(ticket)
    }
}

/// A batch that was handed over, by the how-manieth it was in this process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ticket(pub u64);

/// How many of the newest messages are known by their id alone, whatever day they say.
pub const RECENT_MESSAGES: usize = 100_000;

/// What takes in a slot that is opened.
pub trait SlotSink {
    /// The newest [`RECENT_MESSAGES`] that have arrived, the newest first.
    fn messages(&mut self, newest: Vec<MessageId>);
    /// Contacts, ascending by number: those with a next instant or of an earlier layout. Who was joined into another is nobody any more, whatever
    /// their row says.
    fn contacts(&mut self, page: &[DueContact]);
    /// Outbox rows that are claimed or promised, ascending by number, each with the contact it is about now: of one that was joined into another
    /// it is the other. Those that wait for their instant may be any number, and are asked for ([`Questions::queued`]).
    fn outbox(&mut self, page: Vec<OutboxRecord>);
}

/// Somebody of whom the owner of their slot must know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DueContact {
    /// Who.
    pub id: ContactId,
    /// The next instant at which something may happen by itself.
    pub next_at: Option<i64>,
    /// The version of the program under which they were last looked at.
    pub layout: u32,
}

/// Several kinds of questions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Questions {
    /// Whose keys these are. Keys are like `user:u-17` and `email:a@b.example`.
    pub keys: Vec<String>,
    /// Whether these messages have already arrived (E3).
    pub messages: Vec<MessageKey>,
    /// These contacts, whole. An unknown one is damage: whoever asks has the number from the store.
    pub contacts: Vec<ContactId>,
    /// These outbox rows, as far as they are still to leave.
    pub rows: Vec<u64>,
    /// To whom these outbox rows are, or went.
    pub recipients: Vec<u64>,
    /// The next of the outbox rows that wait for their instant.
    pub queued: Option<QueuedBehind>,
    /// What these contacts, and whoever was joined into them, did after this record of the log.
    pub events: Vec<(ContactId, u64)>,
}

/// Which of the outbox rows that wait for their instant, in the order in which they are due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueuedBehind {
    /// Whose.
    pub slot: Slot,
    /// Those behind this place.
    pub behind: DuePlace,
    /// So many at most, and never more than [`PAGE_ROWS`].
    pub at_most: usize,
}

/// The place of an outbox row among those that wait: when it is due, and its number.
pub type DuePlace = (i64, u64);

/// Before every row that waits.
pub const BEFORE_ALL: DuePlace = (i64::MIN, 0);

/// Their answers, each in the order of its questions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answers {
    /// `None` for a key that is nobody's. Of a contact that was joined into another it is the other.
    pub owners: Vec<Option<ContactId>>,
    /// Whether each message has arrived.
    pub known: Vec<bool>,
    /// Whole contacts.
    pub contacts: Vec<ContactRecord>,
    /// `None` for an outbox row that has left, or is not there. Each with the contact it is about now.
    pub rows: Vec<Option<OutboxRecord>>,
    /// The addresses; `None` for an outbox row that is not there.
    pub recipients: Vec<Option<String>>,
    /// By (due, number). Each with the contact it is about now.
    pub queued: Vec<OutboxRecord>,
    /// Events, ascending by number, each as it was kept.
    pub events: Vec<Vec<EventRecord>>,
}

/// What a store is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Charter {
    /// Its own name, part of the key of everything that leaves, for ever.
    pub name: Option<String>,
    /// What it is for, for ever: a word of the layer above.
    pub kind: Option<String>,
    /// The newest version of its program.
    pub program: Option<KeptProgram>,
}

impl Charter {
    /// What a store is for in which things happen to real people.
    pub const LIVE: &str = "live";

    /// Whether they do in this one.
    pub fn is_live(&self) -> bool {
        self.kind.as_deref() == Some(Self::LIVE)
    }
}

/// A program that a store has run, whole: the numbers in its records are that program's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptProgram {
    /// Its version in this store, ascending.
    pub version: u32,
    /// What it means, in short.
    pub hash: Vec<u8>,
    /// All of it, in the words of the layer above.
    pub text: Vec<u8>,
    /// Numbers of facts that are still to be filled from the log.
    pub recalling: Vec<u32>,
}
