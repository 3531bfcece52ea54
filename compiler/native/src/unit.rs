//! One unit of machine code: a workflow's body with its predicates, or the predicates of the whole program.
//!
//! A unit is a Cranelift module of its own, because code can be freed by the module only.

use super::abi::{PredicateFn, StepFn};
use super::error::CompileError;
use super::function::{emit_predicate, emit_step};
use cranelift_codegen::control::ControlPlane;
use cranelift_codegen::ir as clif;
use cranelift_codegen::isa::OwnedTargetIsa;
use cranelift_frontend::FunctionBuilderContext;
use cranelift_jit::{ArenaMemoryProvider, JITBuilder, JITModule};
use cranelift_module::{FuncId, Module, default_libcall_names};
use flow_ir::{Block, Function, Op, PredicateId, Program, WorkflowId};
use std::mem;
use std::sync::Mutex;

/// Address space reserved for any unit; only what the code fills is ever backed by memory.
const ARENA_BYTES: usize = 1 << 20;

/// More address space for each op, several times what one becomes.
const ARENA_BYTES_PER_OP: usize = 128;

/// More for each member of a set, which at worst is a window of its own: `emit_in_set` makes some 40 bytes of one.
const ARENA_BYTES_PER_MEMBER: usize = 128;

/// Of lanes one op is as much as several: a set is a comparison for each of its neighbourhoods.
const ARENA_OPS_OF_LANES: usize = 8;

/// The code of one unit.
pub(super) struct Unit {
    pub(super) step: Option<StepFn>,
    pub(super) predicates: Vec<(PredicateId, PredicateFn)>,
    /// Size of the machine code.
    pub(super) bytes: usize,
    pub(super) code: Code,
}

/// Owns the memory that a unit's functions lie in. The mutex is never locked; it makes the module shareable between threads, which
/// it is not by itself and need not be, since nothing uses it between compilation and the end.
pub(super) struct Code {
    module: Mutex<Option<JITModule>>,
}

impl Drop for Code {
    fn drop(&mut self) {
        let module = self.module.get_mut().unwrap_or_else(|poisoned| poisoned.into_inner()).take();
        if let Some(module) = module {
            // SAFETY: the functions' addresses are kept by `Native` alone, in private fields, beside this value; every call borrows
            // that `Native` until it returns. So while this runs none is being called, and afterwards none can be.
            unsafe { module.free_memory() };
        }
    }
}

/// Compiles the body of a workflow and the predicates that belong to it; without one, those that belong to none. `mine` are these
/// predicates.
pub(super) fn compile_unit(
    isa: &OwnedTargetIsa,
    program: &Program,
    workflow: Option<WorkflowId>,
    mine: &[PredicateId],
) -> Result<Unit, CompileError> {
    let mut builder = UnitBuilder::new(isa, arena_bytes(program, workflow, mine))?;
    let step = match workflow {
        Some(id) => {
            let name = format!("workflow {}", program.workflows.at(id).name);
            Some(builder.define(&name, |f, scratch| emit_step(isa, f, scratch, program, program.workflows.at(id)))?)
        }
        None => None,
    };
    let mut predicates = Vec::new();
    for id in mine.iter().copied() {
        let predicate = program.predicates.at(id);
        let name = format!("predicate {}", predicate.name);
        let function = builder.define(&name, |f, scratch| emit_predicate(isa, f, scratch, program, predicate))?;
        predicates.push((id, function));
    }
    builder.finish(step, predicates)
}

/// Fills a function.
type Emit<'m> = Box<dyn FnOnce(&mut clif::Function, &mut FunctionBuilderContext) + 'm>;

/// A function of a unit that is no part of a program.
pub(super) struct Member<'m> {
    pub(super) name: String,
    /// How many ops it is made of.
    pub(super) ops: usize,
    pub(super) emit: Emit<'m>,
}

