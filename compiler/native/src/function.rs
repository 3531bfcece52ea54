//! Functions: the frame around the blocks.

use super::abi::{CONTEXT_NEXT_CHANGE, FAILED, context_area};
use super::host::HostFunction;
use cranelift_codegen::ir::{
    self as clif, AbiParam, BlockCall, Endianness, InstBuilder, JumpTableData, MemFlagsData, Signature, Value, types,
};
use cranelift_codegen::isa::OwnedTargetIsa;
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};
use flow_ir::{
    Area, Areas, Block, BlockId, Function, Id, IdMap, Layout, Op, Place, Predicate, Program, Slot, ValueId, Workflow,
};

/// Builds one function.
pub(super) struct Emitter<'f> {
    pub(super) builder: FunctionBuilder<'f>,
    pub(super) isa: &'f OwnedTargetIsa,
    layouts: Areas<Option<&'f Layout>>,
    pub(super) memory: MemoryKinds,
    /// The function's arguments; the first two, which both kinds have, by name too.
    arguments: Vec<Value>,
    pub(super) context: Value,
    pub(super) now: Value,
    /// Where each area begins that the function looks at.
    bases: Areas<Option<Value>>,
    /// For each truth value of the block at hand, the same as an `i64` once that was asked for.
    pub(super) wide: IdMap<ValueId, Option<Value>>,
    /// The Cranelift block of each of ours.
    pub(super) blocks: IdMap<BlockId, clif::Block>,
    /// For each host function, its signature once it has been called.
    pub(super) signatures: [Option<clif::SigRef>; HostFunction::ALL.len()],
}

/// How each kind of memory is accessed. No access can trap (lengths are asserted before the call), and none of an area is promised to be
/// aligned: frames are plain bytes.
#[derive(Clone, Copy)]
pub(super) struct MemoryKinds {
    area: MemFlagsData,
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
    function.signature = signature(isa, &[pointer, types::I64, types::I32], types::I32);
    let mut emitter = Emitter::new(isa, function, scratch, program.layouts(Some(workflow)), &workflow.body);
    emitter.blocks = workflow.body.blocks.ids().map(|_| emitter.builder.create_block()).collect();
    #[expect(clippy::indexing_slicing, reason = "the signature above has three arguments")]
    let asked = emitter.arguments[2];
    emitter.emit_entry(asked, &workflow.resume_points());
    for (id, block) in workflow.body.blocks.iter() {
        let at = *emitter.blocks.at(id);
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
    function.signature = signature(isa, &[pointer, types::I64], types::I8);
    let layouts = program.layouts(predicate.workflow.map(|owner| program.workflows.at(owner)));
    let mut emitter = Emitter::new(isa, function, scratch, layouts, &predicate.function);
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
    #[expect(
        clippy::indexing_slicing,
        reason = "the signature of either kind of function begins with these two arguments"
    )]
    fn new(
        isa: &'f OwnedTargetIsa,
        function: &'f mut clif::Function,
        scratch: &'f mut FunctionBuilderContext,
        layouts: Areas<Option<&'f Layout>>,
        emitted: &Function,
    ) -> Self {
        let memory = memory_kinds();
        let mut builder = FunctionBuilder::new(function, scratch);
        let entry = builder.create_block();
        builder.append_block_params_for_function_params(entry);
        builder.switch_to_block(entry);
        let arguments = builder.block_params(entry).to_vec();
        let context = arguments[0];
        let bases = used_areas(emitted).map(|area| {
            let area = area?;
            Some(builder.ins().load(isa.pointer_type(), memory.context, context, context_area(area)))
        });
        Self {
            builder,
            isa,
            layouts,
            memory,
            context,
            now: arguments[1],
            arguments,
            bases,
            wide: IdMap::default(),
            blocks: IdMap::default(),
            signatures: [None; HostFunction::ALL.len()],
        }
    }

    /// Goes to the block that was asked for, if a journey can resume there.
    fn emit_entry(&mut self, asked: Value, resume_points: &[BlockId]) {
        let refuse = self.builder.create_block();
        let last = resume_points.last().map_or(0, |id| id.index());
        let targets: Vec<BlockCall> = (0..=last)
            .map(|index| {
                let block = BlockId::from_index(index);
                let known = resume_points.binary_search(&block).is_ok();
                let target = if known { *self.blocks.at(block) } else { refuse };
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
    fn emit_ops(&mut self, block: &Block) -> IdMap<ValueId, Value> {
        self.wide = block.ops.ids().map(|_| None).collect();
        let mut values = IdMap::default();
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

    /// A slot and how to get there; none where there is no layout, which the verifier does not let through.
    pub(super) fn reach(&self, place: Place) -> Option<Reached<'f>> {
        let slot = self.layouts[place.area]?.slots.at(place.slot);
        Some(Reached { slot, base: self.bases[place.area]?, flags: self.memory.area })
    }

    fn finish(mut self) {
        self.builder.seal_all_blocks();
        self.builder.finalize(self.isa.frontend_config());
    }
}

/// The ops of a block and the values of those so far.
pub(super) struct Values<'v> {
    values: &'v IdMap<ValueId, Value>,
    pub(super) ops: &'v IdMap<ValueId, Op>,
}

impl Values<'_> {
    pub(super) fn get(&self, id: ValueId) -> Value {
        *self.values.at(id)
    }
}

/// The areas that a function looks at.
fn used_areas(function: &Function) -> Areas<Option<Area>> {
    let mut used = Areas::default();
    for place in function.blocks.values().flat_map(|block| block.ops.values()).filter_map(Op::place) {
        used[place.area] = Some(place.area);
    }
    used
}

fn memory_kinds() -> MemoryKinds {
    let any = MemFlagsData::new().with_notrap();
    MemoryKinds { area: any.with_endianness(Endianness::Little), context: any.with_aligned() }
}
