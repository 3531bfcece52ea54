//! Facts: what the frame remembers of events, so that no history is scanned.
//!
//! `visited(page is "/pricing") at least 3 times in 7 days` needs only the last three instants at which that pattern matched. So a
//! fact is a pattern and a small ring of instants in the frame, newest first, [`NEVER`](crate::NEVER) where there was none: the
//! count holds if the third newest is later than seven days ago, and stops holding by itself seven days after it.

use super::area::{Area, Place};
use crate::id::{EventId, FieldId, PatternId, SegmentId, SlotId};
use serde::{Deserialize, Serialize};

/// A pattern whose last instants the frame keeps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    /// Whose frame keeps it: the contact's or the company's.
    pub area: Area,
    /// The events whose instants are kept.
    pub pattern: PatternId,
    /// The slot of the newest instant; the others follow it.
    pub first: SlotId,
    /// How many instants are kept, at least one.
    pub depth: u32,
}

impl Fact {
    /// Where the `nth` newest instant lies, from zero.
    pub fn place(&self, nth: u32) -> Place {
        Place::new(self.area, self.slot(nth))
    }

    /// The slot of the `nth` newest instant, from zero.
    pub fn slot(&self, nth: u32) -> SlotId {
        SlotId(self.first.0 + nth)
    }
}

/// Which events count.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Pattern {
    /// As written: `visited(page is "/pricing")`.
    pub text: String,
    /// What must occur.
    pub event: PatternEvent,
    /// All must hold; a missing property makes a test false.
    pub tests: Vec<PropertyTest>,
}

/// The kinds of things that happen and can be counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum PatternEvent {
    /// The instants at which the contact entered a segment.
    Entered(SegmentId),
    /// The instants at which the contact left a segment.
    Left(SegmentId),
    /// Events of one declared type.
    Declared(EventId),
    /// Anything the person does: every event of theirs, and clicks and replies, but not deliveries, opens or bounces. A new
    /// contact starts with the instant at which Flow first knew them, so that silence has a beginning.
    AnyActivity,
}

/// A test on a property of the event, by its place in the event type.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PropertyTest {
    /// Its place in [`EventType::properties`](crate::EventType), from zero.
    pub property: u32,
    /// What is asked of its value.
    pub test: Trait,
    /// Whether the test must fail instead.
    pub negated: bool,
}

/// What is asked of a value outside the frame.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Trait {
    /// The text is one of these, compared without regard to case.
    TextIn(Vec<String>),
    /// The text holds these letters somewhere, without regard to case.
    TextContains(String),
    /// The text begins with these letters, without regard to case.
    TextStartsWith(String),
    /// `low <= number <= high`, as kept in frames; dates in days, instants in milliseconds.
    NumberIn(i64, i64),
    /// The yes/no is this one.
    Truth(bool),
    /// The value is there at all.
    Known,
}

/// A question about a text field that numbers cannot answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextTest {
    /// A text field with a column beside the frame.
    pub field: FieldId,
    /// How the needle is looked for.
    pub kind: TextTestKind,
    /// In lower case: texts are compared without regard to case.
    pub needle: String,
}

/// Ways to look for a needle in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum TextTestKind {
    /// Anywhere.
    Contains,
    /// At the beginning.
    StartsWith,
}
