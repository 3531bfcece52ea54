//! Lets the contact into another workflow, at the next instant and by its rules.

use super::{Described, Reference};
use crate::{Program, WorkflowId};
use serde::{Deserialize, Serialize};

/// `start WORKFLOW`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Start {
    /// The one to enter; it keeps the pending start in its slot [`started`](crate::Workflow::started).
    pub workflow: WorkflowId,
}

impl Described for Start {
    fn references(&self) -> Vec<Reference> {
        vec![Reference::Workflow(self.workflow)]
    }

    fn renumber(&mut self, number: &mut dyn FnMut(Reference) -> Reference) {
        number(Reference::Workflow(self.workflow)).set_workflow(&mut self.workflow);
    }

    fn words(&self, program: &Program) -> String {
        format!("start {}", program.workflows.get(self.workflow).map_or("?", |workflow| workflow.name.as_str()))
    }

    fn starts(&self) -> Option<WorkflowId> {
        Some(self.workflow)
    }

    fn random(_: &mut crate::generate::Choices) -> Self {
        Self { workflow: WorkflowId(0) }
    }
}
