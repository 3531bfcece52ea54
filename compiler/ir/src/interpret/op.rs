//! One op: from the values before it to its own. Truth values are 0 and 1.

use crate::guard::Guard;
use crate::{Id, Layout, Op, Place, Program, VALUE_LIMIT, ValueId};

/// What an op may look at.
pub(super) struct View<'v> {
    pub(super) program: &'v Program,
    /// The layout of the journey, where there is one.
    pub(super) journey_layout: Option<&'v Layout>,
    pub(super) frame: &'v [u8],
    pub(super) journey: &'v [u8],
    pub(super) now: i64,
    pub(super) triggers: u64,
}

impl View<'_> {
    fn load(&self, place: Place) -> i64 {
        match (place, self.journey_layout) {
            (Place::Frame(slot), _) => self.program.frame.read(self.frame, slot),
            (Place::Journey(slot), Some(layout)) => layout.read(self.journey, slot),
            // The verifier lets no such load through.
            (Place::Journey(_), None) => 0,
        }
    }
}

/// Computes an op that writes nothing; a store leaves 0.
///
/// Sums wrap, as in machine code. The verifier has shown that they never do while slots hold what they may, so this matters only
/// for a damaged frame, where a wrong number must not become a panic.
pub(super) fn interpret_op(op: &Op, values: &[i64], view: &View<'_>, host: &mut Guard<'_>) -> i64 {
    let of = |id: ValueId| values[id.index()];
    match *op {
        Op::Int(value) => value,
        Op::Bool(value) => i64::from(value),
        Op::Now => view.now,
        Op::Load(place) => view.load(place),
        Op::Store(..) | Op::SetKnown(..) => 0,
        Op::Known(slot) => i64::from(view.program.frame.is_known(view.frame, slot)),
        Op::Trigger(bit) => i64::from(view.triggers >> bit & 1 == 1),
        Op::TextTest(test) => i64::from(host.text_test(test).unwrap_or(false)),
        Op::Compare(comparison, a, b) => i64::from(comparison.holds(of(a), of(b))),
        Op::InSet(a, ref set) => i64::from(set.binary_search(&of(a)).is_ok()),
        Op::InRange(a, low, high) => i64::from((low..=high).contains(&of(a))),
        Op::And(a, b) => of(a) & of(b),
        Op::Or(a, b) | Op::BitOr(a, b) => of(a) | of(b),
        Op::Not(a) => i64::from(of(a) == 0),
        Op::Add(a, b) => of(a).wrapping_add(of(b)),
        Op::Sub(a, b) => of(a).wrapping_sub(of(b)),
        Op::Clamp(a) => of(a).clamp(-VALUE_LIMIT, VALUE_LIMIT),
        Op::Min(a, b) => of(a).min(of(b)),
        Op::Max(a, b) => of(a).max(of(b)),
        Op::Bit(a, bit) => of(a) << bit,
        Op::Select(which, yes, no) => {
            if of(which) != 0 {
                of(yes)
            } else {
                of(no)
            }
        }
    }
}
