//! One step of a scoring workflow: machine code beside hand-written Rust and the interpreter.
//!
//! Twelve scoring rules on uniformly random contacts (so most conditions are unpredictable), then: unsubscribed contacts leave, hot
//! ones are handed off, the rest wait three days. Every rule leaves its bit in the trace, in all of them. The hand-written step is there
//! twice: as one writes it, and as one writes it knowing that branches on such contacts are what costs.
//!
//! Contacts are copied in chunks into a buffer that the second-level cache holds, outside the clock, as an engine would load a batch.
//! A machine's speed changes while others use it, so a row's ratio is the median of ratios taken in the same repetition. Every
//! repetition compares every record of all four.

#![expect(clippy::indexing_slicing, reason = "a bench that looks at a wrong place should stop")]

use flow_ir::backend::{Backend, Host, Memory, Outcome, Stop};
use flow_ir::generate::least_workflow;
use flow_ir::interpret::Interpreter;
use flow_ir::*;
use flow_native::{compile, compile_with};
use std::sync::Arc;
use std::time::{Duration, Instant};

const CONTACTS: usize = 1_000_000;
const CHUNK: usize = 2_048;
const REPETITIONS: usize = 7;
const NOW: i64 = 1_772_445_600_000;
const DAY_MS: i64 = 86_400_000;
const MQL: u16 = 2;

fn main() {
    let program = scoring(12);
    let native = compile(&program).expect("the program is sound and this machine runs native code");
    let interpreter = Interpreter::new(Arc::new(program.clone())).expect("the program is sound");
    let contacts = Contacts::random(&program, CONTACTS);
    let mut rounds = Vec::new();
    for _ in 0..REPETITIONS {
        rounds.push(round(&contacts, &native, &interpreter));
    }
    print_steps(&rounds);
    print_compile_times();
}

// ---- the contacts, as bytes and as structs of the same layout

#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Frame {
    known_since: i64,
    refused_at: i64,
    suppressed_at: i64,
    score: i64,
    employees: i64,
    visits: i64,
    pages: i64,
    last_visit: i64,
    scored_at: i64,
    source: u32,
    signed_up_on: i32,
    stage: u16,
    industry: u16,
    role: u16,
    plan: u16,
    country: u16,
    reachable: bool,
    unsubscribed: bool,
    hard_bounced: bool,
    complained: bool,
    do_not_contact: bool,
    demo_requested: bool,
    trial: bool,
    opted_in: bool,
    hot: bool,
}

#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Journey {
    triggered_at: i64,
    waiting_since: i64,
    trace: i64,
    timed_out: bool,
}

/// The slots of [`Frame`], in its order.
const FRAME: [(&str, SlotKind); 26] = [
    ("known_since", SlotKind::Int),
    ("refused_at", SlotKind::Int),
    ("suppressed_at", SlotKind::Int),
    ("score", SlotKind::Int),
    ("employees", SlotKind::Int),
    ("visits", SlotKind::Int),
    ("pages", SlotKind::Int),
    ("last_visit", SlotKind::Int),
    ("scored_at", SlotKind::Int),
    ("source", SlotKind::Symbol),
    ("signed_up_on", SlotKind::Days),
    ("stage", SlotKind::Code),
    ("industry", SlotKind::Code),
    ("role", SlotKind::Code),
    ("plan", SlotKind::Code),
    ("country", SlotKind::Code),
    ("reachable", SlotKind::Bool),
    ("identified", SlotKind::Bool),
    ("unsubscribed", SlotKind::Bool),
    ("hard_bounced", SlotKind::Bool),
    ("complained", SlotKind::Bool),
    ("do_not_contact", SlotKind::Bool),
    ("demo_requested", SlotKind::Bool),
    ("trial", SlotKind::Bool),
    ("opted_in", SlotKind::Bool),
    ("hot", SlotKind::Bool),
];

