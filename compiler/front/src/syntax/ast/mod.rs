//! The tree of a `.flow` file, as it was written: every node with its place, nothing resolved.
//!
//! One file per construct; `parse/` has the same file names. `Rule` and `Pair` never come here, so the parser can change alone.

pub mod branch;
pub mod change;
pub mod clause;
pub mod contact;
pub mod email;
pub mod exit;
pub mod handoff;
pub mod predicate;
pub mod send;
pub mod stage;
pub mod team;
pub mod value;
pub mod wait;
pub mod workflow;

pub use branch::{Arm, Branch};
pub use change::Change;
pub use clause::{Clause, Repeated, repeated};
pub use contact::{Contact, Event, Field, FieldType, Segment, Stages};
pub use email::{Email, EmailClause, EmailKind, Link, Subject};
pub use exit::ExitStep;
pub use handoff::{HandoffClause, HandoffStep, Task};
pub use predicate::{Count, CountKind, EngagementVerb, Order, Period, Predicate, Property, Relation};
pub use send::SendStep;
pub use stage::AdvanceStep;
pub use team::{Assign, Member, Team, TeamClause};
pub use value::{Duration, Literal, Sum, Text, TextPiece, Unit, Value};
pub use wait::Wait;
pub(crate) use workflow::Blocks;
pub use workflow::{Enter, Existing, Goal, Header, Item, Reenter, Step, StepKind, Window, Workflow};

use crate::source::Span;

/// A name where it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    pub text: String,
    pub span: Span,
}

/// A whole file. With the text it was read from, it holds all that was written: whatever has no node of its own, as comments and blank
/// lines, is kept by its place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct File {
    pub declarations: Vec<Clause<Declaration>>,
    /// In the order they stand.
    pub comments: Vec<Comment>,
    /// Where each line begins that holds nothing.
    pub blank_lines: Vec<u32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Comment {
    /// With its `//`.
    pub span: Span,
    /// Nothing stands before it on its line.
    pub own_line: bool,
}

impl File {
    /// A file of which nothing could be read.
    pub fn unreadable() -> Self {
        let unreadable = |kind: &Kind| Clause { kind: Declaration::Unreadable(*kind), span: Span::new(0, 0) };
        Self { declarations: Kind::ALL.iter().map(unreadable).collect(), ..Self::default() }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Declaration {
    /// `use std.b2b`
    Use(Name),
    Contact(Contact),
    Event(Event),
    Stages(Stages),
    Segment(Segment),
    Email(Email),
    Team(Team),
    Workflow(Workflow),
    /// One of this kind could not be read; reported already.
    Unreadable(Kind),
}

/// What a declaration declares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Use,
    Contact,
    Event,
    Stages,
    Segment,
    Email,
    Team,
    Workflow,
}

impl Kind {
    pub const ALL: &'static [Kind] =
        &[Kind::Use, Kind::Contact, Kind::Event, Kind::Stages, Kind::Segment, Kind::Email, Kind::Team, Kind::Workflow];

    pub fn of_keyword(word: &str) -> Option<Kind> {
        Some(match word {
            "use" => Kind::Use,
            "contact" => Kind::Contact,
            "event" => Kind::Event,
            "stages" => Kind::Stages,
            "segment" => Kind::Segment,
            "email" => Kind::Email,
            "team" => Kind::Team,
            "workflow" => Kind::Workflow,
            _ => return None,
        })
    }
}
