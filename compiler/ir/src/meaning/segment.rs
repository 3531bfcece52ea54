//! Segments: named predicates, each lowered once, however many workflows ask for it.
//!
//! The contact's frame remembers of each segment whether it holds and when that can change by itself. Conditions that the engine
//! watches read the slot, so they look again only when somebody enters or leaves; entering and leaving are events
//! ([`PatternEvent::Entered`](crate::PatternEvent)). A step may just have changed what a segment reads, so a body asks it afresh
//! ([`Op::Segment`](crate::Op)).

use crate::{Meaning, PatternEvent, PredicateId, SegmentId, SlotId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

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

impl Segment {
    /// What the one of `test people` is called, which no text can name.
    pub const TEST_PEOPLE: &str = "test people";
}

impl Meaning {
    /// Those who try things out: who is in it is never written to by a live run (E13).
    pub fn test_people(&self) -> Option<&Segment> {
        self.segments.values().find(|segment| segment.name == Segment::TEST_PEOPLE)
    }

    /// The slots in which the frame remembers something of a segment: whether it holds, and when it was entered and left.
    pub fn segments_by_slot(&self) -> BTreeMap<SlotId, SegmentId> {
        let crossings = self.facts.values().filter_map(|fact| match self.patterns.get(fact.pattern)?.event {
            PatternEvent::Entered(of) | PatternEvent::Left(of) => Some((fact, of)),
            _ => None,
        });
        let remembered = crossings.flat_map(|(fact, of)| (0..fact.depth).map(move |nth| (fact.slot(nth), of)));
        self.segments.iter().map(|(id, segment)| (segment.holds, id)).chain(remembered).collect()
    }
}
