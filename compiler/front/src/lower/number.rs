//! Numbers to values, and whether they are there.

use super::Lowering;
use super::builder::Builder;
use crate::typed::Number;
use flow_ir::{Op, Place, ValueId};

/// A value, and the truth that it is there (none: always).
pub(super) struct Lowered {
    pub(super) value: ValueId,
    pub(super) known: Option<ValueId>,
}

impl Lowering<'_> {
    /// A number within the limit of values. Each sum goes back there by itself, so that it hangs on its parts alone, not on what the
    /// builder happens to know of them.
    pub(super) fn number(&self, number: &Number, code: &mut Builder) -> Lowered {
        let Lowered { value, known } = self.unclamped(number, code);
        Lowered { value: code.clamp(value), known }
    }

    /// The same, and the last sum may have left the limit: for a slot, which brings it back where it is chosen.
    pub(super) fn unclamped(&self, number: &Number, code: &mut Builder) -> Lowered {
        match number {
            Number::Const(value) => Lowered { value: code.int(*value), known: None },
            Number::Field(field) => {
                let Some(slot) = self.program.fields.at(*field).slot else {
                    return Lowered { value: code.int(0), known: None };
                };
                let place = Place::contact(slot);
                let known = self.program.frame.slots.at(slot).presence.map(|_| code.known(place));
                Lowered { value: code.load(place), known }
            }
            Number::Or(field, fallback) => {
                let inner = self.number(&Number::Field(*field), code);
                let fallback = code.int(*fallback);
                let value = match inner.known {
                    Some(known) => code.op(Op::Select(known, inner.value, fallback)),
                    None => inner.value,
                };
                Lowered { value, known: None }
            }
            Number::Max(left, right) => self.either(left, right, Op::Max, code),
            Number::Min(left, right) => self.either(left, right, Op::Min, code),
            Number::Add(left, right) => self.sum(left, right, Op::Add, code),
            Number::Sub(left, right) => self.sum(left, right, Op::Sub, code),
        }
    }

    /// One of two numbers.
    fn either(&self, left: &Number, right: &Number, op: fn(ValueId, ValueId) -> Op, code: &mut Builder) -> Lowered {
        let (left, right) = (self.number(left, code), self.number(right, code));
        let known = both(left.known, right.known, code);
        Lowered { value: code.op(op(left.value, right.value)), known }
    }

    fn sum(&self, left: &Number, right: &Number, op: fn(ValueId, ValueId) -> Op, code: &mut Builder) -> Lowered {
        let (left, right) = (self.number(left, code), self.number(right, code));
        let known = both(left.known, right.known, code);
        Lowered { value: code.op(op(left.value, right.value)), known }
    }
}

fn both(left: Option<ValueId>, right: Option<ValueId>, code: &mut Builder) -> Option<ValueId> {
    match (left, right) {
        (Some(a), Some(b)) => Some(code.and(a, b)),
        (known, None) | (None, known) => known,
    }
}
