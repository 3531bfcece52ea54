//! What the words of a program mean, by their places: for hover, go to definition and rename.

use crate::source::{FileId, Location};
use flow_ir::{EmailId, EventId, FieldId, SegmentId, TeamId, WorkflowId};

/// What a word or an expression stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Meaning {
    /// A field of the contact; a tag is one too.
    Field(FieldId),
    /// A declared event type.
    Event(EventId),
    /// A property of an event, by its place in the declaration.
    Property(EventId, u32),
    /// A segment that a condition names.
    Segment(SegmentId),
    /// A stage of the lifecycle, from 0.
    Stage(i64),
    /// An email that a step or a condition names.
    Email(EmailId),
    /// A team that a handoff names.
    Team(TeamId),
    /// A workflow that a `start` or a `stop` names.
    Workflow(WorkflowId),
    /// A group of workflows that a `stop` names.
    Group(String),
    /// A value, by the kind that it is checked as.
    Value(ValueKind),
    /// Something that holds or does not.
    Condition,
}

/// What kind a value is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueKind {
    /// A number or an amount of money; a sum of them too.
    Number,
    /// A day of the calendar.
    Date,
    /// A text that is compared without regard to case.
    Text,
    /// One of the values that a field lists.
    Choice,
}

/// Meanings, sorted by place once they are whole.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Meanings {
    noted: Vec<(Location, Meaning)>,
}

impl Meanings {
    pub(crate) fn note(&mut self, at: Location, meaning: Meaning) {
        self.noted.push((at, meaning));
    }

    pub(crate) fn extend(&mut self, more: Meanings) {
        self.noted.extend(more.noted);
    }

    /// Sorts what was noted; of two notes on one place the first stays.
    pub(crate) fn settle(&mut self) {
        self.noted.sort_by_key(|(at, _)| *at);
        self.noted.dedup_by_key(|(at, _)| *at);
    }

    /// All of them, by file and place.
    pub fn iter(&self) -> impl Iterator<Item = (Location, &Meaning)> {
        self.noted.iter().map(|(at, meaning)| (*at, meaning))
    }

    /// What the smallest expression around an offset means, with its place.
    pub fn at(&self, file: FileId, offset: u32) -> Option<(Location, &Meaning)> {
        let around = self.iter().filter(|(at, _)| at.file == file && at.span.start <= offset && offset < at.span.end);
        around.min_by_key(|(at, _)| at.span.end - at.span.start)
    }
}
