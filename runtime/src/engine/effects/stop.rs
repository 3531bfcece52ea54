//! A stop ends the contact's other journeys once these steps have run, and takes back starts that have not taken effect.

use super::Perform;
use crate::engine::host::StepHost;
use flow_ir::backend::{Memory, Outcome};
use flow_ir::{Area, FOREVER, StepId, Stop};

impl Perform for Stop {
    fn perform(&self, host: &mut StepHost<'_>, mut memory: Memory<'_>, _: StepId) -> Outcome {
        let program = &host.plan.program;
        for workflow in &self.workflows {
            if let Some(slot) = program.workflows[*workflow].started {
                program.frame.write(&mut memory[Area::Contact], slot, FOREVER);
            }
            host.stopped.push(*workflow);
        }
        Outcome::Done
    }
}
