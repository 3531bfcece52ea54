//! `send EMAIL`.

use super::Lowering;
use super::body::Body;
use flow_ir::{EmailId, StepId, Terminator};

impl Lowering<'_> {
    /// A block of its own with no ops: a held send runs it again.
    pub(super) fn send(&mut self, step: StepId, email: EmailId, body: &mut Body<'_>) {
        self.sent_slot(email, &mut body.journey);
        body.fresh_block();
        let next = body.code.reserve();
        body.code.close(Terminator::Send { step, email, next });
        body.code.open(next);
    }
}
