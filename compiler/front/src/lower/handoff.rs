//! `handoff to TEAM`.

use super::Lowering;
use super::body::Body;
use flow_ir::{Ending, Handoff, StepId, Terminator};

impl Lowering<'_> {
    /// A handoff takes the contact out of the workflow, unless it says `keep in workflow`.
    pub(super) fn handoff(&mut self, step: StepId, handoff: Handoff, keep: bool, body: &mut Body<'_>) {
        let handoff = body.handoffs.push(handoff);
        body.fresh_block();
        let next = body.code.reserve();
        body.code.close(Terminator::Handoff { step, handoff, next });
        body.code.open(next);
        if !keep {
            body.code.close(Terminator::Finish { step: Some(step), ending: Ending::HandedOff });
        }
    }
}
