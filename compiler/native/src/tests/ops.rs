//! Each op by itself, on both backends, by one table of what it means.

use super::{Recorder, backends};
use flow_ir::backend::{Memory, Moment, Verdict, View};
use flow_ir::generate::{least_program, least_workflow, text_test};
use flow_ir::verify::value::{Known, Scope};
use flow_ir::*;

const NOW: i64 = 1_772_445_600_000;
const TRIGGERS: u64 = 1 << 61 | 0b100;

/// The slots of the frame these tests look at, with what is in them; `None` is a missing value.
const SLOTS: [(&str, SlotKind, Option<i64>); 7] = [
    ("flag", SlotKind::Bool, Some(1)),
    ("choice", SlotKind::Code, Some(65_535)),
    ("symbol", SlotKind::Symbol, Some(u32::MAX as i64)),
    ("day", SlotKind::Days, Some(-1)),
    ("int", SlotKind::Int, Some(NEVER)),
    ("missing", SlotKind::Int, None),
    ("far", SlotKind::Int, Some(VALUE_LIMIT)),
];

fn program() -> Program {
    let mut program = least_program();
    for (name, kind, _) in SLOTS {
        program.frame.add(name, kind, true, 0);
    }
    program.frame.place();
    text_test(&mut program, "gmbh");
    program
}

fn frame(program: &Program) -> Vec<u8> {
    let mut frame = program.frame.blank();
    for (name, _, value) in SLOTS {
        program.frame.write(&mut frame, slot(program, name), value.unwrap_or_default());
        program.frame.set_known(&mut frame, slot(program, name), value.is_some());
    }
    frame
}

fn slot(program: &Program, name: &str) -> SlotId {
    program.frame.slots.find(|slot| slot.name == name).unwrap()
}

/// The last op's value (truth as 0 or 1) on every backend, which must agree.
fn value_of(program: &Program, ops: &[Op]) -> i64 {
    let mut program = program.clone();
    let scope = Scope { program: &program, workflow: None, writes: None };
    let mut known = Vec::new();
    for op in ops {
        let next = scope.infer(op, &known).unwrap();
        known.push(next);
    }
    let truth = known.last() == Some(&Known::Bool);
    let mut ops: IdMap<ValueId, Op> = ops.iter().cloned().collect();
    let last = ValueId::from_index(ops.len() - 1);
    let (yes, none) = (ops.push(Op::Bool(true)), ops.push(Op::Int(0)));
    let end = if truth {
        Terminator::Result { holds: last, next_change: none }
    } else {
        Terminator::Result { holds: yes, next_change: last }
    };
    let function = Function { blocks: [Block { ops, end }].into_iter().collect() };
    let predicate = program.predicates.push(Predicate { name: "op".into(), workflow: None, function });
    let answers = backends(&program).map(|backend| {
        let mut host = Recorder { answers: vec![1], ..Recorder::default() };
        let moment = Moment { now: NOW, triggers: TRIGGERS };
        let Verdict { holds, next_change } =
            backend.holds(predicate, View::of(&frame(&program), &[]), moment, &mut host);
        if truth { i64::from(holds) } else { next_change }
    });
    assert_eq!(answers[0], answers[1]);
    answers[0]
}

/// An op on constants; its operands are `v0`, `v1`, `v2`.
fn on(constants: &[Op], op: Op, expected: i64) -> (Vec<Op>, i64) {
    let mut ops = constants.to_vec();
    ops.push(op);
    (ops, expected)
}

