//! `comes back when EVENT`: whom that lets get mail again (E7).
//!
//! Of those whom no step has suppressed it says nothing, and nothing is recorded of them. What was so before the suppression, or at the same instant,
//! lifts nothing: in doubt nobody gets mail.

use super::enrol::Enrolment;
use super::event::Trigger;
use super::touch::Touch;
use flow_ir::NEVER;

impl Touch<'_> {
    /// Whom an event lets come back.
    pub(super) fn judge_coming_back(&mut self, trigger: Trigger) -> Option<Enrolment> {
        if !self.may_come_back(trigger.occurred_at) {
            return None;
        }
        let holds = self.holds_entry(trigger.workflow, trigger.bits)?;
        holds.then(|| Enrolment::of_event(trigger))
    }

    /// Whether a step has suppressed them, and before this.
    fn may_come_back(&self, at: i64) -> bool {
        let suppressed_at = self.contact.read(self.plan, self.plan.program.system.suppressed_at);
        suppressed_at > NEVER && at > suppressed_at
    }
}
