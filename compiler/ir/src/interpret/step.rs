//! Steps: block after block until the journey waits, is held or ends.

use super::op::{Scene, interpret_op};
use crate::backend::{Memory, Outcome, Stop};
use crate::guard::Guard;
use crate::{Areas, Block, BlockId, Id, Layout, Op, Program, Terminator, Workflow, WorkflowId};

/// Where control goes after a block.
enum Next {
    Block(BlockId),
    Stop(Stop),
}

pub(super) fn interpret_step(
    program: &Program,
    workflow: WorkflowId,
    memory: Memory<'_>,
    start: BlockId,
    now: i64,
    host: &mut Guard<'_>,
) -> Stop {
    let workflow = program.workflows.at(workflow);
    let layouts = program.layouts(Some(workflow));
    let mut run = Run { program, layouts: &layouts, workflow, memory, now, host };
    let mut at = start;
    // No path comes back, so none is longer than the list of blocks.
    for _ in 0..workflow.body.blocks.len() {
        match run.block(at) {
            Next::Block(next) => at = next,
            Next::Stop(stop) => return stop,
        }
    }
    Stop::Failed
}

struct Run<'r, 'h> {
    program: &'r Program,
    layouts: &'r Areas<Option<&'r Layout>>,
    workflow: &'r Workflow,
    memory: Memory<'r>,
    now: i64,
    host: &'r mut Guard<'h>,
}

impl Run<'_, '_> {
    fn block(&mut self, at: BlockId) -> Next {
        let block = self.workflow.body.blocks.at(at);
        let values = self.ops(block);
        self.end(at, &block.end, &values)
    }

    fn ops(&mut self, block: &Block) -> Vec<i64> {
        let mut values = Vec::with_capacity(block.ops.len());
        for op in block.ops.values() {
            let scene = Scene {
                program: self.program,
                layouts: self.layouts,
                view: self.memory.view(),
                now: self.now,
                triggers: 0,
            };
            let value = interpret_op(op, &values, &scene, self.host);
            self.write(op, &values);
            values.push(value);
        }
        values
    }

    fn write(&mut self, op: &Op, values: &[i64]) {
        let (Op::Store(place, value) | Op::SetKnown(place, value)) = *op else { return };
        // The verifier lets no slot be written where there is no layout.
        let Some(layout) = self.layouts[place.area] else { return };
        let (bytes, value) = (&mut self.memory[place.area], values[value.index()]);
        if matches!(op, Op::Store(..)) {
            layout.write(bytes, place.slot, value);
        } else {
            layout.set_known(bytes, place.slot, value != 0);
        }
    }

    fn end(&mut self, at: BlockId, end: &Terminator, values: &[i64]) -> Next {
        match *end {
            Terminator::Jump(next) => Next::Block(next),
            Terminator::Branch(value, yes, no) => Next::Block(if values[value.index()] != 0 { yes } else { no }),
            Terminator::Effect { step, effect, next } => match self.host.effect(self.memory.lend(), step, effect) {
                Ok(Outcome::Done) => Next::Block(next),
                Ok(Outcome::Held) => Next::Stop(Stop::Held { step, block: at.0 }),
                Err(_) => Next::Stop(Stop::Failed),
            },
            Terminator::Wait { step, wait, resume } => Next::Stop(Stop::Waiting { step, wait, block: resume.0 }),
            Terminator::Finish { step, ending } => Next::Stop(Stop::Ended { step, ending }),
            // The verifier lets no result into a body.
            Terminator::Result { .. } => Next::Stop(Stop::Failed),
        }
    }
}
