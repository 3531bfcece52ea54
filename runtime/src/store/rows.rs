//! Every row of a store, in pages: for whoever proves a whole store, which may hold far more than fits into memory.
//!
//! Rows come as they were written: of a contact that was joined into another, its own number. Pages are ascending by what the next one is asked
//! behind, at most [`PAGE_ROWS`](super::PAGE_ROWS) long, and empty at the end.

use super::record::{
    ContactRecord, DecisionRecord, EventRecord, HandoffRecord, JourneyRecord, MessageKey, OutboxRecord, ScoreRecord,
    StageRecord,
};
use super::{Charter, ContactId, KeptProgram, StoreError, Total};
use std::collections::BTreeMap;

/// A row with its place in its own table.
pub type Placed<T> = (u64, T);

/// The key of a journey: contact, number of the workflow, run.
pub type JourneyKey = (ContactId, u32, u32);

/// A view of the rows, of what is durable.
pub trait Rows {
    /// What the store is, and the newest version of its program.
    fn charter(&mut self) -> Result<Charter, StoreError>;

    /// One version of its program; none where it never ran one of that number.
    fn program(&mut self, version: u32) -> Result<Option<KeptProgram>, StoreError>;

    /// The versions of its program, ascending.
    fn versions(&mut self) -> Result<Vec<u32>, StoreError>;

    /// Contacts whole, by number. None beside the number of one whose row cannot be read.
    fn whole_contacts(
        &mut self,
        after: Option<ContactId>,
    ) -> Result<Vec<(ContactId, Option<ContactRecord>)>, StoreError>;

    /// What finds contacts, by key.
    fn keys(&mut self, after: Option<&str>) -> Result<Vec<(String, ContactId)>, StoreError>;

    /// Whom each of these keys finds by now.
    fn owners(&mut self, keys: &[String]) -> Result<Vec<Option<ContactId>>, StoreError>;

    /// Who was joined into whom, by the first.
    fn joined(&mut self, after: Option<ContactId>) -> Result<Vec<(ContactId, ContactId)>, StoreError>;

    /// Journeys that nobody asks for any more, by key.
    fn ended(&mut self, after: Option<JourneyKey>) -> Result<Vec<JourneyRecord>, StoreError>;

    /// Events, by number.
    fn events(&mut self, after: u64) -> Result<Vec<EventRecord>, StoreError>;

    /// Decisions, by number.
    fn decisions(&mut self, after: u64) -> Result<Vec<DecisionRecord>, StoreError>;

    /// Outbox rows, by number.
    fn outbox(&mut self, after: u64) -> Result<Vec<OutboxRecord>, StoreError>;

    /// Handoffs in the order in which they were written.
    fn handoffs(&mut self, after: u64) -> Result<Vec<Placed<HandoffRecord>>, StoreError>;

    /// The same of changes of a stage.
    fn stages(&mut self, after: u64) -> Result<Vec<Placed<StageRecord>>, StoreError>;

    /// The same of changes of a score.
    fn scores(&mut self, after: u64) -> Result<Vec<Placed<ScoreRecord>>, StoreError>;

    /// Every total, over all slots. There are as many as there are days, steps and reasons, however many people there are.
    fn totals(&mut self) -> Result<BTreeMap<Total, i64>, StoreError>;

    /// How far each stream of input was read, in its reader's own words.
    fn reads(&mut self) -> Result<BTreeMap<String, Vec<u8>>, StoreError>;

    /// Shows each key that several outbox rows have, in their order.
    fn repeated_keys(&mut self, show: &mut dyn FnMut(String)) -> Result<(), StoreError>;

    /// Shows each message that does not stand exactly once both among the events and among what is known to have arrived, in their order.
    fn astray_messages(&mut self, show: &mut dyn FnMut(Astray)) -> Result<(), StoreError>;
}

/// A message, and how often it stands in the log and among what is known to have arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Astray {
    /// Which one.
    pub message: MessageKey,
    /// Among the events.
    pub logged: u64,
    /// Among what is known.
    pub known: u64,
}
