//! A stop ends the contact's other journeys once these steps have run, and takes back starts that have not taken effect.

use super::Perform;
use crate::engine::host::StepHost;
use crate::engine::reason::Ignored;
use crate::store::{DecisionCode, DecisionRecord};
use flow_ir::backend::{Memory, Outcome};
use flow_ir::{Area, FOREVER, StepId, Stop, WorkflowId};

impl Perform for Stop {
    fn perform(&self, host: &mut StepHost<'_>, mut memory: Memory<'_>, _: StepId) -> Outcome {
        let program = &host.plan.program;
        for workflow in &self.workflows {
            if let Some(slot) = program.workflows.at(*workflow).started
                && program.frame.read(&memory[Area::Contact], slot) != FOREVER
            {
                program.frame.write(&mut memory[Area::Contact], slot, FOREVER);
                host.take_back(*workflow);
            }
            host.stopped.push(*workflow);
        }
        Outcome::Done
    }
}

impl StepHost<'_> {
    /// Says why a start was not followed.
    fn take_back(&mut self, workflow: WorkflowId) {
        self.batch.decide(DecisionRecord {
            contact: self.contact,
            workflow: Some(workflow.0),
            run: 0,
            at: self.now,
            code: DecisionCode::Ignored,
            step: None,
            reason: Ignored::TakenBack.number(),
            trace: Vec::new(),
        });
    }
}
