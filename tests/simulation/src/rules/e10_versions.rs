//! E10: a journey keeps the steps it started with; a change strands nobody.

use flow_ir::WorkflowId;
use flow_runtime::store::JourneyStatus;

use crate::seen::Seen;

/// Whoever is in a workflow stands at a step that there is, of a block that there is.
pub(super) fn broken(seen: &Seen<'_>) -> Option<String> {
    let live = seen.snapshot().journeys().into_iter().filter(|journey| journey.status != JourneyStatus::Ended);
    for journey in live {
        let Some(workflow) = seen.program().workflows.get(WorkflowId(journey.workflow)) else {
            return Some(format!("{journey:?} is in no workflow"));
        };
        let resumes = workflow.resume_points().iter().any(|block| block.0 == journey.block);
        if !resumes {
            return Some(format!("{journey:?} stands at no block of {}", workflow.name));
        }
    }
    None
}
