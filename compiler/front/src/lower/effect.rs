//! Effects, whatever they are: what to do is data, so nothing here knows one from another.

use super::Lowering;
use super::body::Body;
use flow_ir::{Effect, Ending, StepId, Terminator};

impl Lowering<'_> {
    /// A block of its own with no ops, since a held effect runs it again; then the end, where the journey ends with it.
    pub(super) fn effect(&mut self, step: StepId, effect: Option<&Effect>, then: Option<Ending>, body: &mut Body<'_>) {
        // One that is wrong was refused before it comes here.
        let Some(effect) = effect else { return };
        if let Some(email) = effect.message() {
            self.sent_slot(email, &mut body.journey);
        }
        let effect = body.effects.push(effect.clone());
        body.fresh_block();
        let next = body.code.reserve();
        body.code.close(Terminator::Effect { step, effect, next });
        body.code.open(next);
        if let Some(ending) = then {
            body.finish(step, ending);
        }
    }
}