#[test]
fn ops_mean_the_same_on_both() {
    use Comparison::*;
    let program = program();
    let load = |name| Op::Load(Place::contact(slot(&program, name)));
    let (a, b, c) = (ValueId(0), ValueId(1), ValueId(2));
    let int = Op::Int;
    let bool = Op::Bool;
    let mut table = vec![
        on(&[], Op::Int(NEVER), NEVER),
        on(&[], bool(true), 1),
        on(&[], Op::Now, NOW),
        on(&[], load("flag"), 1),
        on(&[], load("choice"), 65_535),
        on(&[], load("symbol"), u32::MAX as i64),
        on(&[], load("day"), -1),
        on(&[], load("int"), NEVER),
        on(&[], Op::Known(Place::contact(slot(&program, "int"))), 1),
        on(&[], Op::Known(Place::contact(slot(&program, "missing"))), 0),
        on(&[], Op::Trigger(0), 0),
        on(&[], Op::Trigger(2), 1),
        on(&[], Op::Trigger(61), 1),
        on(&[], Op::TextTest(TextTestId(0)), 1),
        on(&[int(5)], Op::Calendar(Calendar::DayBegins, a), 156),
        // What the host answers beyond what memory holds is brought back.
        on(&[int(1 << 58)], Op::Calendar(Calendar::WeekEnds, a), VALUE_LIMIT),
        on(&[bool(true), bool(false)], Op::And(a, b), 0),
        on(&[bool(true), bool(false)], Op::Or(a, b), 1),
        on(&[bool(true)], Op::Not(a), 0),
        on(&[bool(false)], Op::Not(a), 1),
        on(&[int(VALUE_LIMIT), int(VALUE_LIMIT)], Op::Add(a, b), 1 << 62),
        on(&[int(NEVER), int(FOREVER)], Op::Sub(a, b), -(1 << 62)),
        on(&[int(FOREVER), int(FOREVER), Op::Add(a, b)], Op::Clamp(c), VALUE_LIMIT),
        on(&[int(NEVER), int(FOREVER), Op::Sub(a, b)], Op::Clamp(c), -VALUE_LIMIT),
        on(&[int(-7)], Op::Clamp(a), -7),
        on(&[int(-7), int(3)], Op::Min(a, b), -7),
        on(&[int(-7), int(3)], Op::Max(a, b), 3),
        on(&[int(5), int(10)], Op::BitOr(a, b), 15),
        on(&[bool(true)], Op::Bit(a, 60), 1 << 60),
        on(&[bool(false)], Op::Bit(a, 60), 0),
        on(&[bool(true), int(1), int(2)], Op::Select(a, b, c), 1),
        on(&[bool(false), int(1), int(2)], Op::Select(a, b, c), 2),
        on(&[bool(false), bool(true), bool(false)], Op::Select(a, b, c), 0),
    ];
    // A conditional sum has a shape of its own in machine code, where the sum's first operand is what is kept otherwise.
    for (holds, kept, expected) in [(true, a, 15), (false, a, 5), (true, b, 15), (false, b, 10)] {
        let sum = [int(5), int(10), Op::Add(a, b), bool(holds)];
        table.push(on(&sum, Op::Select(ValueId(3), c, kept), expected));
    }
    let compared = [(Equal, [0, 1, 0]), (NotEqual, [1, 0, 1]), (Less, [1, 0, 0]), (LessOrEqual, [1, 1, 0])];
    let compared = compared.into_iter().chain([(Greater, [0, 0, 1]), (GreaterOrEqual, [0, 1, 1])]);
    for (comparison, expected) in compared {
        for (left, expected) in [-3, 4, 5].into_iter().zip(expected) {
            table.push(on(&[int(left), int(4)], Op::Compare(comparison, a, b), expected));
        }
    }
    for (ops, expected) in table {
        assert_eq!(value_of(&program, &ops), expected, "{ops:?}");
    }
}

/// Sets have three shapes in machine code (one number, neighbours, a mask) and are cut into windows of 64.
#[test]
fn sets_and_ranges_have_sharp_edges() {
    let program = program();
    let sets: [&[i64]; 7] = [
        &[],
        &[7],
        &[1, 2, 3],
        &[0, 5, 63],
        &[0, 5, 64],
        &[-60, -1, 2, 3, 500, 501, 503],
        &[NEVER, NEVER + 2, 0, FOREVER],
    ];
    let probes =
        [NEVER, NEVER + 1, NEVER + 2, -61, -60, -1, 0, 1, 2, 3, 4, 5, 7, 63, 64, 65, 128, 500, 502, 503, FOREVER];
    for set in sets {
        for probe in probes {
            let ops = [Op::Int(probe), Op::InSet(ValueId(0), set.to_vec())];
            assert_eq!(value_of(&program, &ops), i64::from(set.contains(&probe)), "{probe} in {set:?}");
        }
    }
    for (low, high) in [(0, 0), (-3, 63), (5, 4), (NEVER, FOREVER), (i64::MIN, i64::MAX), (i64::MIN, -1)] {
        for probe in probes {
            let ops = [Op::Int(probe), Op::InRange(ValueId(0), low, high)];
            assert_eq!(value_of(&program, &ops), i64::from((low..=high).contains(&probe)), "{probe} in {low}..={high}");
        }
    }
}

