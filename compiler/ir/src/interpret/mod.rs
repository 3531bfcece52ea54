//! The reference interpreter: what a program means, written as plainly as possible.
//!
//! In: a verified program, memory, an instant. Out: the same answers as machine code, which is compared with it in tests.
//! It runs where native code may not be mapped. It knows nothing of stores, clocks or Cranelift.

#![expect(
    clippy::indexing_slicing,
    reason = "`Interpreter::new` takes a verified program alone: whatever an op or an end reads was computed before it"
)]

mod op;
mod predicate;
mod step;

use crate::backend::{Backend, Columns, Host, Memory, Moment, Stop, Verdict, View};
use crate::columns::OneByOne;
use crate::guard::Guard;
use crate::verify::{Fault, verify};
use crate::{BlockId, IdMap, PredicateId, Program, WorkflowId};
use std::sync::Arc;

/// Runs a program by reading it.
#[derive(Debug)]
pub struct Interpreter {
    program: Arc<Program>,
    /// For each workflow, the blocks a journey may stand at, sorted.
    resume_points: IdMap<WorkflowId, Vec<BlockId>>,
}

impl Interpreter {
    /// Takes a program that [`verify`] finds sound.
    pub fn new(program: Arc<Program>) -> Result<Self, Vec<Fault>> {
        verify(&program)?;
        let resume_points = program.workflows.values().map(|workflow| workflow.resume_points()).collect();
        Ok(Self { program, resume_points })
    }
}

impl Backend for Interpreter {
    fn name(&self) -> &'static str {
        "interpreter"
    }

    fn holds(&self, predicate: PredicateId, view: View<'_>, moment: Moment, host: &mut dyn Host) -> Verdict {
        let mut guard = Guard::new(host);
        let verdict = predicate::interpret_predicate(&self.program, predicate, view, moment, &mut guard);
        // After a panic the host knows that this answer means nothing.
        let _ = guard.finish();
        verdict
    }

    fn columns<'b>(&'b self, _: &'b Program, predicates: &[PredicateId]) -> Box<dyn Columns + 'b> {
        Box::new(OneByOne::new(self, predicates))
    }

    fn step(&self, workflow: WorkflowId, memory: Memory<'_>, block: u32, now: i64, host: &mut dyn Host) -> Stop {
        if self.resume_points.at(workflow).binary_search(&BlockId(block)).is_err() {
            return Stop::Failed;
        }
        let mut guard = Guard::new(host);
        let stop = step::interpret_step(&self.program, workflow, memory, BlockId(block), now, &mut guard);
        match guard.finish() {
            Ok(()) => stop,
            Err(_) => Stop::Failed,
        }
    }
}
