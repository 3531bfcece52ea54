//! Machine code: a program's functions compiled for this processor.
//!
//! In: a verified program. Out: a [`Backend`] that answers as the interpreter does, some twenty times faster. It knows nothing of
//! source texts, stores or clocks.
//!
//! **Life of the code.** Each workflow is a unit of its own (`unit`), the predicates of the whole program another. Code lies in
//! memory that is written first and made executable after (W^X). [`Native`] owns it and keeps the functions' addresses to itself,
//! so whoever can call a function holds the `Native` (in an `Arc`, usually), and the last to let go frees the code.
//!
//! **Safety.** `unsafe` stands in this folder alone. Machine code touches memory at the layouts' offsets, which
//! `ir::verify` has found to lie inside; that the buffers are as long as the layouts say is asserted at every call.

#![expect(unsafe_code, reason = "addresses become functions here, and pointers the frames they came from")]

mod abi;
mod columns;
mod error;
mod function;
mod host;
mod op;
mod set;
mod terminator;
#[cfg(test)]
mod tests;
mod unit;

pub use error::CompileError;

use abi::{Call, Context, PredicateFn, StepFn};
use columns::NativeColumns;
use cranelift_codegen::isa::OwnedTargetIsa;
use cranelift_codegen::settings::{self, Configurable};
use cranelift_jit::{BranchProtection, JITMemoryKind, JITMemoryProvider, SystemMemoryProvider};
use flow_ir::backend::{Backend, Columns, Host, Memory, Moment, Stop, Verdict, View};
use flow_ir::columns::OneByOne;
use flow_ir::guard::Guard;
use flow_ir::verify::verify;
use flow_ir::{Area, Areas, IdMap, Predicate, PredicateId, Program, Terminator, Workflow, WorkflowId};
use host::HOST_TABLE;
use std::collections::BTreeMap;
use std::fmt;
use std::ptr;
use unit::{Code, compile_unit};

/// A program in machine code.
pub struct Native {
    workflows: IdMap<WorkflowId, StepCode>,
    predicates: IdMap<PredicateId, PredicateCode>,
    /// For each segment, the function that asks it afresh.
    segments: Vec<PredicateFn>,
    code_bytes: usize,
    /// Keeps the memory of the functions above.
    _code: Vec<Code>,
}

/// A workflow's body.
struct StepCode {
    function: StepFn,
    lengths: Lengths,
    /// What it means to stop at each block.
    stops: Vec<Stop>,
}

struct PredicateCode {
    function: PredicateFn,
    lengths: Lengths,
}

/// How long each area must be; 0 where the function looks at nothing, and then any length will do.
#[derive(Debug, Clone, Copy)]
struct Lengths(Areas<usize>);

/// Part of a program that has just been compiled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CompiledPart {
    /// The workflow; none for the predicates that belong to the whole program.
    pub workflow: Option<WorkflowId>,
    /// Size of its machine code.
    pub code_bytes: usize,
}

/// Compiles a program for this processor.
pub fn compile(program: &Program) -> Result<Native, CompileError> {
    compile_with(program, |_| {})
}

/// Compiles a program and calls `compiled` after each part, so that a caller with a clock can time them. The parts that belong to the
/// whole program come first, then the workflows in order.
pub fn compile_with(program: &Program, mut compiled: impl FnMut(CompiledPart)) -> Result<Native, CompileError> {
    verify(program).map_err(CompileError::Unsound)?;
    executable_memory()?;
    // The lowering has left little to optimise, and `speed` does harm: it moves every load to the front and everything else to its use, so
    // values live long and go through the stack. It makes slower steps and takes three times as long for 600 rules.
    let isa = target("none")?;
    let mut steps = Vec::new();
    let mut predicates: IdMap<PredicateId, Option<PredicateFn>> = program.predicates.ids().map(|_| None).collect();
    let mut code = Vec::new();
    let mut code_bytes = 0;
    let mut owned: BTreeMap<Option<WorkflowId>, Vec<PredicateId>> = BTreeMap::new();
    program.predicates.iter().for_each(|(id, predicate)| owned.entry(predicate.workflow).or_default().push(id));
    for workflow in std::iter::once(None).chain(program.workflows.ids().map(Some)) {
        let mine = owned.get(&workflow).map_or(&[][..], Vec::as_slice);
        let unit = compile_unit(&isa, program, workflow, mine)?;
        steps.extend(unit.step);
        for (id, function) in unit.predicates {
            *predicates.at_mut(id) = Some(function);
        }
        code.push(unit.code);
        code_bytes += unit.bytes;
        compiled(CompiledPart { workflow, code_bytes: unit.bytes });
    }
    let workflows =
        program.workflows.values().zip(steps).map(|(workflow, step)| StepCode::new(program, workflow, step)).collect();
    // Every predicate belongs to a workflow of the program or to none (`verify`), so each has been compiled.
    let predicates = program.predicates.values().zip(predicates.values().flatten());
    let predicates = predicates.map(|(predicate, function)| PredicateCode::new(program, predicate, *function));
    let predicates: IdMap<PredicateId, PredicateCode> = predicates.collect();
    let segments = program.segments.values().map(|segment| predicates.at(segment.afresh).function).collect();
    Ok(Native { workflows, predicates, segments, code_bytes, _code: code })
}

impl Native {
    /// Size of all machine code.
    pub fn code_bytes(&self) -> usize {
        self.code_bytes
    }
}