fn slot(name: &str) -> SlotId {
    let at = FRAME.iter().position(|(slot, _)| *slot == name).expect("the slot is listed above");
    SlotId(at as u32)
}

/// Marsaglia's xorshift64*: the same contacts in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> i64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        ((self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 11) % limit) as i64
    }
    fn flag(&mut self, percent: i64) -> bool {
        self.below(100) < percent
    }
}

fn random_frame(random: &mut Random) -> Frame {
    Frame {
        known_since: NOW - random.below(900) * DAY_MS,
        refused_at: NEVER,
        suppressed_at: NEVER,
        score: random.below(50) * NUMBER_SCALE,
        employees: random.below(1_000) * NUMBER_SCALE,
        visits: random.below(10),
        pages: random.below(20),
        last_visit: NOW - random.below(14 * DAY_MS as u64),
        scored_at: NEVER,
        source: random.below(8) as u32,
        signed_up_on: 20_000 + random.below(500) as i32,
        stage: random.below(5) as u16,
        industry: random.below(16) as u16,
        role: random.below(12) as u16,
        plan: random.below(4) as u16,
        country: random.below(4) as u16,
        reachable: true,
        unsubscribed: random.flag(10),
        hard_bounced: false,
        complained: false,
        do_not_contact: false,
        demo_requested: random.flag(50),
        trial: random.flag(50),
        opted_in: random.flag(50),
        hot: false,
    }
}

fn write_frame(layout: &Layout, frame: &Frame, bytes: &mut [u8]) {
    let values = [
        frame.known_since,
        frame.refused_at,
        frame.suppressed_at,
        frame.score,
        frame.employees,
        frame.visits,
        frame.pages,
        frame.last_visit,
        frame.scored_at,
        frame.source.into(),
        frame.signed_up_on.into(),
        frame.stage.into(),
        frame.industry.into(),
        frame.role.into(),
        frame.plan.into(),
        frame.country.into(),
        frame.reachable.into(),
        frame.unsubscribed.into(),
        frame.hard_bounced.into(),
        frame.complained.into(),
        frame.do_not_contact.into(),
        frame.demo_requested.into(),
        frame.trial.into(),
        frame.opted_in.into(),
        frame.hot.into(),
    ];
    for (id, value) in layout.slots.ids().zip(values) {
        layout.write(bytes, id, value);
    }
}

fn write_journey(layout: &Layout, slots: &JourneySlots, journey: &Journey, bytes: &mut [u8]) {
    layout.write(bytes, slots.triggered_at, journey.triggered_at);
    layout.write(bytes, slots.waiting_since, journey.waiting_since);
    layout.write(bytes, slots.trace[0], journey.trace);
    layout.write(bytes, slots.timed_out, journey.timed_out.into());
}

/// All contacts, both as bytes and as structs.
struct Contacts {
    frame_layout: Layout,
    journey_layout: Layout,
    slots: JourneySlots,
    frames: Vec<Frame>,
    journeys: Vec<Journey>,
    frame_bytes: Vec<u8>,
    journey_bytes: Vec<u8>,
}

impl Contacts {
    fn random(program: &Program, count: usize) -> Self {
        let workflow = program.workflows.at(WorkflowId(0));
        // Same layout, or the comparison would be of two different memories.
        assert_eq!(program.frame.size as usize, size_of::<Frame>());
        assert_eq!(workflow.journey.size as usize, size_of::<Journey>());
        let mut random = Random(0x5eed);
        let frames: Vec<Frame> = (0..count).map(|_| random_frame(&mut random)).collect();
        let blank = Journey { triggered_at: NOW, waiting_since: NEVER, trace: 0, timed_out: false };
        let mut frame_bytes = vec![0; count * size_of::<Frame>()];
        let mut journey_bytes = vec![0; count * size_of::<Journey>()];
        for (frame, bytes) in frames.iter().zip(frame_bytes.chunks_exact_mut(size_of::<Frame>())) {
            write_frame(&program.frame, frame, bytes);
        }
        for bytes in journey_bytes.chunks_exact_mut(size_of::<Journey>()) {
            write_journey(&workflow.journey, &workflow.slots, &blank, bytes);
        }
        Self {
            frame_layout: program.frame.clone(),
            journey_layout: workflow.journey.clone(),
            slots: workflow.slots.clone(),
            frames,
            journeys: vec![blank; count],
            frame_bytes,
            journey_bytes,
        }
    }
}

