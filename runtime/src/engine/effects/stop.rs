//! A stop ends the contact's other journeys once these steps have run, and takes back starts that have not taken effect.

use super::Perform;
use crate::engine::host::StepHost;
use crate::engine::reason::Ignored;
use crate::store::{DecisionCode, DecisionRecord};
use flow_ir::backend::{Memory, Outcome};
use flow_ir::{Area, FOREVER, StepId, Stop, Stopped, WorkflowId};
use std::slice;

impl Perform for Stop {
    fn perform(&self, host: &mut StepHost<'_>, mut memory: Memory<'_>, _: StepId) -> Outcome {
        host.stop(&mut memory, &self.what);
        Outcome::Done
    }
}

impl StepHost<'_> {
    /// Has the journeys of others end once these steps have run.
    pub(super) fn stop(&mut self, memory: &mut Memory<'_>, what: &Stopped) {
        let (plan, own) = (self.plan, self.workflow);
        let program = &plan.program;
        let workflows: &[WorkflowId] = match what {
            Stopped::Workflow(workflow) => slice::from_ref(workflow),
            Stopped::Group(group) => plan.group(group),
        };
        for workflow in workflows.iter().copied().filter(|workflow| *workflow != own) {
            if let Some(slot) = program.workflows.at(workflow).started
                && program.frame.read(&memory[Area::Contact], slot) != FOREVER
            {
                program.frame.write(&mut memory[Area::Contact], slot, FOREVER);
                self.written.push(slot);
                self.take_back(workflow);
            }
            self.stopped.push(workflow);
        }
    }

    /// Says why a start was not followed.
    fn take_back(&mut self, workflow: WorkflowId) {
        self.batch.decide(DecisionRecord {
            workflow: Some(workflow.0),
            reason: Ignored::TakenBack.number(),
            ..DecisionRecord::new(self.contact, self.now, DecisionCode::Ignored)
        });
    }
}
