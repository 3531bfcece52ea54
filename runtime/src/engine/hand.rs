//! `enter by hand`: an event that names the workflow lets somebody in, by the same rules as everyone who enters (E4).

use super::enrol::{Enrolment, OWN_ENTRY};
use super::rate::BECAME;
use super::touch::Touch;
use crate::inbound::{ENROLLED_WORKFLOW, Tracked};
use flow_ir::{CONFIRMATION, Entry, WorkflowId};

impl Touch<'_> {
    /// Notes whom an event lets in by hand. A workflow that people enter otherwise, or that is not there, takes nobody in so.
    pub(super) fn note_enrolment(&mut self, event: &Tracked) {
        // Every other event comes by here, too, and is asked nothing: to look for a property takes memory.
        if !event.meaning.enrols {
            return;
        }
        let Some(name) = event.text(ENROLLED_WORKFLOW) else { return };
        let program = &self.plan.program;
        let is_gone = |id: WorkflowId| program.lineage.gone.contains(&id.0);
        let found = program.workflows.find(|workflow| {
            // Whom the sender asks to confirm, nobody lets in.
            workflow.name == name && workflow.entry == Entry::ByHand && workflow.name != CONFIRMATION
        });
        self.by_hand.extend(found.filter(|id| !is_gone(*id)));
    }

    /// Whom the event at hand lets in.
    pub(super) fn judge_by_hand(&mut self) -> Vec<Enrolment> {
        let noted = std::mem::take(&mut self.by_hand);
        let enrolments = noted.into_iter().map(|workflow| Enrolment::now(workflow, OWN_ENTRY, BECAME, self.now));
        enrolments.collect::<Vec<_>>().into_iter().filter_map(|enrolment| self.judge(enrolment)).collect()
    }
}
