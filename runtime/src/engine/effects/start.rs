//! A start is noted in the contact's frame, and followed at the next instant like any other entry.

use super::Perform;
use crate::engine::host::StepHost;
use flow_ir::backend::{Memory, Outcome};
use flow_ir::{Area, Start, StepId};

/// The next instant, in milliseconds from now: behind everything that happens at this one.
const NEXT_MS: i64 = 1;

impl Perform for Start {
    fn perform(&self, host: &mut StepHost<'_>, mut memory: Memory<'_>, _: StepId) -> Outcome {
        let program = &host.plan.program;
        if let Some(slot) = program.workflows.at(self.workflow).started {
            // One that is due earlier stays.
            let at = program.frame.read(&memory[Area::Contact], slot).min(host.now + NEXT_MS);
            program.frame.write(&mut memory[Area::Contact], slot, at);
            host.written.push(slot);
        }
        Outcome::Done
    }
}
