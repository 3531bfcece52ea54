//! The verifier's half of every limit: what is at it is sound, one more is a fault that names it.

use super::{A, add_segments, block, sound};
use crate::generate::{step, turn};
use crate::limits::*;
use crate::units::DAY_MS;
use crate::verify::verify;
use crate::*;
use std::collections::BTreeSet;

/// A limit, the most that is taken, and a program with so many.
type Held = (&'static str, usize, fn(&mut Program, usize));

/// What texts alone have, so that no program shows it: the first seven are read off before there is one. The rest is of what a mail
/// becomes when it is filled in: what advises, and the room that is kept for what `flow.toml` says. The rounds of a `repeat` are in a program
/// as so many blocks, one behind the other.
const OF_TEXTS: [&str; 12] = [
    "MAX_SOURCE_BYTES",
    "MAX_NESTING",
    "MAX_TEMPLATE_BYTES",
    "MAX_TAGS",
    "MAX_ELEMENT_DEPTH",
    "MAX_CONDITION_BYTES",
    "MAX_TERMS",
    "MAX_WHOLE_DIGITS",
    "MAX_ROUNDS",
    "MAX_SHOWN_BYTES",
    "MAX_WAY_OUT_BYTES",
    "MAX_SENDER_BYTES",
];

/// What a number is scaled by: [`NUMBER_SCALE`] has room for so many digits, and no program for more.
const OF_NUMBERS: &str = "DECIMALS";

fn workflow(program: &mut Program) -> &mut Workflow {
    program.workflows.at_mut(WorkflowId(0))
}

fn names(many: usize) -> Vec<String> {
    (0..many).map(|nth| format!("n{nth}")).collect()
}

fn text(bytes: usize) -> TextTemplate {
    TextTemplate { pieces: vec![Piece::Text("x".repeat(bytes))] }
}

/// A mail that says so much.
fn content(program: &mut Program, subject: usize, preview: usize, html: usize) {
    let subjects = vec![Subject { when: None, text: text(subject) }];
    let (preview, html) = (Some(text(preview)), "x".repeat(html));
    program.debug.emails.push(EmailContent { subjects, preview, html, ..EmailContent::default() });
}

fn fields(program: &mut Program, many: usize) {
    for name in names(many - program.fields.len()) {
        let (ty, literals) = (FieldType::Number, Vec::new());
        program.fields.push(Field {
            name,
            tag: None,
            trigger: None,
            ty,
            optional: true,
            slot: None,
            text: None,
            literals,
        });
    }
}

/// A segment that asks so many others.
/// So many conditions, and what everybody else is.
fn derived(program: &mut Program, many: usize) {
    let values = many + 1;
    add_segments(program, (0..values).map(|_| Op::Bool(true)));
    let slot = Some(program.frame.add("derived", SlotKind::Code, true, 0));
    let ty = FieldType::OneOf(names(values).into_iter().collect());
    let like = program.fields.at(FieldId(0)).clone();
    let field =
        program.fields.push(Field { name: "derived".into(), ty, slot, text: None, literals: Vec::new(), ..like });
    program.frame.place();
    program.derived.push(Derived { field, values: (0..values as u32).map(SegmentId).collect() });
}

fn segments(program: &mut Program, many: usize) {
    add_segments(program, (0..many).map(|_| Op::Bool(true)));
    let asks: Vec<Op> = (0..many).map(|nth| Op::Segment(SegmentId(nth as u32))).collect();
    add_segments_named(program, "all", &asks);
}

fn add_segments_named(program: &mut Program, name: &str, ops: &[Op]) {
    let end = Terminator::Result { holds: A, next_change: ValueId(ops.len() as u32) };
    let block = block(&[ops, &[Op::Now]].concat(), end);
    let function = Function { blocks: [block].into_iter().collect() };
    let asked = program.predicates.push(Predicate { name: name.into(), workflow: None, function });
    let holds = program.frame.add(name, SlotKind::Bool, false, 0);
    let next_change = program.frame.add(format!("{name} until"), SlotKind::Int, false, FOREVER);
    program.frame.place();
    program.segments.push(Segment { name: name.into(), watched: asked, afresh: asked, holds, next_change });
}

/// An entry that waits for so many things.
fn triggers(program: &mut Program, many: usize) {
    let event = PatternEvent::AnyActivity;
    let patterns = (0..many).map(|nth| {
        program.patterns.push(Pattern { text: nth.to_string(), event, tests: Vec::new() });
        PatternId(nth as u32)
    });
    let patterns = patterns.collect();
    workflow(program).entry = Entry::Event { patterns, when: PredicateId(0) };
}

fn value(program: &mut Program, value: usize) {
    let first = workflow(program).body.blocks.at_mut(BlockId(0));
    first.ops.push(Op::Int(value as i64));
}

fn trace(program: &mut Program, bits: usize) {
    let first = workflow(program).body.blocks.at_mut(BlockId(0));
    first.ops.push(Op::Bit(A, bits as u32 - 1));
}

/// A frame of so many words of eight bytes.
fn layout(program: &mut Program, words: usize) {
    program.company.size = words as u32 * 8;
}

fn fact(program: &mut Program, depth: usize) {
    let pattern = Pattern { text: "any".into(), event: PatternEvent::AnyActivity, tests: Vec::new() };
    let pattern = program.patterns.push(pattern);
    let slots = (0..depth).map(|nth| program.frame.add(format!("fact {nth}"), SlotKind::Int, false, NEVER));
    let first = slots.min().unwrap();
    program.frame.place();
    program.facts.push(Fact { area: Area::Contact, pattern, first, depth: depth as u32 });
}

fn choices(program: &mut Program, many: usize) {
    let field = program.fields.at(FieldId(0)).clone();
    program.fields.push(Field { name: "pick".into(), ty: FieldType::OneOf(names(many).into()), ..field });
}

fn wait(program: &mut Program, days: usize) {
    workflow(program).waits.push(Wait::For(CivilSpan { days: days as i32, ..CivilSpan::default() }));
}

fn note(program: &mut Program, bytes: usize) {
    let note = Some(text(bytes));
    workflow(program).effects.push(Handoff { note, ..Handoff::to(TeamId(0)) }.into());
}

/// Each of which asks the one behind it.
fn chain(program: &mut Program, deep: usize) {
    let asks = (1..deep).map(|nth| Op::Segment(SegmentId(nth as u32))).chain([Op::Bool(true)]);
    add_segments(program, asks);
}

const HELD: &[Held] = &[
    ("VALUE_LIMIT", VALUE_LIMIT as usize, value),
    ("TRACE_BITS", TRACE_BITS as usize, trace),
    ("MAX_LAYOUT_BYTES", MAX_LAYOUT_BYTES as usize / 8, layout),
    ("MAX_FACT_DEPTH", MAX_FACT_DEPTH as usize, fact),
    ("MAX_TRIGGERS", MAX_TRIGGERS as usize, triggers),
    ("MAX_DURATION_DAYS", MAX_DURATION_DAYS as usize, wait),
    ("MAX_FIELDS", MAX_FIELDS, fields),
    ("MAX_CHOICES", MAX_CHOICES, choices),
    ("MAX_CHOICES", MAX_CHOICES, |program, many| program.stages = names(many)),
    ("MAX_STEPS", MAX_STEPS, |program, many| {
        let steps = names(many);
        let workflow = workflow(program);
        workflow.steps = steps.iter().map(|content| step("wait", content)).collect();
        let wait = workflow.waits.push(Wait::For(CivilSpan { days: 1, ..CivilSpan::default() }));
        let waits = workflow.steps.ids().map(|step| Terminator::Wait { step, wait, resume: BlockId(step.0 + 1) });
        let end = Terminator::Finish { step: None, ending: Ending::Finished };
        let blocks = waits.chain([end]).map(|end| Block { ops: IdMap::default(), end });
        workflow.body = Function { blocks: blocks.collect() };
        (workflow.arms, workflow.writes) = (Vec::new(), Vec::new());
    }),
    ("MAX_RATE", MAX_RATE as usize, |program, people| {
        let turn = turn(&mut program.frame, "guide", people as u32);
        program.frame.place();
        let workflow = workflow(program);
        (workflow.rate, workflow.turn) = (turn.rates.first().copied(), Some(turn));
    }),
    ("MAX_CAPACITY", MAX_CAPACITY as usize, |program, most| {
        let open = Some(most as u32);
        let member = Member {
            address: "ada@acme.example".into(),
            covers: None,
            capacity: Capacity { open, a_day: None },
            away: Vec::new(),
            home: None,
        };
        program.teams.at_mut(TeamId(0)).members.push(member);
    }),
    ("MAX_LIVE_JOURNEYS", MAX_LIVE_JOURNEYS as usize, |program, seat| {
        let trigger = TriggerValue { workflow: "w".into(), property: "p".into(), kept: TriggerKept::Seat(seat as u8) };
        program.fields.at_mut(FieldId(0)).trigger = Some(trigger);
    }),
    ("MAX_HOLD_DAYS", MAX_HOLD_DAYS as usize, |program, days| program.policy.hold_ms = Some(days as i64 * DAY_MS)),
    ("MAX_LATE_BY_DAYS", MAX_LATE_BY_DAYS as usize, |program, days| {
        program.policy.late_by_ms = Some(days as i64 * DAY_MS);
    }),
    ("MAX_SEGMENT_DEPTH", MAX_SEGMENT_DEPTH, chain),
    ("MAX_DERIVED_ARMS", MAX_DERIVED_ARMS, derived),
    ("MAX_SEGMENT_TESTS", MAX_SEGMENT_TESTS, segments),
    ("MAX_NAME_BYTES", MAX_NAME_BYTES, |program, bytes| workflow(program).name = "x".repeat(bytes)),
    ("MAX_NAME_BYTES", MAX_NAME_BYTES, |program, bytes| program.emails.at_mut(EmailId(0)).name = "x".repeat(bytes)),
    ("MAX_NAME_BYTES", MAX_NAME_BYTES, |program, bytes| program.fields.at_mut(FieldId(0)).name = "x".repeat(bytes)),
    ("MAX_SUBJECT_BYTES", MAX_SUBJECT_BYTES, |program, bytes| content(program, bytes, 1, 1)),
    ("MAX_TEXT_BYTES", MAX_TEXT_BYTES, |program, bytes| content(program, 1, bytes, 1)),
    ("MAX_TEXT_BYTES", MAX_TEXT_BYTES, note),
    ("MAX_BECAUSE_BYTES", MAX_BECAUSE_BYTES, |program, bytes| {
        workflow(program).effects.push(Suppress { because: "x".repeat(bytes) }.into());
    }),
    ("MAX_VALUE_CHARS", MAX_VALUE_CHARS, |program, chars| {
        let field = FieldId(0);
        program.fields.at_mut(field).ty = FieldType::Text;
        workflow(program).effects.push(SetText { field, value: Piece::Text("é".repeat(chars)) }.into());
    }),
    ("MAX_MAIL_BYTES", MAX_MAIL_BYTES, |program, bytes| content(program, 1, 1, bytes)),
];

#[test]
fn what_is_at_a_limit_is_sound_and_one_more_is_not() {
    for (limit, most, made) in HELD {
        let faults = |many: usize| {
            let mut program = sound();
            made(&mut program, many);
            verify(&program).err().unwrap_or_default()
        };
        assert_eq!(faults(*most), [], "{limit}");
        let beyond = faults(most + 1);
        assert_eq!(beyond.len(), 1, "{limit}: {beyond:#?}");
    }
}

#[test]
fn every_limit_is_held_or_of_texts() {
    let declared = include_str!("../../limits.rs").lines();
    let declared: BTreeSet<&str> =
        declared.filter_map(|line| line.strip_prefix("pub const ")?.split(':').next()).collect();
    let held: BTreeSet<&str> = HELD.iter().map(|(limit, ..)| *limit).collect();
    let of_texts = OF_TEXTS.into_iter().chain([OF_NUMBERS]);
    assert!(of_texts.clone().all(|limit| !held.contains(limit)));
    assert_eq!(declared, held.into_iter().chain(of_texts).collect());
    assert_eq!(NUMBER_SCALE, 10_i64.pow(DECIMALS as u32));
}
