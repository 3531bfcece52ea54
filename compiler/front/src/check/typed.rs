//! The typed program: what the checker hands to the lowering.

use crate::source::Location;
use flow_ir::{
    CivilSpan, Comparison, Email, EmailContent, EmailId, EngagementKind, EventType, FieldId, FieldType, IdMap, Pattern,
    Reenter, SendWindow, TeamId, TextTemplate, TextTestKind, WorkflowId,
};

#[derive(Debug, Clone, Default)]
pub struct Typed {
    pub fields: IdMap<FieldId, FieldShape>,
    pub stages: Vec<String>,
    pub events: IdMap<flow_ir::EventId, EventType>,
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
    pub email: Email,
    /// Complete but for its subjects.
    pub content: EmailContent,
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

impl Typed {
    /// Calls `visit` with every condition of the program and every part of it.
    pub fn each_cond<'t>(&'t self, visit: &mut dyn FnMut(&'t Cond)) {
        for workflow in self.workflows.values() {
            workflow.each_cond(visit);
        }
        let subjects = self.emails.values().flat_map(|email| &email.subjects).filter_map(|(when, _)| when.as_ref());
        let covers = self.teams.values().flat_map(|team| &team.members).filter_map(|(_, covers)| covers.as_ref());
        subjects.chain(covers).for_each(|cond| cond.each(visit));
    }
}

impl Typed {
    /// Whether no part was wrong; each wrong one was reported.
    pub fn is_whole(&self) -> bool {
        let mut whole = self.workflows.values().all(|workflow| steps_are_whole(&workflow.steps));
        self.each_cond(&mut |cond| whole &= *cond != Cond::Unknown);
        whole
    }
}

fn steps_are_whole(steps: &[TypedStep]) -> bool {
    steps.iter().all(|step| match &step.kind {
        TypedStepKind::Unknown => false,
        TypedStepKind::Branch { arms, otherwise } => {
            arms.iter().all(|arm| steps_are_whole(&arm.steps))
                && otherwise.as_ref().is_none_or(|(steps, _)| steps_are_whole(steps))
        }
        _ => true,
    })
}

impl TypedWorkflow {
    /// Calls `visit` with every condition of the workflow and every part of it.
    pub fn each_cond<'t>(&'t self, visit: &mut dyn FnMut(&'t Cond)) {
        let heads = self.goal.iter().map(|goal| &goal.when).chain(self.exits.iter().map(|(when, ..)| when));
        heads.chain(&self.skip).for_each(|cond| cond.each(visit));
        match &self.entry {
            TypedEntry::Event { when, .. } | TypedEntry::Becomes { when, .. } => when.each(visit),
            TypedEntry::ByHand { .. } => {}
        }
        each_cond_of_steps(&self.steps, visit);
    }
}

fn each_cond_of_steps<'t>(steps: &'t [TypedStep], visit: &mut dyn FnMut(&'t Cond)) {
    for step in steps {
        match &step.kind {
            TypedStepKind::WaitUntil { when, .. } => when.each(visit),
            TypedStepKind::Branch { arms, otherwise } => {
                for arm in arms {
                    arm.when.each(visit);
                    each_cond_of_steps(&arm.steps, visit);
                }
                if let Some((steps, _)) = otherwise {
                    each_cond_of_steps(steps, visit);
                }
            }
            _ => {}
        }
    }
}

impl Cond {
    /// Calls `visit` with this condition and every part of it.
    pub fn each<'t>(&'t self, visit: &mut dyn FnMut(&'t Cond)) {
        visit(self);
        match self {
            Cond::All(parts) | Cond::Any(parts) => parts.iter().for_each(|part| part.each(visit)),
            Cond::Not(inner) => inner.each(visit),
            _ => {}
        }
    }
}
