//! The tree of a `.flow` file, as it was written: every node with its place, nothing resolved.
//!
//! One file per construct; `parse/` has the same file names. `Rule` and `Pair` never come here, so the parser can change alone.

pub mod branch;
pub mod change;
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
pub use change::{ScoreChange, SetField};
pub use contact::{Contact, Event, Field, FieldType, Segment, Stages};
pub use email::{Email, EmailKind, Link, Subject};
pub use exit::ExitStep;
pub use handoff::{HandoffStep, Task};
pub use predicate::{Count, CountKind, EngagementVerb, Order, Period, Predicate, Property, Relation};
pub use send::SendStep;
pub use stage::AdvanceStep;
pub use team::{Member, Team};
pub use value::{Duration, Literal, Sum, Text, TextPiece, Unit, Value};
pub use wait::{WaitStep, WaitUntil};
pub use workflow::{Enter, Existing, Goal, Header, Reenter, Step, StepKind, Window, Workflow};

use crate::source::Span;

/// A name where it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    pub text: String,
    pub span: Span,
}

/// A whole file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct File {
    pub declarations: Vec<Declaration>,
    /// Comments in the order they stand, for the formatter.
    pub comments: Vec<Span>,
}

impl File {
    /// A file of which nothing could be read.
    pub fn unreadable() -> Self {
        Self { declarations: Kind::ALL.iter().copied().map(Declaration::Unreadable).collect(), comments: Vec::new() }
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
