//! `wait D`, `wait until P up to D`.

use super::Lowering;
use super::body::Body;
use crate::check::typed::Cond;
use flow_ir::{CivilSpan, StepId, Terminator, Wait};

impl Lowering<'_> {
    pub(super) fn wait(&mut self, step: StepId, wait: Wait, body: &mut Body<'_>) {
        let wait = body.waits.push(wait);
        let resume = body.code.reserve();
        body.code.close(Terminator::Wait { step, wait, resume });
        body.code.open(resume);
    }

    pub(super) fn wait_until(&mut self, step: StepId, when: &Cond, up_to: CivilSpan, body: &mut Body<'_>) {
        let what = body.steps.table[step].to_string();
        let when = self.own_predicate(&what, when, body);
        self.wait(step, Wait::Until { when, up_to }, body);
    }
}
