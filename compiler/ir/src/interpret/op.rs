//! One op: from the values before it to its own. Truth values are 0 and 1.

use super::predicate::interpret_predicate;
use crate::backend::{Moment, View};
use crate::guard::Guard;
use crate::{Areas, Id, Layout, Op, Place, Program, SegmentId, VALUE_LIMIT, ValueId};

/// What an op may look at.
pub(super) struct Scene<'v> {
    pub(super) program: &'v Program,
    pub(super) layouts: &'v Areas<Option<&'v Layout>>,
    pub(super) view: View<'v>,
    pub(super) now: i64,
    pub(super) triggers: u64,
}

impl Scene<'_> {
    fn segment(&self, segment: SegmentId, host: &mut Guard<'_>) -> bool {
        let moment = Moment { now: self.now, triggers: self.triggers };
        let asked = self.program.segments.at(segment).afresh;
        interpret_predicate(self.program, asked, self.view.without_journey(), moment, host).holds
    }

    fn load(&self, place: Place) -> i64 {
        // The verifier lets no slot be read where there is no layout.
        self.layouts[place.area].map_or(0, |layout| layout.read(&self.view[place.area], place.slot))
    }

    fn is_known(&self, place: Place) -> bool {
        self.layouts[place.area].is_some_and(|layout| layout.is_known(&self.view[place.area], place.slot))
    }
}

/// Computes an op that writes nothing; a store leaves 0.
///
/// Sums wrap, as in machine code. The verifier has shown that they never do while slots hold what they may, so this matters only
/// for a damaged frame, where a wrong number must not become a panic.
pub(super) fn interpret_op(op: &Op, values: &[i64], scene: &Scene<'_>, host: &mut Guard<'_>) -> i64 {
    let of = |id: ValueId| values[id.index()];
    match *op {
        Op::Int(value) => value,
        Op::Bool(value) => i64::from(value),
        Op::Now => scene.now,
        Op::Load(place) => scene.load(place),
        Op::Store(..) | Op::SetKnown(..) => 0,
        Op::Known(place) => i64::from(scene.is_known(place)),
        Op::Trigger(bit) => i64::from(scene.triggers >> bit & 1 == 1),
        Op::Segment(segment) => i64::from(scene.segment(segment, host)),
        Op::TextTest(test) => i64::from(host.text_test(test).unwrap_or(false)),
        Op::Calendar(calendar, a) => host.calendar(calendar, of(a)).unwrap_or(0),
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