// ---- the workflow, by hand

/// How a step ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Code {
    Exited,
    HandedOff,
    Waits,
}

type StepFn = fn(&mut Frame, &mut Journey, i64) -> Code;

#[inline(never)]
fn step_by_hand(c: &mut Frame, journey: &mut Journey, now: i64) -> Code {
    let mut score = c.score;
    let mut trace = journey.trace;
    let mut rule = |holds: bool, bit: u32, points: i64| {
        if holds {
            score += points * NUMBER_SCALE;
            trace |= 1 << bit;
        }
    };
    rule(c.employees >= 50 * NUMBER_SCALE && c.country == 3 && c.opted_in && c.visits > 2, 0, 15);
    rule(matches!(c.industry, 1 | 3 | 4 | 7 | 9 | 12), 1, 10);
    rule(matches!(c.role, 2 | 5 | 6 | 11), 2, 10);
    rule((50 * NUMBER_SCALE..=500 * NUMBER_SCALE).contains(&c.employees) && matches!(c.plan, 1 | 2), 3, 8);
    rule(c.demo_requested, 4, 20);
    rule(c.trial, 5, 10);
    rule(c.opted_in, 6, 5);
    rule(c.visits >= 5, 7, 6);
    rule(c.pages > 10, 8, 4);
    rule(c.last_visit > now - 7 * DAY_MS, 9, 7);
    rule(c.source == 4, 10, -5);
    rule(c.signed_up_on > 20_250, 11, 3);
    end_by_hand(c, journey, now, score, trace)
}

/// The same rules, each computed to 0 or 1 and multiplied in.
#[inline(never)]
fn step_without_branches(c: &mut Frame, journey: &mut Journey, now: i64) -> Code {
    let member = |set: u64, code: u16| code < 64 && set >> (code & 63) & 1 == 1;
    let employees = c.employees - 50 * NUMBER_SCALE;
    let rules = [
        ((employees >= 0) & (c.country == 3) & c.opted_in & (c.visits > 2), 15),
        (member(0b1_0010_1001_1010, c.industry), 10),
        (member(0b1000_0110_0100, c.role), 10),
        (((employees as u64) <= 450 * NUMBER_SCALE as u64) & ((c.plan == 1) | (c.plan == 2)), 8),
        (c.demo_requested, 20),
        (c.trial, 10),
        (c.opted_in, 5),
        (c.visits >= 5, 6),
        (c.pages > 10, 4),
        (c.last_visit > now - 7 * DAY_MS, 7),
        (c.source == 4, -5),
        (c.signed_up_on > 20_250, 3),
    ];
    let mut score = c.score;
    let mut trace = journey.trace;
    for (bit, (holds, points)) in rules.into_iter().enumerate() {
        score += i64::from(holds) * (points * NUMBER_SCALE);
        trace |= i64::from(holds) << bit;
    }
    end_by_hand(c, journey, now, score, trace)
}

#[inline(always)]
fn end_by_hand(c: &mut Frame, journey: &mut Journey, now: i64, score: i64, trace: i64) -> Code {
    let score = score.clamp(-VALUE_LIMIT, VALUE_LIMIT);
    c.score = score;
    c.hot = score >= 60 * NUMBER_SCALE;
    c.scored_at = now;
    journey.trace = trace;
    if c.unsubscribed {
        Code::Exited
    } else if score >= 60 * NUMBER_SCALE && c.stage < MQL {
        Code::HandedOff
    } else {
        Code::Waits
    }
}

