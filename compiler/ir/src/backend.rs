//! What runs a program: one contract that the interpreter and machine code both keep.
//!
//! The engine hands in memory and an instant; the backend answers. Everything with an effect goes through the [`Host`],
//! so a backend has no state of its own and the same inputs always give the same answer (E2).

pub use crate::columns::{Answers, Columns, HostQuestion, PAGE_ROWS, RowAnswers};
pub use crate::memory::{Memory, View};
use crate::{Calendar, EffectId, Ending, PredicateId, Program, StepId, TextTestId, WaitId, WorkflowId};

/// When something runs, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// The instant, in milliseconds since the epoch.
    pub now: i64,
    /// For an entry predicate: which of its patterns the arriving event matched, a bit each. Else 0.
    pub triggers: u64,
}

/// What became of an effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It was had, or there was a reason not to; the journey goes on.
    Done = 0,
    /// Not now (a closed window, a cap): the journey stays at this step and asks again.
    Held = 1,
}

/// What a step asks of the runtime. The memory given is the one the step runs on, with everything stored so far in it.
pub trait Host {
    /// Has an effect of the workflow that runs. A sent mail's journey slots (when it left, its engagement) are the host's to write.
    fn effect(&mut self, memory: Memory<'_>, step: StepId, effect: EffectId) -> Outcome;
    /// Looks into a text field; false where it is missing.
    fn text_test(&mut self, test: TextTestId) -> bool;
    /// Asks the calendar of the contact's zone. What is beyond plus or minus `VALUE_LIMIT` is brought back there.
    fn calendar(&mut self, calendar: Calendar, value: i64) -> i64;
    /// Told once, after the run, when one of the calls above panicked. The panic went no further, because it must not unwind
    /// through machine code; no later call of that run reached the host; a step has answered [`Stop::Failed`], and what a
    /// predicate has answered means nothing.
    fn panicked(&mut self, reason: &str) {
        let _ = reason;
    }
}

/// What a predicate answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// The answer now.
    pub holds: bool,
    /// The first later instant at which this may change with no event at all; `ir::FOREVER` if it cannot.
    pub next_change: i64,
}

/// Why a run of steps stopped, and where the journey stands. `block` is the position to resume at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// At a wait: the journey goes on when its predicate holds or its time is over, whichever the engine sees first.
    Waiting {
        /// The step that waits, for decision records.
        step: StepId,
        /// What is waited for, in [`Workflow::waits`](crate::Workflow::waits).
        wait: WaitId,
        /// The block behind the wait.
        block: u32,
    },
    /// The host answered [`Outcome::Held`] to an effect.
    Held {
        /// The step whose effect it is.
        step: StepId,
        /// The effect's own block, so that it is asked for again.
        block: u32,
    },
    /// The journey is over.
    Ended {
        /// The step that ended it; none where the steps ran out.
        step: Option<StepId>,
        /// In which way, as the body says.
        ending: Ending,
    },
    /// The host panicked in the middle ([`Host::panicked`] has the reason), or the block asked for is none that a journey
    /// resumes at. Nothing of this run may be kept.
    Failed,
}

/// Runs the functions of one program.
pub trait Backend: Send + Sync {
    /// `native` or `interpreter`.
    fn name(&self) -> &'static str;
    /// Asks a predicate.
    fn holds(&self, predicate: PredicateId, view: View<'_>, moment: Moment, host: &mut dyn Host) -> Verdict;
    /// Some predicates, to be asked of many at one instant: the answers are those of [`holds`](Self::holds). Those that belong to a workflow belong
    /// to one. `program` is what this backend was made of.
    fn columns<'b>(&'b self, program: &'b Program, predicates: &[PredicateId]) -> Box<dyn Columns + 'b>;
    /// Runs a journey from `block` (0: the start) to its next suspension or its end.
    fn step(&self, workflow: WorkflowId, memory: Memory<'_>, block: u32, now: i64, host: &mut dyn Host) -> Stop;
}
