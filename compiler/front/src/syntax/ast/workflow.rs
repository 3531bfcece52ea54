//! `workflow`: its header clauses and its steps.

use super::{
    AdvanceStep, Branch, Change, Clause, Duration, ExitStep, HandoffStep, Name, Predicate, SendStep, Text, Wait,
};
use crate::source::Span;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workflow {
    pub name: Name,
    pub title: Option<Text>,
    pub items: Vec<Item>,
    pub span: Span,
    /// The first line, for labels.
    pub head: Span,
    /// A line in it could not be read, so nothing is reported as missing.
    pub broken: bool,
    /// Some step, at any depth, could not be read or stands where it was not meant to, so anything may have been sent before.
    pub blind: bool,
}

/// A line of a workflow, with its block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    Header(Clause<Header>),
    Step(Step),
}

impl Workflow {
    pub fn headers(&self) -> impl Iterator<Item = &Clause<Header>> + Clone {
        self.items.iter().filter_map(|item| if let Item::Header(header) = item { Some(header) } else { None })
    }

    pub fn steps(&self) -> impl Iterator<Item = &Step> + Clone {
        self.items.iter().filter_map(|item| if let Item::Step(step) = item { Some(step) } else { None })
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Header {
    Goal(Goal),
    Owner(Text),
    /// As written: `2026-10-01`.
    Reviewed(Name),
    Group(Name),
    Enter(Enter),
    Reenter(Reenter),
    ExitWhen(Predicate),
    SkipWhen(Predicate),
    Window(Window),
}

/// `goal "Book a demo" when requested_demo within 30 days`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Goal {
    pub text: Text,
    pub when: Predicate,
    pub within: Option<Duration>,
    pub continues: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enter {
    /// None: by hand.
    pub when: Option<Predicate>,
    pub existing: Option<Existing>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Existing {
    NewOnly,
    Including,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reenter {
    Once,
    After(Duration),
}

/// `send on weekdays from 09:00 to 17:00 in contact timezone`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    /// As written: `weekdays`, `monday`.
    pub days: Vec<Name>,
    /// As written: `09:00`.
    pub from: Option<Name>,
    pub to: Option<Name>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    pub label: Option<Text>,
    pub kind: StepKind,
    /// What it does in one line, without its label and its blocks: for labels of messages and for people.
    pub head: Span,
    /// All of it, from its label to its last brace.
    pub span: Span,
}

impl Step {
    /// The blocks in it, in their order.
    pub fn children(&self) -> Vec<&[Step]> {
        self.kind.blocks()
    }
}

/// The blocks of steps in a step; most have none.
pub(crate) trait Blocks {
    fn blocks(&self) -> Vec<&[Step]> {
        Vec::new()
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StepKind {
    Send(SendStep),
    Wait(Wait),
    Branch(Branch),
    Change(Change),
    Advance(AdvanceStep),
    Handoff(HandoffStep),
    Exit(ExitStep),
    /// Could not be read; reported already. It stands for anything, so nothing behind it is called unreachable or unsent.
    Unreadable,
}

impl StepKind {
    fn blocks(&self) -> Vec<&[Step]> {
        match self {
            Self::Send(step) => step.blocks(),
            Self::Wait(step) => step.blocks(),
            Self::Branch(step) => step.blocks(),
            Self::Change(step) => step.blocks(),
            Self::Advance(step) => step.blocks(),
            Self::Handoff(step) => step.blocks(),
            Self::Exit(step) => step.blocks(),
            Self::Unreadable => Vec::new(),
        }
    }
}
