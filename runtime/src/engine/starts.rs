//! Workflows that others start: at the next instant, and by the same rules as everyone who enters (E4).
//!
//! When is kept in the contact's frame, so no start is lost between two commits.

use super::enrol::Enrolment;
use super::reason::LetIn;
use super::touch::Touch;
use super::trigger::Said;
use flow_ir::{FOREVER, SlotId, TriggerKept, WorkflowId};

impl Touch<'_> {
    /// Whom another workflow lets in whose instant has come.
    pub(super) fn judge_starts(&mut self) -> Vec<Enrolment> {
        let plan = self.plan;
        let mut enrolments = Vec::new();
        for (workflow, slot) in self.pending_starts() {
            if self.contact.read(plan, slot) <= self.now {
                self.contact.write(plan, slot, FOREVER);
                let said = self.contact.said(plan, workflow, TriggerKept::Start);
                self.contact.keep_said(plan, workflow, TriggerKept::Start, &Said::new());
                let enrolment = Enrolment::now(workflow, LetIn::Started.number(), 0, self.now);
                enrolments.extend(self.judge(Enrolment { said, ..enrolment }));
            }
        }
        enrolments
    }

    fn pending_starts(&self) -> Vec<(WorkflowId, SlotId)> {
        self.contact.pending.starts().filter_map(|place| self.plan.starts.get(place).copied()).collect()
    }

    /// The earliest later instant at which one takes effect.
    pub(super) fn next_start(&self) -> i64 {
        let instants = self.pending_starts().into_iter().map(|(_, slot)| self.contact.read(self.plan, slot));
        instants.filter(|at| *at > self.now).min().unwrap_or(FOREVER)
    }
}
