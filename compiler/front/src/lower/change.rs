//! New values of fields.

use super::Lowering;
use super::body::Body;
use crate::typed::{Number, TypedStep};
use flow_ir::{Comparison, FieldId, Place, SlotKind, StepId, ValueId};

impl Lowering<'_> {
    /// Leaves a bit in the trace where a step is about to change something.
    pub(super) fn tell_change(
        &mut self,
        (id, step): (StepId, &TypedStep),
        (field, value): (FieldId, &Number),
        body: &mut Body<'_>,
        path: Option<ValueId>,
    ) {
        let Some(slot) = self.program.fields.at(field).slot else { return };
        let lowered = self.unclamped(value, &mut body.code);
        let now = body.code.load(Place::contact(slot));
        let differs = body.code.compare(Comparison::NotEqual, now, lowered.value);
        let ran = body.code.within(path, differs);
        body.trace(id, &step.text, step.at, Some(ran));
    }

    pub(super) fn change(&mut self, field: FieldId, value: &Number, body: &mut Body<'_>, path: Option<ValueId>) {
        let Some(slot) = self.program.fields.at(field).slot else { return };
        let lowered = self.unclamped(value, &mut body.code);
        // Who has no value to take keeps what they have.
        let path = match (path, lowered.known) {
            (Some(path), Some(known)) => Some(body.code.and(path, known)),
            (path, known) => path.or(known),
        };
        let value = match self.program.frame.slots.at(slot).kind {
            SlotKind::Bool => {
                let zero = body.code.int(0);
                body.code.compare(Comparison::NotEqual, lowered.value, zero)
            }
            SlotKind::Int | SlotKind::Code | SlotKind::Symbol | SlotKind::Days => lowered.value,
        };
        body.code.store(Place::contact(slot), value, path);
        if self.program.frame.slots.at(slot).presence.is_some() {
            body.code.set_known(Place::contact(slot), path);
        }
    }
}
