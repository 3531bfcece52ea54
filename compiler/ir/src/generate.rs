//! Random sound programs, for comparing backends.
//!
//! Everything is decided by a list of numbers, so that proptest can shrink a failing program: less and smaller numbers make a
//! smaller program, and none at all the least one. What a value may be used for is asked of the verifier's own inference.

use super::verify::value::{Known, Scope};
use super::*;

const SLOT_KINDS: [SlotKind; 5] = [SlotKind::Bool, SlotKind::Code, SlotKind::Symbol, SlotKind::Days, SlotKind::Int];
const COMPARISONS: [Comparison; 6] = [
    Comparison::Equal,
    Comparison::NotEqual,
    Comparison::Less,
    Comparison::LessOrEqual,
    Comparison::Greater,
    Comparison::GreaterOrEqual,
];
const ENDINGS: [Ending; 4] = [Ending::Finished, Ending::Exited, Ending::Converted, Ending::HandedOff];

/// How many effects a workflow chooses from.
const EFFECTS: usize = 4;

/// Numbers to decide with; zeros once they are used up.
pub struct Choices(std::vec::IntoIter<u64>);

impl Choices {
    /// Decides by these numbers, in their order.
    pub fn new(numbers: Vec<u64>) -> Self {
        Self(numbers.into_iter())
    }
    /// The next number; 0 when none is left.
    pub fn word(&mut self) -> u64 {
        self.0.next().unwrap_or(0)
    }
    /// A number in `0..limit`; `limit` is at least 1.
    pub fn below(&mut self, limit: usize) -> usize {
        (self.word() % limit as u64) as usize
    }
    /// Yes or no; no when no number is left.
    pub fn flag(&mut self) -> bool {
        self.word() % 2 == 1
    }
    /// One of several.
    #[expect(clippy::indexing_slicing, reason = "`below` stays below the length, and no list here is empty")]
    pub(crate) fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }
    /// Small numbers mostly, so that comparisons come out either way, and the extremes.
    pub fn int(&mut self) -> i64 {
        match self.below(8) {
            0..=4 => self.below(70) as i64 - 4,
            5 => self.pick(&[NEVER, FOREVER, NEVER + 1, FOREVER - 1, 65_535, 1 << 31, (1 << 32) - 1]),
            6 => self.below(1 << 40) as i64,
            _ => (self.word() as i64).clamp(-VALUE_LIMIT, VALUE_LIMIT),
        }
    }
}

/// A program with the slots every contact has, and nothing else.
pub fn least_program() -> Program {
    let mut frame = Layout::default();
    let mut bool = |name: &str| frame.add(name, SlotKind::Bool, false, 0);
    let mut system = SystemSlots {
        reachable: bool("reachable"),
        unsubscribed: bool("unsubscribed"),
        hard_bounced: bool("hard_bounced"),
        complained: bool("complained"),
        do_not_contact: bool("do_not_contact"),
        identified: bool("identified"),
        ..SystemSlots::default()
    };
    system.score = frame.add("score", SlotKind::Int, false, 0);
    system.stage = frame.add("stage", SlotKind::Code, false, 0);
    system.known_since = frame.add("known_since", SlotKind::Int, false, NEVER);
    system.refused_at = frame.add("refused_at", SlotKind::Int, false, NEVER);
    system.suppressed_at = frame.add("suppressed_at", SlotKind::Int, false, NEVER);
    frame.place();
    let mut program: Program = Meaning { timezone: "Europe/Berlin".into(), frame, system, ..Meaning::default() }.into();
    program.debug.name = "demo".into();
    program
}

