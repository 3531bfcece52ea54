//! Functions: the frame around the blocks.

use super::abi::{CONTEXT_NEXT_CHANGE, FAILED};
use super::host::HostFunction;
use cranelift_codegen::ir::{
    self as clif, AbiParam, AliasRegionData, BlockCall, Endianness, InstBuilder, JumpTableData, MemFlagsData,
    Signature, Value, types,
};
use cranelift_codegen::isa::OwnedTargetIsa;
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};
use flow_ir::{Block, BlockId, Id, IdMap, Layout, Op, Place, Predicate, Program, Slot, SlotId, ValueId, Workflow};

/// Builds one function.
pub(super) struct Emitter<'f> {
    pub(super) builder: FunctionBuilder<'f>,
    pub(super) isa: &'f OwnedTargetIsa,
    pub(super) frame_layout: &'f Layout,
    /// The layout of the journey, where there is one.
    pub(super) journey_layout: Option<&'f Layout>,
    pub(super) memory: MemoryKinds,
    /// The function's arguments; the first four, which both kinds have, by name too.
    arguments: Vec<Value>,
    pub(super) context: Value,
    pub(super) frame: Value,
    pub(super) journey: Value,
    pub(super) now: Value,
    /// For each truth value of the block at hand, the same as an `i64` once that was asked for.
    pub(super) wide: Vec<Option<Value>>,
    /// The Cranelift block of each of ours.
    pub(super) blocks: Vec<clif::Block>,
    /// For each host function, its signature once it has been called.
    pub(super) signatures: [Option<clif::SigRef>; HostFunction::ALL.len()],
}

/// How each kind of memory is accessed. None overlaps another, so a store to one leaves known what was loaded from the others. No
/// access can trap (lengths are asserted before the call), and none is promised to be aligned: frames are plain bytes.
#[derive(Clone, Copy)]
pub(super) struct MemoryKinds {
    pub(super) frame: MemFlagsData,
    pub(super) journey: MemFlagsData,
    pub(super) context: MemFlagsData,
}

/// A slot, and how to reach it.
pub(super) struct Reached<'l> {
    pub(super) slot: &'l Slot,
    pub(super) base: Value,
    pub(super) flags: MemFlagsData,
}

/// Fills `function` with a workflow's body: `StepFn`.
pub(super) fn emit_step(
    isa: &OwnedTargetIsa,
    function: &mut clif::Function,
    scratch: &mut FunctionBuilderContext,
    program: &Program,
    workflow: &Workflow,
) {
    let pointer = isa.pointer_type();
    function.signature = signature(isa, &[pointer, pointer, pointer, types::I64, types::I32], types::I32);
    let mut emitter = Emitter::new(isa, function, scratch, program, Some(&workflow.journey));
    emitter.blocks = workflow.body.blocks.ids().map(|_| emitter.builder.create_block()).collect();
    let asked = emitter.arguments[4];
    emitter.emit_entry(asked, &workflow.body.resume_points());
    for (id, block) in workflow.body.blocks.iter() {
        let at = emitter.blocks[id.index()];
        emitter.builder.switch_to_block(at);
        let values = emitter.emit_ops(block);
        emitter.emit_end(id, &block.end, &values);
    }
    emitter.finish();
}

/// Fills `function` with a predicate: `PredicateFn`.
pub(super) fn emit_predicate(
    isa: &OwnedTargetIsa,
    function: &mut clif::Function,
    scratch: &mut FunctionBuilderContext,
    program: &Program,
    predicate: &Predicate,
) {
    let pointer = isa.pointer_type();
    function.signature = signature(isa, &[pointer, pointer, pointer, types::I64], types::I8);
    let journey = predicate.workflow.map(|owner| &program.workflows[owner].journey);
    let mut emitter = Emitter::new(isa, function, scratch, program, journey);
    for block in predicate.function.blocks.values() {
        let values = emitter.emit_ops(block);
        emitter.emit_end(BlockId(0), &block.end, &values);
    }
    emitter.finish();
}

fn signature(isa: &OwnedTargetIsa, arguments: &[clif::Type], answer: clif::Type) -> Signature {
    let mut signature = Signature::new(isa.default_call_conv());
    signature.params.extend(arguments.iter().copied().map(AbiParam::new));
    signature.returns.push(AbiParam::new(answer));
    signature
}

