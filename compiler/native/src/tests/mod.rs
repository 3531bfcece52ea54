//! Machine code beside the interpreter: op by op, on whole random programs, and with hosts that fail.

#![allow(clippy::unwrap_used)]

mod columns;
mod contract;
mod differential;
mod ops;

use super::{Native, compile};
use flow_ir::backend::{Backend, Host, Memory, Outcome};
use flow_ir::interpret::Interpreter;
use flow_ir::{Area, Areas, Calendar, EffectId, Program, SlotId, StepId, TextTestId};
use std::sync::Arc;

/// Both backends of a program.
fn backends(program: &Program) -> [Box<dyn Backend>; 2] {
    let native: Native = compile(program).unwrap();
    [Box::new(native), Box::new(Interpreter::new(Arc::new(program.clone())).unwrap())]
}

/// One call that reached the host, with the memory it saw.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Called {
    Effect(StepId, EffectId, Areas<Vec<u8>>),
    TextTest(TextTestId),
    Calendar(Calendar, i64),
    Panicked(String),
}

/// Answers from a list, writes into what it is shown, and keeps a log.
#[derive(Default)]
struct Recorder {
    answers: Vec<u64>,
    /// A slot of the frame and of the journey that an effect writes.
    writes: Option<(Program, SlotId)>,
    /// Panics at this call, counted from zero.
    panics_at: Option<usize>,
    log: Vec<Called>,
}

impl Recorder {
    fn answer(&mut self, called: Called) -> u64 {
        self.log.push(called);
        let at = self.log.len() - 1;
        assert!(self.panics_at != Some(at), "the host broke at call {at}");
        if self.answers.is_empty() { 0 } else { self.answers[at % self.answers.len()] }
    }
}

impl Host for Recorder {
    fn effect(&mut self, mut memory: Memory<'_>, step: StepId, effect: EffectId) -> Outcome {
        let answer = self.answer(Called::Effect(step, effect, Areas::from_fn(|area| memory[area].to_vec())));
        if let Some((program, slot)) = &self.writes {
            program.frame.write(&mut memory[Area::Contact], *slot, (answer % 50) as i64);
            memory[Area::Journey][..8].copy_from_slice(&(answer >> 3).to_le_bytes());
        }
        if answer % 4 == 3 { Outcome::Held } else { Outcome::Done }
    }
    fn text_test(&mut self, test: TextTestId) -> bool {
        self.answer(Called::TextTest(test)) % 2 == 1
    }
    fn calendar(&mut self, calendar: Calendar, value: i64) -> i64 {
        let answer = self.answer(Called::Calendar(calendar, value));
        // Any of 64 bits: what no memory holds is brought back.
        value.wrapping_mul(31).wrapping_add(answer.cast_signed())
    }
    fn panicked(&mut self, reason: &str) {
        self.log.push(Called::Panicked(reason.to_owned()));
    }
}