/// A workflow with the slots every journey has, one step of each kind that effects name, and the body given.
pub fn least_workflow(name: &str, trace_words: usize) -> Workflow {
    let mut journey = Layout::default();
    let slots = JourneySlots {
        triggered_at: journey.add("triggered_at", SlotKind::Int, false, NEVER),
        waiting_since: journey.add("waiting_since", SlotKind::Int, false, NEVER),
        timed_out: journey.add("timed_out", SlotKind::Bool, false, 0),
        trace: (0..trace_words).map(|word| journey.add(format!("trace[{word}]"), SlotKind::Int, false, 0)).collect(),
        sent_at: Vec::new(),
        taken: None,
        round_began: None,
        held_out: None,
        late: None,
        paused: None,
        several: None,
    };
    journey.place();
    Workflow {
        name: name.into(),
        group: None,
        goal: None,
        entry: Entry::ByHand,
        event: None,
        reenter: Reenter::Never,
        several: None,
        exits: Vec::new(),
        skip: None,
        window: None,
        not_on_holidays: 0,
        spacing_ms: None,
        holdout: None,
        late: None,
        pause: None,
        pauses: Vec::new(),
        stops: Vec::new(),
        body: Function::default(),
        steps: IdMap::default(),
        waits: IdMap::default(),
        effects: IdMap::default(),
        arms: Vec::new(),
        journey,
        slots,
        engagements: Vec::new(),
        counts: Vec::new(),
        writes: Vec::new(),
        start: BlockId(0),
        older_starts: Vec::new(),
        closings: Closings::default(),
        started: None,
        rate: None,
        turn: None,
        again: None,
    }
}

/// The slots of those who wait by a rate of so many an hour; the frame is still to be laid out.
pub fn turn(frame: &mut Layout, name: &str, people: u32) -> Turn {
    Turn {
        at: frame.add(format!("turn {name}"), SlotKind::Int, false, FOREVER),
        triggers: frame.add(format!("turn {name} by"), SlotKind::Int, false, 0),
        triggered_at: frame.add(format!("turn {name} since"), SlotKind::Int, false, 0),
        counts: Vec::new(),
        rates: vec![Rate { people, per: RatePer::Hour }],
    }
}

/// A step without a label, the first of its kind and content.
pub fn step(kind: &'static str, content: &str) -> StepKey {
    StepKey { label: None, kind: StepKind::new(kind), content: content.into(), nth: 1 }
}

/// A marketing email.
pub fn email(name: &str) -> Email {
    Email { name: name.into(), kind: EmailKind::Marketing, topic: None, confirms: false }
}

/// Adds an optional text field `company` that is compared with nothing, and a test whether it contains `needle`.
pub fn text_test(program: &mut Program, needle: &str) -> TextTestId {
    // No two fields of a program are called the same.
    let others = program.fields.values().filter(|field| field.name.starts_with("company")).count();
    let name = if others == 0 { "company".to_owned() } else { format!("company{others}") };
    let field = program.fields.push(Field {
        name,
        ty: FieldType::Text,
        optional: true,
        slot: None,
        text: None,
        literals: Vec::new(),
        tag: None,
        trigger: None,
    });
    program.text_tests.push(TextTest { field, kind: TextTestKind::Contains, needle: needle.into() })
}

/// A program of one or two workflows and some predicates.
pub fn program(choices: &mut Choices) -> Program {
    let mut program = least_program();
    slots(&mut program.frame, choices);
    slots(&mut program.company, choices);
    let mut event =
        EventType { name: "signed_up".into(), properties: Vec::new(), layout: Layout::default(), answer: None };
    slots(&mut event.layout, choices);
    program.events.push(event);
    program.emails = ["welcome", "guide"].map(email).into_iter().collect();
    program.teams.push(Team { name: "sales".into(), ..Team::default() });
    text_test(&mut program, "gmbh");
    text_test(&mut program, "ltd");
    segments(&mut program, choices);
    let drawn = program.frame.add("split offer", SlotKind::Code, false, 0);
    program.splits.push(Split { name: "offer".into(), slot: drawn });
    for name in ["first", "second"].into_iter().take(1 + choices.below(2)) {
        let started = program.frame.add(format!("start {name}"), SlotKind::Int, false, FOREVER);
        let turn = choices.flag().then(|| turn(&mut program.frame, name, 1 + choices.below(200) as u32));
        program.frame.place();
        let rate = turn.as_ref().and_then(|turn| turn.rates.first().copied());
        let workflow = Workflow { started: Some(started), rate, turn, ..workflow(&program, name, choices) };
        program.workflows.push(workflow);
    }
    for nth in 0..choices.below(4) {
        let workflow = choices.flag().then_some(WorkflowId(0));
        let scope = Scope { program: &program, workflow: workflow.map(|id| program.workflows.at(id)), writes: None };
        let function = predicate(scope, choices);
        program.predicates.push(Predicate { name: format!("question {nth}"), workflow, function });
    }
    program
}

