//! `holdout 10%`: of some people a workflow, or all of them by the policy, does nothing, so that what it brings about can be told.
//!
//! Who they are is drawn as in a split, by the address that they have when they first come in, and kept with them: so they are the same people in
//! every store, and those of the policy in every workflow. A journey keeps from its begin whether it is of one of them, so that it is so to its
//! end. They wait, meet goals and leave as the others do; steps leave no trace on them.

use super::contact::Journey;
use super::effects::draw::drawn_for;
use super::host::StepHost;
use super::plan::Plan;
use super::reason::HeldOut;
use super::touch::Touch;
use crate::store::{DecisionCode, DecisionRecord};
use flow_ir::backend::{Memory, Outcome};
use flow_ir::{Area, Effect, Program, SlotId, Split, SplitId, StepId, WorkflowId};

/// Some people of whom nothing is done.
#[derive(Debug, Clone, Copy)]
pub(super) struct Share {
    split: SplitId,
    percent: u8,
    by: HeldOut,
}

/// Those of a workflow, the policy's first: of whom both do nothing, the policy does not.
pub(super) fn shares(program: &Program, id: WorkflowId) -> Vec<Share> {
    let workflow = program.workflows.at(id);
    let own = workflow.holdout.map(|percent| (Split::holdout_of(&workflow.name), percent, HeldOut::ByWorkflow));
    let all = program.policy.holdout.map(|percent| (Split::OF_POLICY.to_owned(), percent, HeldOut::ByPolicy));
    let share =
        |(name, percent, by)| Some(Share { split: program.splits.find(|split| split.name == name)?, percent, by });
    all.into_iter().chain(own).filter_map(share).collect()
}

impl Plan {
    /// Where a journey keeps whether nothing is done in it.
    fn held_out(&self, workflow: WorkflowId) -> Option<SlotId> {
        self.program.workflows.at(workflow).slots.held_out
    }

    /// Whether nothing is done in a journey.
    pub(super) fn is_held_out(&self, journey: &Journey) -> bool {
        self.held_out(journey.workflow()).is_some_and(|slot| journey.read(self, slot) != 0)
    }
}

impl Touch<'_> {
    /// By what nothing is done for the contact in a journey that begins, if by anything; it is written into its memory.
    pub(super) fn hold_out(&mut self, workflow: WorkflowId, memory: &mut [u8]) -> Option<HeldOut> {
        let plan = self.plan;
        let slot = plan.held_out(workflow)?;
        let mut found = None;
        // All are drawn, so that who is among them never hangs on what else there is.
        for share in &plan.workflow(workflow).holdouts {
            let drawn = self.drawn(share.split);
            let is_among = Split::is_held_out(drawn, share.percent);
            found = found.or(is_among.then_some(share.by));
        }
        plan.program.workflows.at(workflow).journey.write(memory, slot, i64::from(found.is_some()));
        found
    }

    /// What is drawn for the contact, now where it was not before.
    fn drawn(&mut self, split: SplitId) -> i64 {
        let plan = self.plan;
        let split = plan.program.splits.at(split);
        match self.contact.read(plan, split.slot) {
            0 => {
                let address = plan.email_field.and_then(|field| self.contact.text(plan, field));
                let drawn = drawn_for(split, self.contact.id, address);
                self.contact.write(plan, split.slot, drawn);
                drawn
            }
            known => known,
        }
    }

    /// The goal of a journey was met; where nothing is done in it, all the same.
    pub(super) fn tell_met_all_the_same(&mut self, index: usize) {
        if self.plan.is_held_out(self.journey(index)) {
            self.decide_in(index, DecisionCode::HeldOut, None, HeldOut::GoalMet.number());
        }
    }
}

impl StepHost<'_> {
    /// Whether nothing is done for whoever takes these steps.
    pub(super) fn is_held_out(&self, memory: &Memory<'_>) -> bool {
        let workflow = self.declared();
        workflow.slots.held_out.is_some_and(|slot| workflow.journey.read(&memory[Area::Journey], slot) != 0)
    }

    /// Whether an effect is left out before it is asked anything. A send has its say first: who would not be written to anyway is told so. What is
    /// drawn in a split is no act, and says which way to go.
    pub(super) fn leaves_out(&self, effect: &Effect, memory: &Memory<'_>) -> bool {
        !matches!(effect, Effect::Draw(_) | Effect::Send(_)) && self.is_held_out(memory)
    }

    /// A step that does nothing, which is told. Whom a team would take over leaves as they would.
    pub(super) fn leave_out(&mut self, memory: &mut Memory<'_>, step: StepId) -> Outcome {
        let workflow = self.declared();
        if let Some(slot) = workflow.slots.taken {
            workflow.journey.write(&mut memory[Area::Journey], slot, 1);
        }
        let reason = HeldOut::Step.number();
        self.batch.decide(DecisionRecord { reason, ..self.about(DecisionCode::HeldOut, step) });
        Outcome::Done
    }
}
