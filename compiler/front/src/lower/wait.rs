//! Waits.

use super::Lowering;
use super::body::Body;
use crate::typed::TypedWait;
use flow_ir::{StepId, Terminator, Wait};

impl Lowering<'_> {
    pub(super) fn wait(&mut self, step: StepId, wait: &TypedWait, body: &mut Body<'_>) {
        let wait = match wait {
            TypedWait::For(span) => Wait::For(*span),
            TypedWait::Until { when, up_to } => {
                let what = body.steps.table.at(step).to_string();
                Wait::Until { when: self.own_predicate(&what, when, body), up_to: *up_to }
            }
        };
        let wait = body.waits.push(wait);
        let resume = body.code.reserve();
        body.code.close(Terminator::Wait { step, wait, resume });
        body.code.open(resume);
    }
}