/// Each member is a window of its own: more code than any unit has room for without regard to it.
#[test]
fn sets_of_far_apart_numbers_have_room() {
    let program = program();
    let set: Vec<i64> = (0..40_000).map(|nth| nth * 100).collect();
    for (probe, is) in [(0, 1), (50, 0), (3_999_900, 1), (3_999_901, 0)] {
        assert_eq!(value_of(&program, &[Op::Int(probe), Op::InSet(ValueId(0), set.clone())]), is, "{probe}");
    }
}

/// Runs a body of one block on the frame and gives back the frame and the journey.
fn after(ops: &[Op]) -> (Program, Vec<u8>, Vec<u8>) {
    let mut program = program();
    let mut workflow = least_workflow("stores", 1);
    let kept = program.system.kept();
    workflow.writes = program.frame.slots.ids().filter(|slot| !kept.contains(slot)).collect();
    let end = Terminator::Finish { step: None, ending: Ending::Finished };
    workflow.body.blocks.push(Block { ops: ops.iter().cloned().collect(), end });
    let id = program.workflows.push(workflow);
    let left = backends(&program).map(|backend| {
        let (mut frame, mut journey) = (frame(&program), program.workflows.at(id).journey.blank());
        let memory = Memory::of(&mut frame, &mut journey);
        backend.step(id, memory, 0, NOW, &mut Recorder::default());
        (frame, journey)
    });
    assert_eq!(left[0], left[1], "{ops:?}");
    let [(frame, journey), _] = left;
    (program, frame, journey)
}

#[test]
fn stores_touch_their_slot_alone() {
    let stored = [("flag", 0), ("choice", 9), ("symbol", 1 << 31), ("day", -70_000), ("int", 12), ("far", -12)];
    let at = |name| slot(&program(), name);
    for (name, value) in stored {
        let constant = if name == "flag" { Op::Bool(value != 0) } else { Op::Int(value) };
        let (program, frame, _) = after(&[constant, Op::Store(Place::contact(at(name)), ValueId(0))]);
        for (other, _, before) in SLOTS {
            let expected = if other == name { value } else { before.unwrap_or_default() };
            assert_eq!(program.frame.read(&frame, slot(&program, other)), expected, "{other} after {name}");
            assert_eq!(program.frame.is_known(&frame, slot(&program, other)), before.is_some());
        }
    }
}

#[test]
fn presence_bits_are_set_one_by_one() {
    for (name, known) in [("int", false), ("missing", true), ("missing", false)] {
        let ops = [Op::Bool(known), Op::SetKnown(Place::contact(slot(&program(), name)), ValueId(0))];
        let (program, frame, _) = after(&ops);
        for (other, _, before) in SLOTS {
            let expected = if other == name { known } else { before.is_some() };
            assert_eq!(program.frame.is_known(&frame, slot(&program, other)), expected, "{other} after {name}");
        }
    }
}

#[test]
fn a_load_sees_the_store_before_it() {
    let score = Place::contact(program().system.score);
    let timed_out = Place::journey(SlotId(2));
    let ops = [
        Op::Int(5),
        Op::Store(score, ValueId(0)),
        Op::Load(score),
        Op::Add(ValueId(2), ValueId(2)),
        Op::Store(score, ValueId(3)),
        Op::Load(score),
        Op::Int(10),
        Op::Compare(Comparison::Equal, ValueId(5), ValueId(6)),
        Op::Store(timed_out, ValueId(7)),
    ];
    // A sum of loads may leave the slot's bounds, so it is clamped first.
    let mut ops = ops.to_vec();
    ops.insert(4, Op::Clamp(ValueId(3)));
    ops[5] = Op::Store(score, ValueId(4));
    ops[8] = Op::Compare(Comparison::Equal, ValueId(6), ValueId(7));
    ops[9] = Op::Store(timed_out, ValueId(8));
    let (program, frame, journey) = after(&ops);
    assert_eq!(program.frame.read(&frame, program.system.score), 10);
    assert_eq!(program.workflows.at(WorkflowId(0)).journey.read(&journey, SlotId(2)), 1);
}
