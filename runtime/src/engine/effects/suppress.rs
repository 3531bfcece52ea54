//! A suppression is a state of the contact beside what they refused themselves: the sender asks for it before every attempt, and their own
//! later `Subscribed` alone lifts it (E7).

use super::Perform;
use crate::engine::host::StepHost;
use crate::engine::reason::Suppressed;
use crate::store::DecisionCode;
use flow_ir::backend::{Memory, Outcome};
use flow_ir::{Area, NEVER, StepId, Suppress};

impl Perform for Suppress {
    fn perform(&self, host: &mut StepHost<'_>, mut memory: Memory<'_>, step: StepId) -> Outcome {
        let (frame, slot) = (&host.plan.program.frame, host.plan.program.system.suppressed_at);
        let before = frame.read(&memory[Area::Contact], slot);
        frame.write(&mut memory[Area::Contact], slot, before.max(host.now));
        host.written.push(slot);
        let reason = if before == NEVER { Suppressed::ByWorkflow } else { Suppressed::ByWorkflowAgain };
        // Workflow, run and step say by what, and the step says why.
        host.decide(DecisionCode::Suppressed, step, reason.number());
        Outcome::Done
    }
}
