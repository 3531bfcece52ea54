//! Segments: named predicates, each lowered once, however many workflows ask for it.
//!
//! The contact's frame remembers of each segment whether it holds and when that can change by itself. Conditions that the engine
//! watches read the slot, so they look again only when somebody enters or leaves; entering and leaving are events
//! ([`PatternEvent::Entered`](crate::PatternEvent)). A step may just have changed what a segment reads, so a body asks it afresh
//! ([`Op::Segment`](crate::Op)).

use crate::{PredicateId, SlotId};
use serde::{Deserialize, Serialize};

/// A named condition, and where the frame remembers it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Segment {
    /// As declared.
    pub name: String,
    /// Whether it holds and when that can change by itself. The segments it names are read from their slots, so those must be settled
    /// before.
    pub watched: PredicateId,
    /// Whether it holds of the frame as it stands. The segments it names are asked afresh too.
    pub afresh: PredicateId,
    /// Whether it held when it was last looked at.
    pub holds: SlotId,
    /// When that can change by itself; [`FOREVER`](crate::FOREVER) if it cannot.
    pub next_change: SlotId,
}
