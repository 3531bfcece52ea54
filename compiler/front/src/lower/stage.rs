//! `advance stage to S`.

use super::Lowering;
use super::body::Body;
use flow_ir::{Op, Place, ValueId};

impl Lowering<'_> {
    /// The higher of the two, so that it never moves back.
    pub(super) fn advance(&mut self, stage: i64, body: &mut Body<'_>, path: Option<ValueId>) {
        let place = Place::contact(self.stage_slot());
        let (now, target) = (body.code.load(place), body.code.int(stage));
        let higher = body.code.op(Op::Max(now, target));
        body.code.store(place, higher, path);
    }
}
