//! `workflow`: its header clauses and its steps.

use super::{
    AdvanceStep, Branch, Duration, ExitStep, HandoffStep, Name, Predicate, ScoreChange, SendStep, SetField, Text,
    WaitStep, WaitUntil,
};
use crate::source::Span;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workflow {
    pub name: Name,
    pub title: Option<Text>,
    pub headers: Vec<Header>,
    pub steps: Vec<Step>,
    pub span: Span,
    /// The first line, for labels.
    pub head: Span,
    /// A line in it could not be read, so nothing is reported as missing.
    pub broken: bool,
    /// Some step, at any depth, could not be read or stands where it was not meant to, so anything may have been sent before.
    pub blind: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Header {
    Goal(Goal),
    Owner(Text),
    /// Days since 1970-01-01.
    Reviewed(Name),
    Group(Name),
    Enter(Enter),
    Reenter(Reenter, Span),
    ExitWhen(Predicate, Span),
    SkipWhen(Predicate, Span),
    Window(Window),
}

/// `goal "Book a demo" when requested_demo within 30 days`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Goal {
    pub text: Text,
    pub when: Predicate,
    pub within: Option<Duration>,
    pub continues: bool,
    pub span: Span,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enter {
    /// None: by hand.
    pub when: Option<Predicate>,
    pub existing: Option<Existing>,
    pub span: Span,
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
    pub span: Span,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    pub label: Option<Text>,
    pub kind: StepKind,
    pub span: Span,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StepKind {
    Send(SendStep),
    Wait(WaitStep),
    WaitUntil(WaitUntil),
    Branch(Branch),
    Score(ScoreChange),
    Set(SetField),
    Advance(AdvanceStep),
    Handoff(HandoffStep),
    Exit(ExitStep),
    /// Could not be read; reported already. It stands for anything, so nothing behind it is called unreachable or unsent.
    Unreadable,
}