impl<'f> Emitter<'f> {
    fn new(
        isa: &'f OwnedTargetIsa,
        function: &'f mut clif::Function,
        scratch: &'f mut FunctionBuilderContext,
        program: &'f Program,
        journey_layout: Option<&'f Layout>,
    ) -> Self {
        let memory = memory_kinds(function);
        let mut builder = FunctionBuilder::new(function, scratch);
        let entry = builder.create_block();
        builder.append_block_params_for_function_params(entry);
        builder.switch_to_block(entry);
        let arguments = builder.block_params(entry).to_vec();
        Self {
            builder,
            isa,
            frame_layout: &program.frame,
            journey_layout,
            memory,
            context: arguments[0],
            frame: arguments[1],
            journey: arguments[2],
            now: arguments[3],
            arguments,
            wide: Vec::new(),
            blocks: Vec::new(),
            signatures: [None; HostFunction::ALL.len()],
        }
    }

    /// Goes to the block that was asked for, if a journey can resume there.
    fn emit_entry(&mut self, asked: Value, resume_points: &[BlockId]) {
        let refuse = self.builder.create_block();
        let last = resume_points.last().map_or(0, |id| id.index());
        let targets: Vec<BlockCall> = (0..=last)
            .map(|index| {
                let known = resume_points.binary_search(&BlockId::from_index(index)).is_ok();
                let target = if known { self.blocks[index] } else { refuse };
                self.block_call(target)
            })
            .collect();
        let otherwise = self.block_call(refuse);
        let table = self.builder.create_jump_table(JumpTableData::new(otherwise, &targets));
        self.builder.ins().br_table(asked, table);
        self.builder.switch_to_block(refuse);
        self.builder.set_cold_block(refuse);
        self.emit_stop_at(FAILED);
    }

    fn block_call(&mut self, target: clif::Block) -> BlockCall {
        self.builder.func.dfg.block_call(target, &[])
    }

    /// Computes a block's ops. A store leaves the value it stored.
    fn emit_ops(&mut self, block: &Block) -> Vec<Value> {
        self.wide = vec![None; block.ops.len()];
        let mut values = Vec::with_capacity(block.ops.len());
        for op in block.ops.values() {
            let value = self.emit_op(op, &Values { values: &values, ops: &block.ops });
            values.push(value);
        }
        values
    }

    /// Ends the step at a block.
    pub(super) fn emit_stop_at(&mut self, block: u32) {
        let answer = self.builder.ins().iconst(types::I32, i64::from(block));
        self.builder.ins().return_(&[answer]);
    }

    /// Ends a predicate.
    pub(super) fn emit_result(&mut self, holds: Value, next_change: Value) {
        self.builder.ins().store(self.memory.context, next_change, self.context, CONTEXT_NEXT_CHANGE);
        self.builder.ins().return_(&[holds]);
    }

    pub(super) fn reach(&self, place: Place) -> Reached<'f> {
        match (place, self.journey_layout) {
            (Place::Journey(slot), Some(layout)) => {
                Reached { slot: &layout.slots[slot], base: self.journey, flags: self.memory.journey }
            }
            // The verifier lets no journey be read where there is none.
            (Place::Frame(slot) | Place::Journey(slot), _) => self.reach_frame(slot),
        }
    }

    pub(super) fn reach_frame(&self, slot: SlotId) -> Reached<'f> {
        Reached { slot: &self.frame_layout.slots[slot], base: self.frame, flags: self.memory.frame }
    }

    fn finish(mut self) {
        self.builder.seal_all_blocks();
        self.builder.finalize(self.isa.frontend_config());
    }
}

/// The ops of a block and the values of those so far.
pub(super) struct Values<'v> {
    values: &'v [Value],
    pub(super) ops: &'v IdMap<ValueId, Op>,
}

impl Values<'_> {
    pub(super) fn get(&self, id: ValueId) -> Value {
        self.values[id.index()]
    }
}

fn memory_kinds(function: &mut clif::Function) -> MemoryKinds {
    let mut kind = |user_id, description: &'static str| {
        let region = function.dfg.alias_regions.insert(AliasRegionData { user_id, description: description.into() });
        MemFlagsData::new().with_notrap().with_alias_region(Some(region))
    };
    MemoryKinds {
        frame: kind(0, "frame").with_endianness(Endianness::Little),
        journey: kind(1, "journey").with_endianness(Endianness::Little),
        context: kind(2, "context").with_aligned(),
    }
}
