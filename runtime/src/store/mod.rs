//! Where contacts, journeys, the event log, the outbox and the decision records are kept.
//!
//! In: batches of [`Changes`], each written whole or not at all. Out: the rows that the engine asks for, in batches. This layer knows
//! rows, not workflows: frames and journeys are bytes to it, and it never decides anything.
//!
//! Nothing above may assume SQL, a single process or cheap round trips, so the trait speaks in batches. [`memory`] and [`sqlite`]
//! keep the same contract, shown by one set of tests that runs on both.

mod check;
pub mod digest;
mod error;
pub mod memory;
mod record;
pub mod sqlite;

#[cfg(test)]
mod tests;

pub use error::{StoreError, StoreFault};
pub use record::{
    Changes, ContactId, ContactRecord, ContactWrite, DecisionCode, DecisionCount, DecisionRecord, EventRecord,
    HandoffCount, HandoffRecord, HeldEntry, JourneyRecord, JourneyStatus, MessageId, OutboxKind, OutboxRecord,
    OutboxSettlement, OutboxState, PositionCount,
};

/// How many rows one call of a paged read returns at most.
pub const PAGE_ROWS: usize = 10_000;

/// Batches of rows, kept durably.
pub trait Store {
    /// The contacts of these keys, in the same order; `None` for a key that is nobody's. Keys are like `user:u-17` and
    /// `email:a@b.example`. Of a contact that was joined into another it is the other.
    fn find_contacts(&mut self, keys: &[String]) -> Result<Vec<Option<ContactId>>, StoreError>;

    /// Whole contacts with the journeys that still matter (`keep`), in the order of `ids`. An unknown id is an error of ours.
    fn load_contacts(&mut self, ids: &[ContactId]) -> Result<Vec<ContactRecord>, StoreError>;

    /// Which of these messages have already arrived (E3), in the same order.
    fn known_messages(&mut self, ids: &[MessageId]) -> Result<Vec<bool>, StoreError>;

    /// Writes everything in one durable transaction, or nothing.
    ///
    /// Rows are taken in the order given, so of two writes of one contact or journey the last holds. A key of a contact, an outbox
    /// row or a handoff that is there already stays as it is. Errors of ours, which leave nothing behind: a contact without texts that is
    /// not there, a number of texts other than the program's, a row of a contact that was never numbered, a message that has already
    /// arrived, an outbox id under two keys, a settlement of a row that is not there, a total out of range.
    fn commit(&mut self, changes: &Changes) -> Result<(), StoreError>;

    /// The contacts with a next instant, by id, after `after`; at most [`PAGE_ROWS`]. Read once, at start, to rebuild the due queue.
    fn due_contacts(&mut self, after: Option<ContactId>) -> Result<Vec<(ContactId, i64)>, StoreError>;

    /// The contacts that were last looked at under an earlier version of the program, by id, after `after`; at most [`PAGE_ROWS`]. It may
    /// read every contact, so it is asked once for each version.
    fn contacts_before(&mut self, version: u32, after: Option<ContactId>) -> Result<Vec<ContactId>, StoreError>;

    /// Where live journeys stand: each (workflow, block) once, sorted. It may read every journey, and is asked where a program has changed.
    fn live_blocks(&mut self) -> Result<Vec<(u32, u32)>, StoreError>;

    /// The event log in the order of arrival, after the event of this number (from 1), each with its own; at most [`PAGE_ROWS`]. Each with
    /// the contact it is about now.
    fn events_after(&mut self, number: u64) -> Result<Vec<(u64, EventRecord)>, StoreError>;

    /// Outbox rows that are still to leave, by id, after `after`; at most [`PAGE_ROWS`]. Each with the contact it is about now: of one
    /// that was joined into another it is the other. Read once, at start: from then on the engine knows them.
    fn unsettled(&mut self, after: Option<u64>) -> Result<Vec<OutboxRecord>, StoreError>;

    /// How many outbox rows are still to leave.
    fn unsettled_count(&mut self) -> Result<u64, StoreError>;

    /// A small named value, such as the clock of a virtual run.
    fn meta(&mut self, name: &str) -> Result<Option<Vec<u8>>, StoreError>;

    /// The running totals, sorted by name.
    fn counters(&mut self) -> Result<Vec<(String, i64)>, StoreError>;

    /// How often each decision was made, sorted.
    fn decision_counts(&mut self) -> Result<Vec<DecisionCount>, StoreError>;

    /// How many live journeys stand at each step, sorted. It may read every journey, so it is for people, not for the engine's loop.
    fn position_counts(&mut self) -> Result<Vec<PositionCount>, StoreError>;

    /// How many people each member of each team took over, by workflow, sorted.
    fn handoff_counts(&mut self) -> Result<Vec<HandoffCount>, StoreError>;

    /// The next free contact id: one more than the highest ever used.
    fn next_contact(&mut self) -> Result<ContactId, StoreError>;
}