// ---- the same workflow as the lowering builds it

/// One block of straight-line ops: each slot is loaded at its first use.
#[derive(Default)]
struct Ops {
    ops: IdMap<ValueId, Op>,
    loaded: Vec<(Place, ValueId)>,
}

impl Ops {
    fn push(&mut self, op: Op) -> ValueId {
        self.ops.push(op)
    }
    fn int(&mut self, value: i64) -> ValueId {
        self.push(Op::Int(value))
    }
    fn load(&mut self, place: Place) -> ValueId {
        if let Some((_, value)) = self.loaded.iter().find(|(known, _)| *known == place) {
            return *value;
        }
        let value = self.push(Op::Load(place));
        self.loaded.push((place, value));
        value
    }
    fn field(&mut self, name: &str) -> ValueId {
        self.load(Place::contact(slot(name)))
    }
    fn compare(&mut self, name: &str, comparison: Comparison, with: i64) -> ValueId {
        let (field, with) = (self.field(name), self.int(with));
        self.push(Op::Compare(comparison, field, with))
    }
    fn and(&mut self, left: ValueId, right: ValueId) -> ValueId {
        self.push(Op::And(left, right))
    }
    fn in_set(&mut self, name: &str, set: &[i64]) -> ValueId {
        let field = self.field(name);
        self.push(Op::InSet(field, set.to_vec()))
    }

    /// The condition and points of the rule of this number. Their kinds repeat after twelve, their numbers do not.
    fn rule(&mut self, number: usize) -> (ValueId, i64) {
        use Comparison::{Equal, Greater, GreaterOrEqual};
        let round = (number / 12) as i64;
        match number % 12 {
            0 => {
                let large = self.compare("employees", GreaterOrEqual, 50 * NUMBER_SCALE);
                let country = self.compare("country", Equal, 3 + round);
                let opted_in = self.field("opted_in");
                let visits = self.compare("visits", Greater, 2);
                let two = self.and(large, country);
                let three = self.and(two, opted_in);
                (self.and(three, visits), 15)
            }
            1 => (self.in_set("industry", &[1, 3, 4, 7, 9, 12 + round]), 10),
            2 => (self.in_set("role", &[2, 5, 6, 11 + round]), 10),
            3 => {
                let employees = self.field("employees");
                let fits = self.push(Op::InRange(employees, 50 * NUMBER_SCALE, (500 + round) * NUMBER_SCALE));
                let plan = self.in_set("plan", &[1, 2]);
                (self.and(fits, plan), 8)
            }
            4 => (self.field("demo_requested"), 20),
            5 => (self.field("trial"), 10),
            6 => (self.field("opted_in"), 5),
            7 => (self.compare("visits", GreaterOrEqual, 5 + round), 6),
            8 => (self.compare("pages", Greater, 10 + round), 4),
            9 => {
                let (now, week) = (self.push(Op::Now), self.int((7 + round) * DAY_MS));
                let since = self.push(Op::Sub(now, week));
                let last = self.field("last_visit");
                (self.push(Op::Compare(Greater, last, since)), 7)
            }
            10 => (self.compare("source", Equal, 4 + round), -5),
            _ => (self.compare("signed_up_on", Greater, 20_250 + round), 3),
        }
    }
}

const TRACE_BITS: usize = limits::TRACE_BITS as usize;

