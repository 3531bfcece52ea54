//! Ends the contact's journeys in other workflows, and takes back what was started and has not begun.

use super::{Described, Reference};
use crate::{Program, WorkflowId};
use serde::{Deserialize, Serialize};

/// `stop WORKFLOW` and `stop GROUP`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stop {
    /// In the order of the text; never the one that says so.
    pub workflows: Vec<WorkflowId>,
}

impl Described for Stop {
    fn references(&self) -> Vec<Reference> {
        self.workflows.iter().copied().map(Reference::Workflow).collect()
    }

    fn words(&self, program: &Program) -> String {
        let names = self.workflows.iter().map(|id| program.workflows.get(*id).map_or("?", |it| it.name.as_str()));
        format!("stop {}", names.collect::<Vec<_>>().join(", "))
    }

    fn random(_: &mut crate::generate::Choices) -> Self {
        Self { workflows: vec![WorkflowId(0)] }
    }
}
