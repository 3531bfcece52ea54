//! Lets the contact into another workflow, at the next instant and by its rules.

use super::{Described, Reference};
use crate::{FieldId, Program, WorkflowId};
use serde::{Deserialize, Serialize};

/// `start WORKFLOW with PROPERTY = VALUE`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Start {
    /// The one to enter; it keeps the pending start in its slot [`started`](crate::Workflow::started).
    pub workflow: WorkflowId,
    /// What its steps read of what let them in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub given: Vec<Given>,
}

/// A value that a started workflow is given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Given {
    /// Which keeps it until the journey begins ([`TriggerKept::Start`](crate::TriggerKept::Start)).
    pub field: FieldId,
    /// The field of the contact that has it; none where it is the same for everybody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<FieldId>,
    /// What it is where nothing is known there; without it, it is missing then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub otherwise: Option<GivenValue>,
}

/// A value as it is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum GivenValue {
    /// As a slot of the frame holds it.
    Int(i64),
    /// A text.
    Text(String),
}

impl Described for Start {
    fn references(&self) -> Vec<Reference> {
        let given = self
            .given
            .iter()
            .flat_map(|given| [Reference::Kept(given.field)].into_iter().chain(given.from.map(Reference::Field)));
        [Reference::Workflow(self.workflow)].into_iter().chain(given).collect()
    }

    fn renumber(&mut self, number: &mut dyn FnMut(Reference) -> Reference) {
        number(Reference::Workflow(self.workflow)).set_workflow(&mut self.workflow);
        for given in &mut self.given {
            number(Reference::Kept(given.field)).set_field(&mut given.field);
            if let Some(from) = &mut given.from {
                number(Reference::Field(*from)).set_field(from);
            }
        }
    }

    fn words(&self, program: &Program) -> String {
        let name = |field: FieldId| program.fields.get(field).map_or("?", |field| field.name.as_str());
        let given = self.given.iter().map(|given| {
            let from = given.from.map(|from| name(from).to_owned());
            let otherwise = given.otherwise.as_ref().map(|value| match value {
                GivenValue::Int(value) => value.to_string(),
                GivenValue::Text(text) => format!("{text:?}"),
            });
            let value = from.into_iter().chain(otherwise).collect::<Vec<_>>().join(" or ");
            format!(" with {} = {value}", name(given.field))
        });
        let workflow = program.workflows.get(self.workflow).map_or("?", |workflow| workflow.name.as_str());
        format!("start {workflow}{}", given.collect::<String>())
    }

    fn starts(&self) -> Option<WorkflowId> {
        Some(self.workflow)
    }

    fn carries(&self) -> Vec<FieldId> {
        self.given.iter().flat_map(|given| [Some(given.field), given.from]).flatten().collect()
    }

    fn values(&self) -> Vec<&str> {
        let texts = self.given.iter().filter_map(|given| match &given.otherwise {
            Some(GivenValue::Text(text)) => Some(text.as_str()),
            Some(GivenValue::Int(_)) | None => None,
        });
        texts.collect()
    }

    fn random(_: &mut crate::generate::Choices) -> Self {
        Self { workflow: WorkflowId(0), given: Vec::new() }
    }
}