/// The scoring block's ops and whether the contact is unsubscribed.
fn scoring_ops(rules: usize, slots: &JourneySlots) -> (IdMap<ValueId, Op>, ValueId) {
    let mut b = Ops::default();
    let mut score = b.field("score");
    let mut traces: Vec<ValueId> = slots.trace.iter().map(|word| b.load(Place::journey(*word))).collect();
    for number in 0..rules {
        let (holds, points) = b.rule(number);
        let points = b.int(points * NUMBER_SCALE);
        let raised = b.push(Op::Add(score, points));
        score = b.push(Op::Select(holds, raised, score));
        let bit = b.push(Op::Bit(holds, (number % TRACE_BITS) as u32));
        traces[number / TRACE_BITS] = b.push(Op::BitOr(traces[number / TRACE_BITS], bit));
    }
    let score = b.push(Op::Clamp(score));
    let sixty = b.int(60 * NUMBER_SCALE);
    let hot = b.push(Op::Compare(Comparison::GreaterOrEqual, score, sixty));
    let unsubscribed = b.field("unsubscribed");
    let now = b.push(Op::Now);
    b.push(Op::Store(Place::contact(slot("score")), score));
    b.push(Op::Store(Place::contact(slot("hot")), hot));
    b.push(Op::Store(Place::contact(slot("scored_at")), now));
    for (word, trace) in slots.trace.iter().zip(traces) {
        b.push(Op::Store(Place::journey(*word), trace));
    }
    (b.ops, unsubscribed)
}

/// Values live in their block only, so the second condition loads the score that the first block has stored.
fn hand_off_block() -> Block {
    let mut b = Ops::default();
    let hot = b.compare("score", Comparison::GreaterOrEqual, 60 * NUMBER_SCALE);
    let early = b.compare("stage", Comparison::Less, MQL.into());
    let both = b.and(hot, early);
    Block { ops: b.ops, end: Terminator::Branch(both, BlockId(3), BlockId(5)) }
}

fn body(rules: usize, slots: &JourneySlots) -> Function {
    let (ops, unsubscribed) = scoring_ops(rules, slots);
    let end = |end| Block { ops: IdMap::default(), end };
    let finish = |step, ending| end(Terminator::Finish { step: Some(StepId(step)), ending });
    let blocks = [
        Block { ops, end: Terminator::Branch(unsubscribed, BlockId(1), BlockId(2)) },
        finish(0, Ending::Exited),
        hand_off_block(),
        end(Terminator::Effect { step: StepId(1), effect: EffectId(0), next: BlockId(4) }),
        finish(1, Ending::HandedOff),
        end(Terminator::Wait { step: StepId(2), wait: WaitId(0), resume: BlockId(6) }),
        finish(2, Ending::Finished),
    ];
    Function { blocks: blocks.into_iter().collect() }
}

fn scoring(rules: usize) -> Program {
    let mut frame = Layout::default();
    for (name, kind) in FRAME {
        frame.add(name, kind, false, 0);
    }
    frame.place();
    let system = SystemSlots {
        reachable: slot("reachable"),
        score: slot("score"),
        stage: slot("stage"),
        unsubscribed: slot("unsubscribed"),
        hard_bounced: slot("hard_bounced"),
        complained: slot("complained"),
        do_not_contact: slot("do_not_contact"),
        known_since: slot("known_since"),
        identified: slot("identified"),
        refused_at: slot("refused_at"),
        suppressed_at: slot("suppressed_at"),
    };
    let mut program = Program::from(Meaning { timezone: "UTC".into(), frame, system, ..Meaning::default() });
    program.teams.push(Team { name: "sales".into(), members: Vec::new(), backup: None });
    program.workflows.push(scoring_workflow(rules));
    program
}

fn scoring_workflow(rules: usize) -> Workflow {
    let step = |kind, name: &str| StepKey { label: None, kind: StepKind::new(kind), content: name.into(), nth: 1 };
    let steps = [step("exit", "exit"), step("handoff", "hand off to sales"), step("wait", "wait 3 days")];
    let least = least_workflow("scoring", rules.div_ceil(TRACE_BITS));
    Workflow {
        body: body(rules, &least.slots),
        steps: steps.into_iter().collect(),
        waits: [Wait::For(CivilSpan { days: 3, ..CivilSpan::default() })].into_iter().collect(),
        effects: [Handoff { team: TeamId(0), note: None, task: None }.into()].into_iter().collect(),
        writes: vec![slot("score"), slot("hot"), slot("scored_at")],
        ..least
    }
}

