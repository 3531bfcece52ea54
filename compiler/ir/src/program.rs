//! The whole program: what it means, and what people are told of it.

use crate::debug::{DebugInfo, EmailContent, WorkflowDebug};
use crate::lineage::Lineage;
use crate::meaning::Meaning;
use crate::{EmailId, Field, FieldId, FieldType, WorkflowId};
use serde::{Deserialize, Serialize};
use std::ops::{Deref, DerefMut};

/// A checked program: what `flow run` executes and what is deployed.
///
/// It reads as its meaning (`program.workflows`). Two programs of equal meaning are versions of the same thing: journeys of one go on
/// in the other.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Program {
    /// What it does; its hash is the program's version.
    pub meaning: Meaning,
    /// What is told of it, and what its mails say; no new version when it changes.
    pub debug: DebugInfo,
    /// What it took over from the versions before it; nothing where no store has run another.
    #[serde(default)]
    pub lineage: Lineage,
}

impl Deref for Program {
    type Target = Meaning;
    fn deref(&self) -> &Meaning {
        &self.meaning
    }
}

impl DerefMut for Program {
    fn deref_mut(&mut self) -> &mut Meaning {
        &mut self.meaning
    }
}

impl Program {
    /// The fields of the tags, lists and topics that are and were.
    pub(crate) fn marks(&self) -> impl Iterator<Item = FieldId> {
        let is_mark = |field: &Field| field.tag.is_some() || field.topic().is_some();
        self.fields.iter().filter(move |(_, field)| is_mark(field)).map(|(id, _)| id)
    }

    /// The topics that the project declares, each with the field that keeps what people have said of it.
    pub fn topics(&self) -> impl Iterator<Item = (FieldId, &str)> {
        self.ever_topics().filter(|(topic, _)| !self.lineage.gone_marks.contains(topic))
    }
}

/// A program that nothing is told of.
impl From<Meaning> for Program {
    fn from(meaning: Meaning) -> Self {
        Self { meaning, ..Self::default() }
    }
}

impl Program {
    /// The field with the address that mail goes to; none where the project knows of no address.
    pub fn email_field(&self) -> Option<FieldId> {
        self.fields.find(|field| field.ty == FieldType::Email && field.name == "email")
    }

    /// The field with the zone a contact lives in.
    pub fn timezone_field(&self) -> Option<FieldId> {
        self.fields.find(|field| field.ty == FieldType::Timezone && field.name == "timezone")
    }

    /// What a mail says.
    pub fn content(&self, email: EmailId) -> Option<&EmailContent> {
        self.debug.emails.get(email)
    }

    /// What is told of a workflow.
    pub fn told(&self, workflow: WorkflowId) -> Option<&WorkflowDebug> {
        self.debug.workflows.get(workflow)
    }

    /// A workflow's name for people; its name where it has no other.
    pub fn title(&self, workflow: WorkflowId) -> &str {
        let told = self.told(workflow).map(|told| told.title.as_str()).filter(|title| !title.is_empty());
        told.or_else(|| self.workflows.get(workflow).map(|workflow| workflow.name.as_str())).unwrap_or("?")
    }
}
