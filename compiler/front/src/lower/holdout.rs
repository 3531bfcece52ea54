//! Holdouts: who is held out is drawn as in a split, and the steps of a journey ask whether it is of such a person.
//!
//! Effects are left out by whoever has them. Changes of fields are computed in the body, so it asks there.

use super::Lowering;
use super::body::Body;
use crate::source::Location;
use crate::typed::{KeepsBack, TypedWorkflow};
use flow_ir::{COME_BACK, CONFIRMATION, Late, Place, Split, StepId, ValueId, WorkflowId};

impl Lowering<'_> {
    /// Whether some of those who come into a workflow are held out.
    pub(super) fn holds_out(&self, typed: &TypedWorkflow) -> bool {
        // Whoever asks for mail is asked to confirm it, and whoever comes back does, whatever is compared.
        ![CONFIRMATION, COME_BACK].contains(&typed.name.as_str())
            && typed.holdout.or(self.typed.policy.holdout).is_some()
    }

    /// Whether it matters in a workflow that its mails come late.
    pub(super) fn asks_late(&self, typed: &TypedWorkflow) -> bool {
        typed.late.or(self.typed.policy.late).is_some_and(|late| late != Late::Run)
    }

    /// Whether somebody in a workflow may have to stand still: by its own condition, or while they are in another one.
    pub(super) fn may_pause(&self, id: WorkflowId, typed: &TypedWorkflow) -> bool {
        let is_of_it = |kept: &KeepsBack| typed.group.as_ref() == Some(&kept.group);
        let mut others = self.typed.workflows.iter().filter(|(other, _)| *other != id);
        typed.pause.is_some() || others.any(|(_, other)| other.pauses.iter().any(is_of_it))
    }

    /// What is drawn for each holdout has its slot, so that it stays.
    pub(super) fn holdouts(&mut self) {
        if self.typed.policy.holdout.is_some() {
            self.split_slot(Split::OF_POLICY);
        }
        for workflow in self.typed.workflows.values().filter(|workflow| workflow.holdout.is_some()) {
            self.split_slot(&Split::holdout_of(&workflow.name));
        }
    }

    /// The path of those of whom a change is made: all but those who are held out, which is told of them.
    pub(super) fn unless_held_out(
        &mut self,
        step: StepId,
        at: Location,
        body: &mut Body<'_>,
        path: Option<ValueId>,
    ) -> Option<ValueId> {
        let Some(slot) = body.journey.slots.held_out else { return path };
        let held_out = body.code.load(Place::journey(slot));
        let passes_by = body.code.within(path, held_out);
        body.trace(step, Split::HELD_OUT, at, Some(passes_by));
        let others = body.code.not(held_out);
        Some(body.code.within(path, others))
    }
}
