//! One repetition: every contact once by each, chunk by chunk, and every record compared.

use crate::by_hand::{Code, StepFn, step_by_hand, step_without_branches};
use crate::contacts::{Contacts, Frame, Journey, write_frame, write_journey};
use crate::{CHUNK, NOW, median, per_step, timed};
use flow_ir::backend::{Backend, Host, Memory, Outcome, Stop};
use flow_ir::*;
use std::time::Duration;

/// Counts what it is asked.
#[derive(Default)]
pub(crate) struct Counter {
    effects: usize,
}

impl Host for Counter {
    fn effect(&mut self, _: Memory<'_>, _: StepId, _: EffectId) -> Outcome {
        self.effects += 1;
        Outcome::Done
    }
    fn text_test(&mut self, _: TextTestId) -> bool {
        false
    }
    fn calendar(&mut self, _: Calendar, value: i64) -> i64 {
        value
    }
}

/// One repetition: nanoseconds for a step.
pub(crate) struct Round {
    pub(crate) by_hand: f64,
    pub(crate) without_branches: f64,
    pub(crate) native: f64,
    pub(crate) interpreter: f64,
}

/// Runs all contacts once by each, chunk by chunk, and compares every record.
pub(crate) fn round(contacts: &Contacts, native: &dyn Backend, interpreter: &dyn Backend) -> Round {
    let (mut by_hand, mut without_branches) = (Vec::new(), Vec::new());
    let (mut by_native, mut by_reading) = (Vec::new(), Vec::new());
    let (mut struct_chunk, mut other_chunk) = (StructChunk::default(), StructChunk::default());
    let mut chunks = [ByteChunk::default(), ByteChunk::default()];
    for start in (0..contacts.frames.len()).step_by(CHUNK) {
        let end = (start + CHUNK).min(contacts.frames.len());
        struct_chunk.fill(contacts, start, end);
        by_hand.push(per_step(struct_chunk.run(step_by_hand), end - start));
        other_chunk.fill(contacts, start, end);
        without_branches.push(per_step(other_chunk.run(step_without_branches), end - start));
        assert!(other_chunk == struct_chunk);
        for (chunk, (backend, times)) in
            chunks.iter_mut().zip([(native, &mut by_native), (interpreter, &mut by_reading)])
        {
            chunk.fill(contacts, start, end);
            times.push(per_step(chunk.run(backend), end - start));
            chunk.check(contacts, &struct_chunk);
        }
    }
    Round {
        by_hand: median(by_hand),
        without_branches: median(without_branches),
        native: median(by_native),
        interpreter: median(by_reading),
    }
}

#[derive(Default, PartialEq)]
pub(crate) struct StructChunk {
    frames: Vec<Frame>,
    journeys: Vec<Journey>,
    codes: Vec<Code>,
}

impl StructChunk {
    pub(crate) fn fill(&mut self, contacts: &Contacts, start: usize, end: usize) {
        self.frames.clear();
        self.frames.extend_from_slice(&contacts.frames[start..end]);
        self.journeys.clear();
        self.journeys.extend_from_slice(&contacts.journeys[start..end]);
        self.codes.clear();
        self.codes.resize(end - start, Code::Waits);
    }

    pub(crate) fn run(&mut self, step: StepFn) -> Duration {
        let step = std::hint::black_box(step);
        let records = self.frames.iter_mut().zip(&mut self.journeys).zip(&mut self.codes);
        timed(|| {
            for ((frame, journey), code) in records {
                *code = step(frame, journey, NOW);
            }
        })
    }
}

#[derive(Default)]
pub(crate) struct ByteChunk {
    frames: Vec<u8>,
    journeys: Vec<u8>,
    stops: Vec<Stop>,
}

impl ByteChunk {
    pub(crate) fn fill(&mut self, contacts: &Contacts, start: usize, end: usize) {
        self.frames.clear();
        let frames = start * size_of::<Frame>()..end * size_of::<Frame>();
        self.frames.extend_from_slice(&contacts.frame_bytes[frames]);
        self.journeys.clear();
        let journeys = start * size_of::<Journey>()..end * size_of::<Journey>();
        self.journeys.extend_from_slice(&contacts.journey_bytes[journeys]);
        self.stops.clear();
        self.stops.resize(end - start, Stop::Failed);
    }

    pub(crate) fn run(&mut self, backend: &dyn Backend) -> Duration {
        let mut host = Counter::default();
        let frames = self.frames.chunks_exact_mut(size_of::<Frame>());
        let records = frames.zip(self.journeys.chunks_exact_mut(size_of::<Journey>())).zip(&mut self.stops);
        let time = timed(|| {
            for ((frame, journey), stop) in records {
                *stop = backend.step(WorkflowId(0), Memory::of(frame, journey), 0, NOW, &mut host);
            }
        });
        std::hint::black_box(host.effects);
        time
    }

    /// Compares where each stopped and every byte with what was done by hand.
    pub(crate) fn check(&self, contacts: &Contacts, expected: &StructChunk) {
        let mut frame = vec![0; size_of::<Frame>()];
        let mut journey = vec![0; size_of::<Journey>()];
        for (at, code) in expected.codes.iter().enumerate() {
            let ended = |step, ending| Stop::Ended { step: Some(StepId(step)), ending };
            let stop = match code {
                Code::Exited => ended(0, Ending::Exited),
                Code::HandedOff => ended(1, Ending::HandedOff),
                Code::Waits => Stop::Waiting { step: StepId(2), wait: WaitId(0), block: 6 },
            };
            write_frame(&contacts.frame_layout, &expected.frames[at], &mut frame);
            write_journey(&contacts.journey_layout, &contacts.slots, &expected.journeys[at], &mut journey);
            assert_eq!(self.stops[at], stop);
            assert_eq!(self.frames[at * frame.len()..][..frame.len()], frame);
            assert_eq!(self.journeys[at * journey.len()..][..journey.len()], journey);
        }
    }
}