/// Up to two segments; the second may ask the first.
fn segments(program: &mut Program, choices: &mut Choices) {
    for nth in 0..choices.below(3) {
        // Before its slots exist, so that it cannot read them.
        let mut function = predicate(Scope { program, workflow: None, writes: None }, choices);
        let ops = function.blocks.values_mut().flat_map(|block| block.ops.values_mut());
        ops.filter(|op| matches!(op, Op::Trigger(_))).for_each(|op| *op = Op::Bool(false));
        let name = format!("segment{nth}");
        let holds = program.frame.add(name.clone(), SlotKind::Bool, false, 0);
        let next_change = program.frame.add(format!("{name} until"), SlotKind::Int, false, FOREVER);
        program.frame.place();
        let asked = program.predicates.push(Predicate { name: name.clone(), workflow: None, function });
        program.segments.push(Segment { name, watched: asked, afresh: asked, holds, next_change });
    }
}

/// Adds slots of all kinds, some optional.
fn slots(layout: &mut Layout, choices: &mut Choices) {
    for nth in 0..choices.below(12) {
        let kind = choices.pick(&SLOT_KINDS);
        let optional = choices.flag();
        layout.add(format!("field{nth}"), kind, optional, 0);
    }
    layout.place();
}

fn workflow(program: &Program, name: &str, choices: &mut Choices) -> Workflow {
    let mut workflow = least_workflow(name, 1 + choices.below(2));
    slots(&mut workflow.journey, choices);
    workflow.event = choices.flag().then_some(EventId(0));
    workflow.writes = written(program);
    workflow.steps = ["send", "wait", "handoff"].map(|kind| step(kind, kind)).into_iter().collect();
    workflow.waits = [
        Wait::For(CivilSpan { days: 1, ..CivilSpan::default() }),
        Wait::On(Appointment::Weekday { day: 2, minute: 0 }),
    ]
    .into_iter()
    .collect();
    workflow.effects = (0..EFFECTS).map(|_| Effect::random(choices)).collect();
    let writes = workflow.writes.iter().copied().collect();
    let body = body(Scope { program, workflow: Some(&workflow), writes: Some(&writes) }, choices);
    workflow.body = body;
    workflow
}

/// The slots that steps may write: no segment's, no start's, no turn's, nothing that the engine keeps.
fn written(program: &Program) -> Vec<SlotId> {
    let segments = program.segments.values().flat_map(|segment| [segment.holds, segment.next_change]);
    let kept: Vec<SlotId> = segments.chain(program.system.kept()).collect();
    // The workflow at hand has no start and no turn yet, and their slots are there.
    let name = |slot: SlotId| program.frame.slots.at(slot).name.as_str();
    let is_entry = |slot: SlotId| ["start ", "turn ", "split "].iter().any(|what| name(slot).starts_with(what));
    program.frame.slots.ids().filter(|slot| !kept.contains(slot) && !is_entry(*slot)).collect()
}

/// A chain of blocks, each leading to the next; branches also lead further down it or to an end of their own.
fn body(scope: Scope<'_>, choices: &mut Choices) -> Function {
    let mut function = Function::default();
    let chain = 1 + choices.below(8);
    let mut ends = Vec::new();
    for at in 0..chain - 1 {
        let block = chain_block(scope, at, chain, &mut ends, choices);
        function.blocks.push(block);
    }
    function.blocks.push(Block { ops: ops(scope, choices).0, end: finish(choices) });
    for end in ends {
        function.blocks.push(end);
    }
    function
}

