//! Whoever a step has suppressed gets mail again. What they have refused themselves, and an address that takes no mail, stay as they are (E7).

use super::Perform;
use crate::engine::host::StepHost;
use crate::engine::reason::Consented;
use crate::store::DecisionCode;
use flow_ir::backend::{Memory, Outcome};
use flow_ir::effect::ComeBack;
use flow_ir::{Area, NEVER, StepId};

impl Perform for ComeBack {
    fn perform(&self, host: &mut StepHost<'_>, mut memory: Memory<'_>, step: StepId) -> Outcome {
        let (frame, slot) = (&host.plan.program.frame, host.plan.program.system.suppressed_at);
        if frame.read(&memory[Area::Contact], slot) > NEVER {
            frame.write(&mut memory[Area::Contact], slot, NEVER);
            host.written.push(slot);
            host.decide(DecisionCode::Consented, step, Consented::CameBack.number());
        }
        Outcome::Done
    }
}