impl StepCode {
    fn new(program: &Program, workflow: &Workflow, function: StepFn) -> Self {
        let stops = workflow.body.blocks.iter().map(|(id, block)| match block.end {
            Terminator::Wait { step, wait, resume } => Stop::Waiting { step, wait, block: resume.0 },
            Terminator::Effect { step, .. } => Stop::Held { step, block: id.0 },
            Terminator::Finish { step, ending } => Stop::Ended { step, ending },
            // No step stops at the others, but for a panic.
            _ => Stop::Failed,
        });
        Self { function, lengths: Lengths::of(program, Some(workflow)), stops: stops.collect() }
    }
}

impl PredicateCode {
    fn new(program: &Program, predicate: &Predicate, function: PredicateFn) -> Self {
        let workflow = predicate.workflow.map(|owner| program.workflows.at(owner));
        Self { function, lengths: Lengths::of(program, workflow) }
    }
}

impl Lengths {
    fn of(program: &Program, workflow: Option<&Workflow>) -> Self {
        Self(program.layouts(workflow).map(|layout| layout.map_or(0, |layout| layout.size as usize)))
    }

    /// Stops the program where an area is not as long as its layout: machine code would reach beyond it.
    fn check(&self, found: impl Fn(Area) -> usize) {
        for area in Area::ALL {
            let wanted = self.0[area];
            assert!(wanted == 0 || found(area) == wanted, "the {} is not as long as its layout", area.word());
        }
    }
}

impl Backend for Native {
    fn name(&self) -> &'static str {
        "native"
    }

    fn holds(&self, predicate: PredicateId, view: View<'_>, moment: Moment, host: &mut dyn Host) -> Verdict {
        let code = self.predicates.at(predicate);
        code.lengths.check(|area| view[area].len());
        let mut call = Call::without_memory(Guard::new(host));
        let mut context = Context {
            table: &HOST_TABLE,
            call: ptr::from_mut(&mut call).cast(),
            triggers: moment.triggers,
            next_change: 0,
            operand: 0,
            segments: self.segments.as_ptr(),
            areas: Area::ALL.map(|area| view[area].as_ptr().cast_mut()),
        };
        // SAFETY: the code is alive, as `self` owns it. The areas have the lengths that the code was made for (checked above), it only
        // reads them (a predicate stores nothing: `verify`), and `context` points to structs that live until it returns.
        let holds = unsafe { (code.function)(ptr::from_mut(&mut context), moment.now) };
        let next_change = context.next_change;
        // After a panic the host knows that this answer means nothing.
        let _ = call.guard.finish();
        Verdict { holds: holds != 0, next_change }
    }

    fn columns<'b>(&'b self, program: &'b Program, predicates: &[PredicateId]) -> Box<dyn Columns + 'b> {
        match NativeColumns::new(self, program, predicates) {
            Ok(columns) => Box::new(columns),
            // Whatever keeps them from being compiled, the answers are the same.
            Err(_) => Box::new(OneByOne::new(self, predicates)),
        }
    }

    fn step(&self, workflow: WorkflowId, memory: Memory<'_>, block: u32, now: i64, host: &mut dyn Host) -> Stop {
        let code = self.workflows.at(workflow);
        code.lengths.check(|area| memory[area].len());
        let (mut call, areas) = Call::on(Guard::new(host), memory);
        let mut context = Context {
            table: &HOST_TABLE,
            call: ptr::from_mut(&mut call).cast(),
            triggers: 0,
            next_change: 0,
            operand: 0,
            segments: self.segments.as_ptr(),
            areas,
        };
        // SAFETY: the code is alive, as `self` owns it. The areas have the lengths that the code was made for (checked above) and are
        // borrowed exclusively until it returns; `context` points to structs that live as long.
        let stopped_at = unsafe { (code.function)(ptr::from_mut(&mut context), now, block) };
        match (call.guard.finish(), code.stops.get(stopped_at as usize)) {
            (Ok(()), Some(stop)) => *stop,
            _ => Stop::Failed,
        }
    }
}

impl fmt::Debug for Native {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Native").field("code_bytes", &self.code_bytes).finish_non_exhaustive()
    }
}

/// Whether memory can be made executable here. Cranelift's arena ends the program where it cannot, so one page is tried first.
fn executable_memory() -> Result<(), CompileError> {
    const TRIAL_BYTES: usize = 64;
    let mut memory = SystemMemoryProvider::new();
    let mapped = memory.allocate(TRIAL_BYTES, 16, JITMemoryKind::Executable);
    let result = match mapped {
        Ok(_) => memory.finalize(BranchProtection::None).map_err(|error| error.to_string()),
        Err(error) => Err(error.to_string()),
    };
    // SAFETY: nothing was written there and no pointer into it is kept.
    unsafe { memory.free_memory() };
    result.map_err(CompileError::NoExecutableMemory)
}

/// The code generator for this processor.
fn target(opt_level: &str) -> Result<OwnedTargetIsa, CompileError> {
    let unsupported = |reason: String| CompileError::UnsupportedProcessor(reason);
    let mut flags = settings::builder();
    let checked = if cfg!(debug_assertions) { "true" } else { "false" };
    let chosen = [
        ("opt_level", opt_level),
        // A third of the time to compile; it finds only faults of this module, and tests have it on.
        ("enable_verifier", checked),
        // Code is placed once and never moved, and calls go through the table.
        ("is_pic", "false"),
        ("use_colocated_libcalls", "false"),
        // No unwinding passes through this code.
        ("unwind_info", "false"),
        // A function with many values may have a stack frame larger than the guard page.
        ("enable_probestack", "true"),
        ("probestack_strategy", "inline"),
    ];
    for (name, value) in chosen {
        flags.set(name, value).map_err(|error| unsupported(error.to_string()))?;
    }
    let builder = cranelift_native::builder().map_err(|reason| unsupported(reason.to_owned()))?;
    builder.finish(settings::Flags::new(flags)).map_err(|error| unsupported(error.to_string()))
}