fn chain_block(scope: Scope<'_>, at: usize, chain: usize, ends: &mut Vec<Block>, choices: &mut Choices) -> Block {
    let next = BlockId::from_index(at + 1);
    let step = StepId(choices.below(3) as u32);
    let nothing = IdMap::default;
    match choices.below(6) {
        0 => Block { ops: ops(scope, choices).0, end: Terminator::Jump(next) },
        1 | 2 => {
            let effect = EffectId(choices.below(EFFECTS) as u32);
            Block { ops: nothing(), end: Terminator::Effect { step, effect, next } }
        }
        3 => {
            let wait = WaitId(choices.below(2) as u32);
            Block { ops: ops(scope, choices).0, end: Terminator::Wait { step, wait, resume: next } }
        }
        _ => {
            let (mut ops, values) = ops(scope, choices);
            let which = some_bool(&mut ops, &values, choices);
            let other = if choices.flag() {
                BlockId::from_index(at + 1 + choices.below(chain - at - 1))
            } else {
                ends.push(Block { ops: nothing(), end: finish(choices) });
                BlockId::from_index(chain + ends.len() - 1)
            };
            let (yes, no) = if choices.flag() { (next, other) } else { (other, next) };
            Block { ops, end: Terminator::Branch(which, yes, no) }
        }
    }
}

fn finish(choices: &mut Choices) -> Terminator {
    let step = choices.flag().then(|| StepId(choices.below(3) as u32));
    Terminator::Finish { step, ending: choices.pick(&ENDINGS) }
}

fn predicate(scope: Scope<'_>, choices: &mut Choices) -> Function {
    let (mut ops, values) = ops(scope, choices);
    let holds = some_bool(&mut ops, &values, choices);
    let ints = of_type(&values, ValueType::Int);
    let next_change = if ints.is_empty() { ops.push(Op::Int(FOREVER)) } else { choices.pick(&ints) };
    let end = Terminator::Result { holds, next_change };
    Function { blocks: [Block { ops, end }].into_iter().collect() }
}

fn some_bool(ops: &mut IdMap<ValueId, Op>, values: &[Known], choices: &mut Choices) -> ValueId {
    let bools = of_type(values, ValueType::Bool);
    if bools.is_empty() { ops.push(Op::Bool(choices.flag())) } else { choices.pick(&bools) }
}

fn of_type(values: &[Known], ty: ValueType) -> Vec<ValueId> {
    (0..).map(ValueId::from_index).zip(values).filter(|(_, known)| known.ty() == ty).map(|(id, _)| id).collect()
}

/// Some ops, with what is known of each value.
fn ops(scope: Scope<'_>, choices: &mut Choices) -> (IdMap<ValueId, Op>, Vec<Known>) {
    let mut ops = IdMap::default();
    let mut values = Vec::new();
    for _ in 0..choices.below(24) {
        let proposed = propose(scope, &values, choices);
        push_sound(scope, proposed, &mut ops, &mut values);
    }
    (ops, values)
}

/// Appends an op if it is sound; a store of too wide a sum gets a clamp before it, other unsound ones are dropped.
fn push_sound(scope: Scope<'_>, op: Op, ops: &mut IdMap<ValueId, Op>, values: &mut Vec<Known>) {
    match (scope.infer(&op, values), &op) {
        (Ok(known), _) => {
            ops.push(op);
            values.push(known);
        }
        (Err(_), Op::Store(place, value)) => {
            let Ok(known) = scope.infer(&Op::Clamp(*value), values) else { return };
            let clamped = ops.push(Op::Clamp(*value));
            values.push(known);
            let store = Op::Store(*place, clamped);
            if let Ok(known) = scope.infer(&store, values) {
                ops.push(store);
                values.push(known);
            }
        }
        (Err(_), _) => {}
    }
}

