//! `reenter always`: a trigger that comes during a journey is remembered, the latest, and begins the next one when that ends.
//!
//! It is kept in the frame as a turn is ([`Turn`]), with what has been counted since it came. A goal or an exit that comes behind it and ends the
//! journey takes it along, and so does a `stop`.

use super::contact::Contact;
use super::enrol::{Enrolment, OWN_ENTRY, Refusal};
use super::plan::Plan;
use super::reason::Ignored;
use super::touch::Touch;
use flow_ir::{Entry, FOREVER, Reenter, TriggerKept, Turn, WorkflowId};

/// The triggers that somebody has waiting.
pub(super) fn remembered_in<'p>(plan: &'p Plan, contact: &Contact) -> Vec<(WorkflowId, &'p Turn)> {
    let workflows = contact.pending.agains().filter_map(|place| plan.agains.get(place));
    workflows.filter_map(|workflow| Some((*workflow, plan.again(*workflow)?))).collect()
}

/// Whether somebody has one waiting for a workflow that is gone from the project, or waits for their turn in it.
pub(super) fn waits_for_gone(plan: &Plan, contact: &Contact) -> bool {
    let gone = plan.program.lineage.gone.iter().filter_map(|id| plan.program.workflows.get(WorkflowId(*id)));
    let mut kept = gone.flat_map(|workflow| [&workflow.again, &workflow.turn]).flatten();
    kept.any(|kept| contact.read(plan, kept.at) < FOREVER)
}

impl Touch<'_> {
    /// Records an entry that is not followed; one that comes during a journey may begin the next one.
    pub(super) fn refuse_or_remember(&mut self, enrolment: &Enrolment, refusal: Refusal) {
        let workflow = enrolment.workflow;
        let is_in = matches!(refusal, Refusal::Objection(Ignored::AlreadyIn, _)) && enrolment.by == OWN_ENTRY;
        let again = self.plan.again(workflow).filter(|_| is_in && self.contact.live_in(workflow));
        let Some(again) = again else {
            let run = self.run_for(workflow, &enrolment.said).unwrap_or_else(|| self.last_run(workflow));
            return self.refuse_beside(workflow, run, &refusal);
        };
        self.contact.write(self.plan, again.at, self.now);
        self.contact.write(self.plan, again.triggers, enrolment.triggers.cast_signed());
        self.contact.write(self.plan, again.triggered_at, enrolment.triggered_at);
        let layout = &self.workflow(workflow).journey;
        for (count, kept) in &again.counts {
            let so_far = enrolment.memory.as_ref().map_or(0, |memory| layout.read(memory, *count));
            self.contact.write(self.plan, *kept, so_far);
        }
        self.contact.keep_said(self.plan, workflow, TriggerKept::Again, &enrolment.said);
        self.refuse(workflow, &Refusal::Objection(Ignored::Remembered, None));
    }

    /// A journey has ended: whoever is to come in again is asked in the next round.
    pub(super) fn call_next(&mut self, workflow: WorkflowId) {
        let plan = self.plan;
        let owed = match self.workflow(workflow).entry {
            Entry::Becomes { owed, .. } if self.workflow(workflow).reenter == Reenter::Always => {
                Some(owed).filter(|owed| self.contact.is(plan, *owed))
            }
            _ => None,
        };
        let again = plan.again(workflow).map(|again| again.at).filter(|at| self.contact.read(plan, *at) < FOREVER);
        owed.into_iter().chain(again).for_each(|slot| self.contact.mark(plan, slot));
    }

    /// What came before a goal or an exit that ends the journey begins no other one.
    pub(super) fn forget_trigger(&mut self, workflow: WorkflowId, why: Ignored) {
        let plan = self.plan;
        if self.workflow(workflow).reenter != Reenter::Always {
            return;
        }
        let again = plan.again(workflow).is_some_and(|again| self.contact.write(plan, again.at, FOREVER));
        let owed = match self.workflow(workflow).entry {
            Entry::Becomes { owed, .. } => self.contact.write(plan, owed, 0),
            _ => false,
        };
        if again || owed {
            self.refuse(workflow, &Refusal::Objection(why, None));
        }
    }

    /// Whom a trigger lets in that came during a journey which has ended.
    pub(super) fn judge_again(&mut self) -> Vec<Enrolment> {
        let plan = self.plan;
        let mut enrolments = Vec::new();
        for (workflow, again) in remembered_in(plan, self.contact) {
            if self.contact.live_in(workflow) {
                continue;
            }
            let triggers = self.contact.read(plan, again.triggers).cast_unsigned();
            let triggered_at = self.contact.read(plan, again.triggered_at);
            let memory = self.memory_of(workflow, again);
            self.contact.write(plan, again.at, FOREVER);
            let holds = self.holds_entry(workflow, triggers).unwrap_or(true);
            let enrolment = Enrolment::now(workflow, OWN_ENTRY, triggers, triggered_at);
            // With which record it came is not kept: of what another contact did, instants tell.
            let said = self.contact.said(plan, workflow, TriggerKept::Again);
            let enrolment = Enrolment { memory: Some(memory), since: Some(0), said, ..enrolment };
            enrolments.extend(self.judge_complete(enrolment, holds));
        }
        enrolments
    }

    /// Of two contacts who are one the later trigger stays.
    pub(super) fn join_agains(&mut self, other: &Contact) {
        let plan = self.plan;
        for (workflow, again) in remembered_in(plan, other) {
            let own = self.contact.read(plan, again.at);
            if own >= FOREVER || own < other.read(plan, again.at) {
                for slot in again.slots() {
                    self.contact.write(plan, slot, other.read(plan, slot));
                }
                self.contact.take_said(plan, workflow, TriggerKept::Again, other);
            }
            self.call_next(workflow);
        }
    }
}