/// Compiles these, and tells where each begins. Whoever calls one keeps the code.
pub(super) fn compile_members(
    isa: &OwnedTargetIsa,
    members: Vec<Member<'_>>,
) -> Result<(Vec<*const u8>, Code), CompileError> {
    let ops: usize = members.iter().map(|member| member.ops).sum();
    let mut builder = UnitBuilder::new(isa, ARENA_BYTES + ARENA_BYTES_PER_OP * ARENA_OPS_OF_LANES * ops)?;
    let ids = members.into_iter().map(|member| builder.define(&member.name, member.emit));
    let ids: Vec<FuncId> = ids.collect::<Result<_, _>>()?;
    let module = builder.finalize()?;
    let addresses = ids.into_iter().map(|id| module.get_finalized_function(id)).collect();
    Ok((addresses, Code { module: Mutex::new(Some(module)) }))
}

fn arena_bytes(program: &Program, workflow: Option<WorkflowId>, mine: &[PredicateId]) -> usize {
    let members = |op: &Op| if let Op::InSet(_, set) = op { set.len() } else { 0 };
    let of_op = |op: &Op| ARENA_BYTES_PER_OP + ARENA_BYTES_PER_MEMBER * members(op);
    // The end of a block is one more.
    let of_block = |block: &Block| ARENA_BYTES_PER_OP + block.ops.values().map(of_op).sum::<usize>();
    let of = |function: &Function| function.blocks.values().map(of_block).sum::<usize>();
    let body = workflow.map_or(0, |id| of(&program.workflows.at(id).body));
    let asked = mine.iter().map(|id| of(&program.predicates.at(*id).function)).sum::<usize>();
    ARENA_BYTES + body + asked
}

/// A module being filled.
struct UnitBuilder {
    module: JITModule,
    context: cranelift_codegen::Context,
    scratch: FunctionBuilderContext,
    bytes: usize,
}

impl UnitBuilder {
    fn new(isa: &OwnedTargetIsa, arena_bytes: usize) -> Result<Self, CompileError> {
        let arena = ArenaMemoryProvider::new_with_size(arena_bytes)
            .map_err(|error| CompileError::NoExecutableMemory(error.to_string()))?;
        let mut builder = JITBuilder::with_isa(isa.clone(), default_libcall_names());
        builder.memory_provider(Box::new(arena));
        let module = JITModule::new(builder);
        let context = module.make_context();
        Ok(Self { module, context, scratch: FunctionBuilderContext::new(), bytes: 0 })
    }

    fn define(
        &mut self,
        name: &str,
        emit: impl FnOnce(&mut clif::Function, &mut FunctionBuilderContext),
    ) -> Result<FuncId, CompileError> {
        emit(&mut self.context.func, &mut self.scratch);
        let fail = |reason: String| CompileError::Generator { function: name.to_owned(), reason };
        let id = self
            .module
            .declare_anonymous_function(&self.context.func.signature)
            .map_err(|error| fail(error.to_string()))?;
        self.module
            .define_function_with_control_plane(id, &mut self.context, &mut ControlPlane::default())
            .map_err(|error| fail(format!("{error:#}")))?;
        self.bytes += self.context.compiled_code().map_or(0, |code| code.code_info().total_size as usize);
        self.module.clear_context(&mut self.context);
        Ok(id)
    }

    fn finalize(mut self) -> Result<JITModule, CompileError> {
        self.module.finalize_definitions().map_err(|error| CompileError::NoExecutableMemory(error.to_string()))?;
        Ok(self.module)
    }

    fn finish(self, step: Option<FuncId>, predicates: Vec<(PredicateId, FuncId)>) -> Result<Unit, CompileError> {
        let bytes = self.bytes;
        let module = self.finalize()?;
        let step = step.map(|id| {
            // SAFETY: `emit_step` gave the function the signature of `StepFn`, in the system's calling convention.
            unsafe { mem::transmute::<*const u8, StepFn>(module.get_finalized_function(id)) }
        });
        let address = |(predicate, id)| {
            // SAFETY: `emit_predicate` gave the function the signature of `PredicateFn`, in the system's calling convention.
            let function = unsafe { mem::transmute::<*const u8, PredicateFn>(module.get_finalized_function(id)) };
            (predicate, function)
        };
        let predicates = predicates.into_iter().map(address).collect();
        Ok(Unit { step, predicates, bytes, code: Code { module: Mutex::new(Some(module)) } })
    }
}