/// An op with operands of the right types where there are some; the first value stands in where there is none.
fn propose(scope: Scope<'_>, values: &[Known], choices: &mut Choices) -> Op {
    let (ints, bools) = (of_type(values, ValueType::Int), of_type(values, ValueType::Bool));
    let value = |of: &[ValueId], choices: &mut Choices| if of.is_empty() { ValueId(0) } else { choices.pick(of) };
    let int = |choices: &mut Choices| value(&ints, choices);
    match choices.below(31) {
        0..=3 => Op::Load(place(scope, choices)),
        4 | 5 => Op::Int(choices.int()),
        6 => Op::Bool(choices.flag()),
        7 => Op::Now,
        8 | 9 => {
            let place = place(scope, choices);
            let of = if scope.slot(place) == Ok(Known::Bool) { &bools } else { &ints };
            Op::Store(place, value(of, choices))
        }
        10 => Op::Known(place(scope, choices)),
        11 => Op::SetKnown(place(scope, choices), value(&bools, choices)),
        12 => Op::Trigger(choices.below(limits::MAX_TRIGGERS as usize) as u32),
        13 if choices.flag() => Op::Segment(SegmentId(choices.below(2) as u32)),
        13 => Op::TextTest(TextTestId(choices.below(2) as u32)),
        14 | 15 => Op::Compare(choices.pick(&COMPARISONS), int(choices), int(choices)),
        16 => Op::InSet(int(choices), set(choices)),
        17 => Op::InRange(int(choices), choices.int(), choices.int()),
        18 => Op::And(value(&bools, choices), value(&bools, choices)),
        19 => Op::Or(value(&bools, choices), value(&bools, choices)),
        20 => Op::Not(value(&bools, choices)),
        21 => Op::Add(int(choices), int(choices)),
        22 => Op::Sub(int(choices), int(choices)),
        23 => Op::Clamp(int(choices)),
        24 => Op::Min(int(choices), int(choices)),
        25 => Op::Max(int(choices), int(choices)),
        26 => Op::BitOr(int(choices), int(choices)),
        27 => Op::Bit(value(&bools, choices), choices.below(limits::TRACE_BITS as usize) as u32),
        28 => Op::Select(value(&bools, choices), int(choices), int(choices)),
        29 => Op::Calendar(calendar(choices), int(choices)),
        _ => Op::Select(value(&bools, choices), value(&bools, choices), value(&bools, choices)),
    }
}

fn calendar(choices: &mut Choices) -> Calendar {
    let days = 1 + choices.below(127) as u8;
    let window = SendWindow { days, from_min: choices.below(1440) as u16, to_min: choices.below(1441) as u16 };
    choices.pick(&[
        Calendar::DayBegins,
        Calendar::DayOf,
        Calendar::WeekEnds,
        Calendar::MonthEnds,
        Calendar::Shows(window),
        Calendar::Turns(window),
    ])
}

/// A slot of any area that has some; the contact's and the journey's are the likeliest.
fn place(scope: Scope<'_>, choices: &mut Choices) -> Place {
    use Area::{Company, Contact, Event, Journey};
    let area = choices.pick(&[Contact, Journey, Contact, Journey, Company, Event]);
    let layouts = scope.program.layouts(scope.workflow);
    match layouts[area].map_or(0, |layout| layout.slots.len()) {
        0 => Place::contact(SlotId(choices.below(scope.program.frame.slots.len()) as u32)),
        slots => Place::new(area, SlotId(choices.below(slots) as u32)),
    }
}

fn set(choices: &mut Choices) -> Vec<i64> {
    let mut set: Vec<i64> = (0..choices.below(9)).map(|_| choices.int()).collect();
    set.sort_unstable();
    set.dedup();
    set
}

/// The bytes of an area whose every slot holds something it may.
pub fn bytes(layout: &Layout, trace: &[SlotId], choices: &mut Choices) -> Vec<u8> {
    let mut bytes = layout.blank();
    for (id, slot) in layout.slots.iter() {
        let value = choices.int();
        let value = match slot.kind {
            SlotKind::Bool => value & 1,
            // A trace word is never negative.
            SlotKind::Int if trace.contains(&id) => value & ((1 << limits::TRACE_BITS) - 1),
            // The low bytes of any number are a value.
            _ => value,
        };
        layout.write(&mut bytes, id, value);
        layout.set_known(&mut bytes, id, choices.flag());
    }
    bytes
}

/// Bytes for every area that a function of this workflow, or of none, may look at.
pub fn memory(program: &Program, workflow: Option<&Workflow>, choices: &mut Choices) -> Areas<Vec<u8>> {
    let trace = workflow.map_or(&[][..], |workflow| &workflow.slots.trace);
    let layouts = program.layouts(workflow);
    Areas::from_fn(|area| {
        let trace = if area == Area::Journey { trace } else { &[] };
        layouts[area].map_or_else(Vec::new, |layout| bytes(layout, trace, choices))
    })
}