// ---- the race

/// Counts what it is asked.
#[derive(Default)]
struct Counter {
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
}

/// One repetition: nanoseconds for a step.
struct Round {
    by_hand: f64,
    without_branches: f64,
    native: f64,
    interpreter: f64,
}

/// Runs all contacts once by each, chunk by chunk, and compares every record.
fn round(contacts: &Contacts, native: &dyn Backend, interpreter: &dyn Backend) -> Round {
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
struct StructChunk {
    frames: Vec<Frame>,
    journeys: Vec<Journey>,
    codes: Vec<Code>,
}

impl StructChunk {
    fn fill(&mut self, contacts: &Contacts, start: usize, end: usize) {
        self.frames.clear();
        self.frames.extend_from_slice(&contacts.frames[start..end]);
        self.journeys.clear();
        self.journeys.extend_from_slice(&contacts.journeys[start..end]);
        self.codes.clear();
        self.codes.resize(end - start, Code::Waits);
    }

    fn run(&mut self, step: StepFn) -> Duration {
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
struct ByteChunk {
    frames: Vec<u8>,
    journeys: Vec<u8>,
    stops: Vec<Stop>,
}

impl ByteChunk {
    fn fill(&mut self, contacts: &Contacts, start: usize, end: usize) {
        self.frames.clear();
        let frames = start * size_of::<Frame>()..end * size_of::<Frame>();
        self.frames.extend_from_slice(&contacts.frame_bytes[frames]);
        self.journeys.clear();
        let journeys = start * size_of::<Journey>()..end * size_of::<Journey>();
        self.journeys.extend_from_slice(&contacts.journey_bytes[journeys]);
        self.stops.clear();
        self.stops.resize(end - start, Stop::Failed);
    }

    fn run(&mut self, backend: &dyn Backend) -> Duration {
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
    fn check(&self, contacts: &Contacts, expected: &StructChunk) {
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

#[expect(clippy::disallowed_methods, reason = "a bench measures time")]
fn timed(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

fn per_step(time: Duration, steps: usize) -> f64 {
    time.as_secs_f64() * 1e9 / steps as f64
}

fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

// ---- the tables

fn print_steps(rounds: &[Round]) {
    let row = |name: &str, time: fn(&Round) -> f64| {
        let nanoseconds = median(rounds.iter().map(time));
        let to_rust = median(rounds.iter().map(|round| time(round) / round.by_hand));
        let to_interpreter = median(rounds.iter().map(|round| round.interpreter / time(round)));
        println!("{name:<20} {nanoseconds:>10.1} {to_rust:>16.2} {to_interpreter:>20.1}");
    };
    println!("12 rules, {CONTACTS} contacts, median of {REPETITIONS} repetitions");
    println!("{:<20} {:>10} {:>16} {:>20}", "", "ns/step", "time to Rust's", "times interpreter's");
    row("hand-written Rust", |round| round.by_hand);
    row("Rust, no branches", |round| round.without_branches);
    row("native", |round| round.native);
    row("interpreter", |round| round.interpreter);
}

fn print_compile_times() {
    println!("\n{:<10} {:>12} {:>12} {:>12}", "rules", "compile ms", "us/rule", "code bytes");
    for rules in [12, 120, 600] {
        let program = scoring(rules);
        let mut bytes = 0;
        let times = (0..15).map(|_| {
            let time = timed(|| {
                let compiled = compile_with(&program, |part| bytes = bytes.max(part.code_bytes));
                std::hint::black_box(compiled.is_ok());
            });
            time.as_secs_f64() * 1e3
        });
        let milliseconds = median(times);
        println!("{rules:<10} {milliseconds:>12.2} {:>12.1} {bytes:>12}", milliseconds * 1e3 / rules as f64);
    }
}
