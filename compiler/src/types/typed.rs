//! The typed program: what the checker hands to the lowering.

use crate::ir::{
    CivilSpan, Comparison, Email, EmailId, EngagementKind, EventType, FieldId, FieldType, IdMap, Pattern, Reenter,
    SendWindow, TeamId, TextTemplate, TextTestKind, WorkflowId,
};
use crate::source::Location;

#[derive(Debug, Clone, Default)]
pub struct Typed {
    pub fields: IdMap<FieldId, FieldShape>,
    pub stages: Vec<String>,
    pub events: IdMap<crate::ir::EventId, EventType>,
    pub emails: IdMap<EmailId, TypedEmail>,
    pub teams: IdMap<TeamId, TypedTeam>,
    pub workflows: IdMap<WorkflowId, TypedWorkflow>,
}

/// A field of the contact, built in or declared.
#[derive(Debug, Clone)]
pub struct FieldShape {
    pub name: String,
    pub ty: FieldType,
    pub optional: bool,
    /// What its slot starts with.
    pub default: i64,
}

/// A condition.
#[derive(Debug, Clone, PartialEq)]
pub enum Cond {
    /// Wrong and reported; the program is refused.
    Unknown,
    All(Vec<Cond>),
    Any(Vec<Cond>),
    Not(Box<Cond>),
    /// A yes/no field.
    Truth(FieldId),
    Known(FieldId),
    /// False where a side is missing.
    Compare(Number, Comparison, Number),
    /// The number of a choice or stage is one of these.
    CodeIn(FieldId, Vec<i64>),
    /// A text is one of these, without regard to case.
    TextIn(FieldId, Vec<String>),
    TextTest(FieldId, TextTestKind, String),
    Events(EventTest),
    /// Something happened to one of these emails since it last left in this journey.
    Engaged {
        kind: EngagementKind,
        email: EmailId,
        link: Option<String>,
    },
    Sent(EmailId),
    TimedOut,
}

/// Events that match, at least so many, since some instant.
#[derive(Debug, Clone, PartialEq)]
pub struct EventTest {
    pub pattern: Pattern,
    pub at_least: u32,
    pub since: Since,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Since {
    /// The event that is arriving.
    Trigger,
    /// So many milliseconds before now.
    Within(i64),
    Ever,
    Entry,
    /// The instant at which the present steps ran.
    Block,
}

/// A number, a date or an instant, as kept in frames.
#[derive(Debug, Clone, PartialEq)]
pub enum Number {
    Const(i64),
    Field(FieldId),
    /// A field or what to take where it is missing.
    Or(FieldId, i64),
    Add(Box<Number>, Box<Number>),
    Sub(Box<Number>, Box<Number>),
}

#[derive(Debug, Clone)]
pub struct TypedEmail {
    /// Complete but for its subjects.
    pub email: Email,
    pub subjects: Vec<(Option<Cond>, TextTemplate)>,
}

#[derive(Debug, Clone)]
pub struct TypedTeam {
    pub name: String,
    pub members: Vec<(String, Option<Cond>)>,
    pub backup: Option<String>,
}

#[derive(Debug, Clone)]
pub struct TypedWorkflow {
    pub name: String,
    pub title: String,
    pub group: Option<String>,
    pub owner: Option<String>,
    pub goal: Option<TypedGoal>,
    pub entry: TypedEntry,
    pub reenter: Reenter,
    /// The condition with its words and place.
    pub exits: Vec<(Cond, String, Location)>,
    pub skip: Option<Cond>,
    pub window: Option<SendWindow>,
    pub steps: Vec<TypedStep>,
    pub at: Location,
}

#[derive(Debug, Clone)]
pub struct TypedGoal {
    pub text: String,
    pub when: Cond,
    pub within: Option<CivilSpan>,
    pub continues: bool,
    pub at: Location,
}

#[derive(Debug, Clone)]
pub enum TypedEntry {
    Event { when: Cond, at: Location },
    Becomes { when: Cond, existing: bool, at: Location },
    ByHand { at: Location },
}

#[derive(Debug, Clone)]
pub struct TypedStep {
    pub label: Option<String>,
    pub kind: TypedStepKind,
    /// As written, on one line.
    pub text: String,
    pub at: Location,
}

#[derive(Debug, Clone)]
pub enum TypedStepKind {
    Send(EmailId),
    Wait(CivilSpan),
    WaitUntil {
        when: Cond,
        up_to: CivilSpan,
    },
    Branch {
        arms: Vec<TypedArm>,
        otherwise: Option<(Vec<TypedStep>, Location)>,
    },
    /// The field's new value.
    Change {
        field: FieldId,
        value: Number,
    },
    Advance(i64),
    Handoff {
        team: TeamId,
        note: Option<TextTemplate>,
        task: Option<(TextTemplate, CivilSpan)>,
        keep: bool,
    },
    Exit {
        converted: bool,
    },
    /// Wrong and reported.
    Unknown,
}

#[derive(Debug, Clone)]
pub struct TypedArm {
    pub when: Cond,
    pub steps: Vec<TypedStep>,
    /// `if clicked guide_delivery`
    pub text: String,
    pub at: Location,
}
