//! Predicates: one block, read only.

use super::op::{Scene, interpret_op};
use crate::backend::{Moment, Verdict, View};
use crate::guard::Guard;
use crate::{BlockId, FOREVER, Id, PredicateId, Program, Terminator};

pub(super) fn interpret_predicate(
    program: &Program,
    predicate: PredicateId,
    view: View<'_>,
    moment: Moment,
    host: &mut Guard<'_>,
) -> Verdict {
    let predicate = program.predicates.at(predicate);
    let block = predicate.function.blocks.at(BlockId(0));
    let layouts = program.layouts(predicate.workflow.map(|owner| program.workflows.at(owner)));
    let scene = Scene { program, layouts: &layouts, view, now: moment.now, triggers: moment.triggers };
    let mut values = Vec::with_capacity(block.ops.len());
    for op in block.ops.values() {
        let value = interpret_op(op, &values, &scene, host);
        values.push(value);
    }
    match block.end {
        Terminator::Result { holds, next_change } => {
            Verdict { holds: values[holds.index()] != 0, next_change: values[next_change.index()] }
        }
        // The verifier lets no other end through.
        _ => Verdict { holds: false, next_change: FOREVER },
    }
}
