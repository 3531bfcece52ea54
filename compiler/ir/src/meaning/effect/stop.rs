//! Ends the contact's journeys in other workflows, and takes back what was started and has not begun.

use super::{Described, Reference};
use crate::{Program, WorkflowId};
use serde::{Deserialize, Serialize};

/// `stop WORKFLOW` and `stop GROUP`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stop {
    /// Never the one that says so, not even in its own group.
    pub what: Stopped,
}

/// What a `stop` names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stopped {
    /// One workflow.
    Workflow(WorkflowId),
    /// All workflows of the group of this name: who they are is theirs to say ([`Workflow::group`](crate::Workflow)), so that a new
    /// member changes no other workflow.
    Group(String),
}

impl Stopped {
    pub(crate) fn reference(&self) -> Option<Reference> {
        match self {
            Stopped::Workflow(workflow) => Some(Reference::Workflow(*workflow)),
            Stopped::Group(_) => None,
        }
    }

    pub(crate) fn renumber(&mut self, number: &mut dyn FnMut(Reference) -> Reference) {
        match self {
            Stopped::Workflow(workflow) => number(Reference::Workflow(*workflow)).set_workflow(workflow),
            Stopped::Group(_) => {}
        }
    }

    pub(crate) fn words(&self, program: &Program) -> String {
        match self {
            Stopped::Workflow(id) => format!("stop {}", program.workflows.get(*id).map_or("?", |it| it.name.as_str())),
            Stopped::Group(group) => format!("stop group {group}"),
        }
    }
}

impl Described for Stop {
    fn references(&self) -> Vec<Reference> {
        self.what.reference().into_iter().collect()
    }

    fn renumber(&mut self, number: &mut dyn FnMut(Reference) -> Reference) {
        self.what.renumber(number);
    }

    fn words(&self, program: &Program) -> String {
        self.what.words(program)
    }

    fn random(_: &mut crate::generate::Choices) -> Self {
        Self { what: Stopped::Workflow(WorkflowId(0)) }
    }
}
