//! Functions: ops that fit their operands, a graph that ends.

use super::super::{Block, BlockId, Function, Id, Predicate, Terminator, ValueId, ValueType, Workflow};
use super::Checker;
use super::value::{Known, Scope};

impl Checker<'_> {
    /// A predicate is one block that writes nothing and ends in a result.
    pub(super) fn predicate(&mut self, place: &str, predicate: &Predicate) {
        let program = self.program;
        let workflow = predicate.workflow.and_then(|owner| program.workflows.get(owner));
        let scope = Scope { program, workflow, writes: None };
        if predicate.function.blocks.len() != 1 {
            return self.fault(place, format!("has {} blocks, not one", predicate.function.blocks.len()));
        }
        for (id, block) in predicate.function.blocks.iter() {
            let place = format!("{place}, {id}");
            let values = self.ops(&place, scope, block);
            match block.end {
                Terminator::Result { holds, next_change } => {
                    self.operand(&place, &values, holds, ValueType::Bool);
                    self.operand(&place, &values, next_change, ValueType::Int);
                }
                _ => self.fault(&place, "a predicate ends in a result"),
            }
        }
    }

    pub(super) fn body(&mut self, place: &str, workflow: &Workflow) {
        let writes = workflow.writes.iter().copied().collect();
        let scope = Scope { program: self.program, workflow: Some(workflow), writes: Some(&writes) };
        for (id, block) in workflow.body.blocks.iter() {
            let place = format!("{place}, {id}");
            let values = self.ops(&place, scope, block);
            self.end(&place, workflow, block, &values);
        }
        if !workflow.body.blocks.is_empty() {
            self.exists(place, &workflow.body.blocks, workflow.start);
            workflow.closings.blocks().for_each(|block| self.exists(place, &workflow.body.blocks, block));
        }
        self.graph(place, workflow);
    }

    /// What is done for somebody whose journey has ended is done at once, and nobody has to wait for it.
    fn closings(&mut self, place: &str, workflow: &Workflow) {
        let reached = reachable(&workflow.body, workflow.closings.blocks());
        for ((id, block), _) in workflow.body.blocks.iter().zip(reached).filter(|(_, reached)| *reached) {
            let waits = match block.end {
                Terminator::Wait { .. } => true,
                Terminator::Effect { effect, .. } => {
                    workflow.effects.get(effect).is_some_and(|effect| effect.lets_out())
                }
                _ => false,
            };
            if waits {
                self.fault(&format!("{place}, {id}"), "a journey that has ended comes to it and would have to wait");
            }
        }
    }

    /// Checks a block's ops; a faulty one counts as leaving nothing, so each mistake is told once or twice, not at every use.
    fn ops(&mut self, place: &str, scope: Scope<'_>, block: &Block) -> Vec<Known> {
        let mut values = Vec::with_capacity(block.ops.len());
        for (id, op) in block.ops.iter() {
            let known = scope.infer(op, &values).unwrap_or_else(|problem| {
                self.fault(&format!("{place}, {id}"), problem);
                Known::Nothing
            });
            values.push(known);
        }
        values
    }

    fn operand(&mut self, place: &str, values: &[Known], value: ValueId, wanted: ValueType) {
        match values.get(value.index()) {
            None => self.fault(place, format!("{value} is not computed in this block")),
            Some(found) if found.ty() != wanted => {
                self.fault(place, format!("{value} is {:?}, not {wanted:?}", found.ty()));
            }
            Some(_) => {}
        }
    }

    fn end(&mut self, place: &str, workflow: &Workflow, block: &Block, values: &[Known]) {
        match block.end {
            Terminator::Jump(_) => {}
            Terminator::Branch(value, ..) => self.operand(place, values, value, ValueType::Bool),
            Terminator::Effect { step, effect, .. } => {
                self.effect(place, block);
                self.exists(place, &workflow.steps, step);
                self.exists(place, &workflow.effects, effect);
            }
            Terminator::Wait { step, wait, .. } => {
                self.exists(place, &workflow.steps, step);
                self.exists(place, &workflow.waits, wait);
            }
            Terminator::Finish { step: Some(step), .. } => self.exists(place, &workflow.steps, step),
            Terminator::Finish { step: None, .. } => {}
            Terminator::Result { .. } => self.fault(place, "only a predicate ends in a result"),
        }
    }

    /// An effect's block is run again after a hold, so it may compute nothing.
    fn effect(&mut self, place: &str, block: &Block) {
        if !block.ops.is_empty() {
            self.fault(place, "a block that ends in an effect has no ops");
        }
    }

    /// Every target exists, every block is reached, and no path comes back.
    fn graph(&mut self, place: &str, workflow: &Workflow) {
        let function = &workflow.body;
        let size = function.blocks.len();
        if size == 0 {
            return self.fault(place, "has no blocks");
        }
        let mut begins = [workflow.start].into_iter().chain(workflow.closings.blocks());
        if begins.any(|block| block.index() >= size) {
            return;
        }
        let mut sound = true;
        for (id, block) in function.blocks.iter() {
            for target in block.end.targets().into_iter().filter(|target| target.index() >= size) {
                self.fault(&format!("{place}, {id}"), format!("there is no {target}"));
                sound = false;
            }
        }
        if sound {
            self.paths(place, workflow);
            self.closings(place, workflow);
        }
    }

    /// Blocks before the start are of earlier versions: some of them nobody needs any more.
    fn paths(&mut self, place: &str, workflow: &Workflow) {
        let function = &workflow.body;
        let reached = reachable(function, [workflow.start].into_iter().chain(workflow.closings.blocks()));
        for (id, _) in function.blocks.ids().zip(reached).filter(|(id, reached)| !reached && *id >= workflow.start) {
            self.fault(&format!("{place}, {id}"), "no path leads here");
        }
        if !ends(function) {
            self.fault(place, "a path comes back to where it was");
        }
    }
}

/// Which blocks a path from where a run begins leads to.
#[expect(clippy::indexing_slicing, reason = "`graph` has found that every target exists")]
fn reachable(function: &Function, begins: impl IntoIterator<Item = BlockId>) -> Vec<bool> {
    let mut reached = vec![false; function.blocks.len()];
    let mut todo: Vec<BlockId> = begins.into_iter().collect();
    while let Some(id) = todo.pop() {
        if !std::mem::replace(&mut reached[id.index()], true) {
            todo.extend(function.blocks.at(id).end.targets());
        }
    }
    reached
}

/// Whether the graph has no cycle: taking away blocks that nothing leads to, again and again, takes all (Kahn 1962).
#[expect(clippy::indexing_slicing, reason = "`graph` has found that every target exists")]
fn ends(function: &Function) -> bool {
    let mut ways_in = vec![0_u32; function.blocks.len()];
    for target in function.blocks.values().flat_map(|block| block.end.targets()) {
        ways_in[target.index()] += 1;
    }
    let mut free: Vec<BlockId> = function.blocks.ids().filter(|id| ways_in[id.index()] == 0).collect();
    let mut taken = 0;
    while let Some(id) = free.pop() {
        taken += 1;
        for target in function.blocks.at(id).end.targets() {
            ways_in[target.index()] -= 1;
            if ways_in[target.index()] == 0 {
                free.push(target);
            }
        }
    }
    taken == function.blocks.len()
}
