//! What people ask of a store: reports, explanations, and whoever brings a store to a new version of its program.

use super::digest::Snapshot;
use super::record::{BlockCount, DecisionCount, EventRecord, HandoffCount, PositionCount, UnopenedCount};
use super::{Actor, ContactId, Rows, SlotState, StoreError};
use std::collections::BTreeMap;

/// A view of what is durable, on a connection of its own: it may take its time, and nothing waits for it.
pub trait Records: Rows {
    /// Where each slot stands, by its number; none where nothing was written yet.
    fn slots(&mut self) -> Result<Vec<SlotState>, StoreError>;

    /// What each actor keeps.
    fn actors(&mut self) -> Result<BTreeMap<Actor, Vec<u8>>, StoreError>;

    /// The running totals, sorted by name.
    fn counters(&mut self) -> Result<Vec<(String, i64)>, StoreError>;

    /// How often each decision was made, over all days and versions, sorted.
    fn decision_counts(&mut self) -> Result<Vec<DecisionCount>, StoreError>;

    /// How many live journeys stand at each step, sorted. It may read every contact.
    fn position_counts(&mut self) -> Result<Vec<PositionCount>, StoreError>;

    /// How many live journeys resume at each block, sorted. It may read every contact.
    fn live_blocks(&mut self) -> Result<Vec<BlockCount>, StoreError>;

    /// How many people each member of each team took over, by workflow, sorted.
    fn handoff_counts(&mut self) -> Result<Vec<HandoffCount>, StoreError>;

    /// How many sends were clicked by a person and opened by nobody, as far as that was told, sorted. It may read every open and click.
    fn clicked_unopened(&mut self) -> Result<Vec<UnopenedCount>, StoreError>;

    /// How many outbox rows are still to leave.
    fn unsettled_count(&mut self) -> Result<u64, StoreError>;

    /// The event log in the order of arrival, after the event of this number; at most [`PAGE_ROWS`](super::PAGE_ROWS). Each with the contact it
    /// is about now.
    fn events_after(&mut self, number: u64) -> Result<Vec<EventRecord>, StoreError>;

    /// The contacts of the whole store, by number, after `after`; at most [`PAGE_ROWS`](super::PAGE_ROWS).
    fn contacts_after(&mut self, after: Option<ContactId>) -> Result<Vec<ContactId>, StoreError>;

    /// Everything.
    fn snapshot(&mut self) -> Result<Snapshot, StoreError>;
}
