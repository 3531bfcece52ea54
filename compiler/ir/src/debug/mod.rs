//! What people are told of a program, and what its mails say: nothing that a running journey's steps depend on.
//!
//! Every list stands beside one of the [`Meaning`](crate::Meaning), by the same ids. A program without any runs all the same.

mod mail;

pub use mail::{EmailContent, Link, Subject};

use crate::source::Location;
use crate::{EmailId, IdMap, StepId, WorkflowId};
use serde::{Deserialize, Serialize};

/// All that is told and not meant.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DebugInfo {
    /// The project's name.
    pub name: String,
    /// The files that locations point into, by number.
    pub files: Vec<String>,
    /// What each mail says; changed wording reaches mails that are not sent yet.
    pub emails: IdMap<EmailId, EmailContent>,
    /// What is told of each workflow.
    pub workflows: IdMap<WorkflowId, WorkflowDebug>,
}

/// A piece of the program as written, on one line, and where.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Written {
    /// Spaces and line ends as one space, comments left out.
    pub text: String,
    /// Its place in the file, for reports that point there.
    pub at: Location,
}

/// What is told of a workflow.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkflowDebug {
    /// For people; the name where none is given.
    pub title: String,
    /// Who answers for it, as `owner` has it.
    pub owner: Option<String>,
    /// Where it is declared.
    pub at: Location,
    /// The condition or word behind `enter`.
    pub entry: Location,
    /// The condition of `goal`; none where there is no goal.
    pub goal: Option<Written>,
    /// Its conditions as they are written, for those who ask why somebody is not in it.
    #[serde(default)]
    pub conditions: Conditions,
    /// Of each `exit when`, the condition.
    pub exits: Vec<Written>,
    /// Each step without the steps inside it.
    pub steps: IdMap<StepId, Written>,
    /// Of each arm: `if clicked guide_delivery link "case-study"`, `else`, or the step itself.
    pub arms: Vec<Written>,
}

/// What a workflow asks, as it is written.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conditions {
    /// Behind `enter when`, the event included.
    pub enter: Option<String>,
    /// Behind the `when` of the goal.
    pub goal: Option<String>,
    /// Behind `skip when`.
    pub skip: Option<String>,
    /// Behind `pause while`.
    #[serde(default)]
    pub pause: Option<String>,
}
