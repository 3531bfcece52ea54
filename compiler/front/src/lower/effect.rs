//! Effects, whatever they are: what to do is data, so nothing here knows one from another.

use super::Lowering;
use super::body::Body;
use flow_ir::{Effect, Ending, Place, StepId, Terminator};

impl Lowering<'_> {
    /// A block of its own with no ops, since a held effect runs it again; then the end, where the journey ends with it.
    pub(super) fn effect(&mut self, step: StepId, effect: Option<&Effect>, then: Option<Ending>, body: &mut Body<'_>) {
        // One that is wrong was refused before it comes here.
        let Some(effect) = effect else { return };
        let asked_at = body.asked_at.filter(|_| effect.message().is_some());
        if let Some(email) = effect.message() {
            self.sent_slot(email, &mut body.journey);
        }
        asked_at.into_iter().for_each(|slot| body.note_asked(slot));
        let effect = body.effect_of(step, effect);
        body.fresh_block();
        let next = body.code.reserve();
        body.code.close(Terminator::Effect { step, effect, next });
        body.code.open(next);
        asked_at.into_iter().for_each(|slot| body.put_off(slot));
        match then {
            Some(ending) if body.is_followed => self.end_where_taken(step, ending, body),
            Some(ending) => body.finish(step, ending),
            None => {}
        }
    }

    /// Whoever was taken over leaves; the others go on.
    fn end_where_taken(&mut self, step: StepId, ending: Ending, body: &mut Body<'_>) {
        let slot = body.taken_slot();
        let taken = body.code.load(Place::journey(slot));
        let (leaves, goes_on) = (body.code.reserve(), body.code.reserve());
        body.code.close(Terminator::Branch(taken, leaves, goes_on));
        body.code.open(leaves);
        body.finish(step, ending);
        body.code.open(goes_on);
    }
}
