//! `at least 2 days between emails`: when the next marketing mail of a workflow may leave, by when the last one left that any journey of the person in it
//! had sent.
//!
//! Nothing is kept for it but what journeys keep of their mails: of those that have ended, the one that sent last stays.

use super::contact::Journey;
use super::host::StepHost;
use super::plan::Plan;
use super::touch::Touch;
use flow_ir::{NEVER, Workflow, WorkflowId};

impl Plan {
    /// When the last marketing mail of a journey left; [`NEVER`] where none did.
    pub(super) fn left_last(&self, workflow: &Workflow, journey: &[u8]) -> i64 {
        let marketing = workflow.slots.sent_at.iter().filter(|(email, _)| self.is_marketing(*email));
        marketing.map(|(_, slot)| workflow.journey.read(journey, *slot)).max().unwrap_or(NEVER)
    }
}

impl Touch<'_> {
    /// When the last marketing mail of the other journeys that the contact had in the workflow of one left, where it leaves some time between two.
    pub(super) fn left_before(&self, index: usize) -> i64 {
        let id = self.journey(index).workflow();
        let workflow = self.workflow(id);
        if workflow.spacing_ms.is_none() {
            return NEVER;
        }
        let others = self.contact.journeys.iter().enumerate();
        let others = others.filter(|(other, journey)| *other != index && journey.workflow() == id);
        others.map(|(_, journey)| self.plan.left_last(workflow, &journey.record.memory)).max().unwrap_or(NEVER)
    }

    /// Whether a journey has sent what the next mail of its workflow leaves some time after.
    pub(super) fn spaces_by(&self, journey: &Journey) -> bool {
        let workflow = self.workflow(journey.workflow());
        workflow.spacing_ms.is_some() && self.plan.left_last(workflow, &journey.record.memory) > NEVER
    }

    /// The journey in a workflow whose marketing mail left last, where the next one leaves some time after it.
    pub(super) fn last_sender_in(&self, id: WorkflowId) -> Option<u32> {
        let workflow = self.workflow(id);
        workflow.spacing_ms?;
        let own = self.contact.journeys.iter().filter(|journey| journey.workflow() == id);
        let left = own.map(|journey| (self.plan.left_last(workflow, &journey.record.memory), journey.record.run));
        left.max().filter(|(left_at, _)| *left_at > NEVER).map(|(_, run)| run)
    }
}

impl StepHost<'_> {
    /// When the next mail of the workflow may leave by how long it leaves between two of them.
    pub(super) fn spaced_at(&self, journey: &[u8]) -> i64 {
        let workflow = self.declared();
        let Some(spacing_ms) = workflow.spacing_ms else { return NEVER };
        // What a mail server has in its hands leaves now, unless it says otherwise.
        let is_leaving = self.on_their_way().any(|row| row.workflow == self.workflow.0);
        let leaving = if is_leaving { self.now } else { NEVER };
        let left_at = self.left_before.max(self.plan.left_last(workflow, journey)).max(leaving);
        if left_at > NEVER { left_at.saturating_add(spacing_ms) } else { NEVER }
    }
}
