//! Machine code beside the interpreter, over the predicates and steps of one program.

use std::sync::Arc;

use flow_ir::backend::{Backend, Host, Memory, Moment, Outcome, View};
use flow_ir::interpret::Interpreter;
use flow_ir::{Area, Calendar, EffectId, Layout, Program, SlotKind, StepId, TextTestId};

use crate::Random;

/// 2026-03-02 10:00 UTC.
const NOW: i64 = 1_772_445_600_000;

/// A host that answers from a seed and remembers what it was asked.
struct Scripted {
    seed: u64,
    random: Random,
    asked: Vec<String>,
}

impl Scripted {
    fn new(seed: u64) -> Self {
        Self { seed, random: Random::new(seed), asked: Vec::new() }
    }
}

impl Host for Scripted {
    fn effect(&mut self, memory: Memory<'_>, step: StepId, effect: EffectId) -> Outcome {
        self.asked.push(format!("{step} {effect} {:?} {:?}", &memory[Area::Contact], &memory[Area::Journey]));
        if self.random.once_in(3) { Outcome::Held } else { Outcome::Done }
    }
    fn text_test(&mut self, test: TextTestId) -> bool {
        // Not logged: whether it is asked at all is the backend's choice. The answer depends on the test alone.
        Random::new(self.seed ^ u64::from(test.0)).once_in(2)
    }
    fn calendar(&mut self, calendar: Calendar, value: i64) -> i64 {
        value.wrapping_mul(i64::from(calendar.code())).wrapping_add(value >> 7)
    }
}

/// Bytes such as a frame or journey may hold.
fn some_bytes(layout: &Layout, random: &mut Random) -> Vec<u8> {
    let mut bytes = layout.blank();
    for id in layout.slots.ids() {
        let value = match layout.slots.at(id).kind {
            SlotKind::Bool => random.below(2) as i64,
            SlotKind::Code | SlotKind::Symbol => random.below(9) as i64,
            SlotKind::Days => random.below(40_000) as i64,
            SlotKind::Int => {
                *random.pick(&[flow_ir::NEVER, 0, 600_000, 2_000_000, NOW - 86_400_000, NOW, flow_ir::FOREVER])
            }
        };
        layout.write(&mut bytes, id, value);
        layout.set_known(&mut bytes, id, random.once_in(2));
    }
    bytes
}

/// Runs every predicate, and every step from every point where a journey resumes, on both, each on so many contacts. Answers where they
/// differ, or why one of them could not be made.
pub fn agree(program: &Program, seeds: std::ops::Range<u64>) -> Result<(), String> {
    let program = Arc::new(program.clone());
    let native = flow_native::compile(&program).map_err(|error| format!("no machine code: {error}"))?;
    let interpreter = Interpreter::new(program.clone()).map_err(|error| format!("no interpreter: {error:?}"))?;
    seeds.into_iter().try_for_each(|seed| agree_on(&program, &native, &interpreter, seed))
}

fn agree_on(program: &Program, native: &dyn Backend, interpreter: &dyn Backend, seed: u64) -> Result<(), String> {
    let mut random = Random::new(seed);
    let frame = some_bytes(&program.frame, &mut random);
    let moment = Moment { now: NOW, triggers: seed % 4 };
    for (id, predicate) in program.predicates.iter() {
        let journey = predicate.workflow.map(|id| some_bytes(&program.workflows.at(id).journey, &mut random));
        let journey = journey.unwrap_or_default();
        let ask =
            |backend: &dyn Backend| backend.holds(id, View::of(&frame, &journey), moment, &mut Scripted::new(seed));
        if ask(native) != ask(interpreter) {
            return Err(format!("predicate {} differs with contact {seed}", predicate.name));
        }
    }
    for (id, workflow) in program.workflows.iter() {
        for block in workflow.resume_points() {
            let journey = some_bytes(&workflow.journey, &mut random);
            let run = |backend: &dyn Backend| {
                let (mut frame, mut journey, mut host) = (frame.clone(), journey.clone(), Scripted::new(seed));
                let memory = Memory::of(&mut frame, &mut journey);
                let stop = backend.step(id, memory, block.0, NOW, &mut host);
                (stop, frame, journey, host.asked)
            };
            if run(native) != run(interpreter) {
                return Err(format!("{} from {block} differs with contact {seed}", workflow.name));
            }
        }
    }
    Ok(())
}
