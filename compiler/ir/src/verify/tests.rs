//! Each rule with a program that breaks it alone, by the fault it tells.

#![allow(clippy::unwrap_used)]
#![expect(clippy::string_slice, reason = "a test that cuts a text wrongly should fail")]

mod damage;
mod limits_hold;

use super::verify;
use crate::generate::{Choices, email, least_program, least_workflow, program, step, text_test, turn};
use crate::*;
use proptest::prelude::*;

const A: ValueId = ValueId(0);
const B: ValueId = ValueId(1);
const C: ValueId = ValueId(2);
/// Hours of no day.
const NO_DAY: Calendar = Calendar::Shows(SendWindow { days: 0, from_min: 0, to_min: 0 });

/// A sound program: a block, a send, a wait, a finish; an optional slot; a predicate of the workflow.
fn sound() -> Program {
    let mut program = least_program();
    program.frame.add("budget", SlotKind::Int, true, 0);
    program.frame.place();
    text_test(&mut program, "gmbh");
    program.emails.push(email("welcome"));
    program.teams.push(Team { name: "sales".into(), ..Team::default() });
    let mut workflow = least_workflow("guide", 1);
    workflow.steps.push(step("send", "send welcome"));
    workflow.waits.push(Wait::For(CivilSpan::default()));
    workflow.effects.push(effect::Send { email: EmailId(0), again: false }.into());
    workflow.effects.push(Handoff::to(TeamId(0)).into());
    workflow.writes = vec![program.system.score, program.system.stage];
    workflow.body.blocks = [
        block(&[Op::Bool(true)], Terminator::Branch(A, BlockId(1), BlockId(3))),
        block(&[], Terminator::Effect { step: StepId(0), effect: EffectId(0), next: BlockId(2) }),
        block(&[], Terminator::Wait { step: StepId(0), wait: WaitId(0), resume: BlockId(3) }),
        block(&[], Terminator::Finish { step: None, ending: Ending::Finished }),
    ]
    .into_iter()
    .collect();
    let workflow = program.workflows.push(workflow);
    let result = Terminator::Result { holds: A, next_change: B };
    let function = Function { blocks: [block(&[Op::Bool(true), Op::Now], result)].into_iter().collect() };
    program.predicates.push(Predicate { name: "asks".into(), workflow: Some(workflow), function });
    program
}

fn block(ops: &[Op], end: Terminator) -> Block {
    Block { ops: ops.iter().cloned().collect(), end }
}

/// All faults of a sound program after a change.
fn faults(change: impl FnOnce(&mut Program)) -> String {
    let mut program = sound();
    change(&mut program);
    match verify(&program) {
        Ok(()) => "sound".to_owned(),
        Err(faults) => faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"),
    }
}

/// The faults of these ops, put before the first block's branch.
fn op_faults(ops: &[Op]) -> String {
    faults(|program| {
        let first = program.workflows.at_mut(WorkflowId(0)).body.blocks.at_mut(BlockId(0));
        first.ops = ops.iter().cloned().collect();
        let truth = first.ops.push(Op::Bool(true));
        first.end = Terminator::Branch(truth, BlockId(1), BlockId(3));
    })
}

fn score() -> Place {
    Place::contact(sound().system.score)
}

fn optional() -> SlotId {
    SlotId(sound().frame.slots.len() as u32 - 1)
}

#[test]
fn what_is_sound_passes() {
    assert_eq!(faults(|_| {}), "sound");
}

#[test]
fn ops_fit_their_operands() {
    let stage = Place::contact(sound().system.stage);
    let cases: Vec<(Vec<Op>, &str)> = vec![
        (vec![Op::Not(A)], "v0 is not computed before"),
        (vec![Op::Int(1), Op::Not(A)], "v0 is Int, not Bool"),
        (vec![Op::Bool(true), Op::Add(A, A)], "v0 is Bool, not Int"),
        (vec![Op::Int(1), Op::Bool(true), Op::Select(B, A, B)], "selects between Int and Bool"),
        (vec![Op::Int(1), Op::Store(score(), A), Op::Not(B)], "v1 is Nothing, not Bool"),
        (vec![Op::Load(Place::contact(SlotId(99)))], "there is no slot99"),
        (vec![Op::Load(Place::journey(SlotId(99)))], "there is no slot99"),
        (vec![Op::Bool(true), Op::Store(score(), A)], "stores Bool where Int is kept"),
        (vec![Op::Int(70_000), Op::Store(stage, A)], "stores 70000 to 70000, but the slot holds 0 to 65535"),
        (vec![Op::Known(Place::contact(SlotId(0)))], "`reachable` is always known"),
        (vec![Op::Bool(true), Op::SetKnown(score(), A)], "`score` is always known"),
        (vec![Op::Trigger(3)], "trigger 3 outside a predicate"),
        (vec![Op::TextTest(TextTestId(7))], "there is no test7"),
        (vec![Op::Int(1), Op::Calendar(NO_DAY, A)], "asks for hours that no clock shows"),
        (vec![Op::Bool(true), Op::Calendar(Calendar::DayBegins, A)], "v0 is Bool, not Int"),
        (vec![Op::Bool(true), Op::Bit(A, 61)], "61 is not below 61"),
        (vec![Op::Int(1), Op::InSet(A, vec![2, 1])], "the set that v0 is looked up in is not sorted or repeats itself"),
        (vec![Op::Int(1), Op::InSet(A, vec![1, 1])], "the set that v0 is looked up in is not sorted or repeats itself"),
        (vec![Op::Int(-1), Op::BitOr(A, A)], "gathers bits of a value that may be negative"),
        (vec![Op::Int(VALUE_LIMIT + 1)], "the constant 2305843009213693953 is beyond 2305843009213693952"),
        (vec![Op::Load(Place::new(Area::Company, SlotId(0)))], "there is no slot0"),
        (vec![Op::Load(Place::new(Area::Event, SlotId(0)))], "there is no event here"),
    ];
    for (ops, expected) in cases {
        let found = op_faults(&ops);
        assert!(found.lines().next().is_some_and(|line| line.ends_with(expected)), "{ops:?}: {found}");
    }
    assert_eq!(op_faults(&[Op::Known(Place::contact(optional()))]), "sound");
}

/// The company and the event are there to be read, by whoever has such layouts.
#[test]
fn bodies_write_their_contact_and_journey_alone() {
    let on_both = |ops: &[Op]| {
        faults(|program| {
            let flag = |layout: &mut Layout| {
                layout.add("flag", SlotKind::Bool, false, 0);
                layout.place();
            };
            flag(&mut program.company);
            let mut event =
                EventType { name: "came".into(), properties: Vec::new(), layout: Layout::default(), answer: None };
            flag(&mut event.layout);
            let event = program.events.push(event);
            let workflow = program.workflows.at_mut(WorkflowId(0));
            workflow.event = Some(event);
            workflow.body.blocks.at_mut(BlockId(0)).ops.extend(ops.iter().cloned());
        })
    };
    let (company, event) = (Place::new(Area::Company, SlotId(0)), Place::new(Area::Event, SlotId(0)));
    assert_eq!(on_both(&[Op::Load(company), Op::Load(event)]), "sound");
    let wrong = "a body writes nothing of the";
    assert!(on_both(&[Op::Store(company, A)]).ends_with(&format!("{wrong} company")));
    assert!(on_both(&[Op::Store(event, A)]).ends_with(&format!("{wrong} event")));
}

/// Three full slots add up to less than 64 bits hold, four to more; with a clamp on the way any number does.
#[test]
fn sums_are_clamped_before_they_can_overflow() {
    let load = || Op::Load(score());
    let three = [load(), Op::Add(A, A), Op::Add(B, A)];
    assert_eq!(op_faults(&three), "sound");
    let four = [load(), Op::Add(A, A), Op::Add(B, B)];
    assert_eq!(op_faults(&four), "workflow guide, b0, v2: the sum may not fit in 64 bits: clamp an operand first");
    let clamped =
        [load(), Op::Add(A, A), Op::Clamp(B), Op::Add(C, A), Op::Clamp(ValueId(3)), Op::Store(score(), ValueId(4))];
    assert_eq!(op_faults(&clamped), "sound");
    let stored = [load(), Op::Add(A, A), Op::Store(score(), B)];
    assert_eq!(
        op_faults(&stored),
        "workflow guide, b0, v2: stores -4611686018427387904 to 4611686018427387904, but the slot holds \
         -2305843009213693952 to 2305843009213693952"
    );
}

/// A trace word takes the last bit, set outright or where a condition held, and is never negative, which another slot may be.
#[test]
fn a_trace_word_holds_every_bit() {
    let trace = Place::journey(sound().workflows.at(WorkflowId(0)).slots.trace[0]);
    let anchor = Place::journey(sound().workflows.at(WorkflowId(0)).slots.waiting_since);
    let last = limits::TRACE_BITS - 1;
    let gather =
        |word, bit| op_faults(&[Op::Bool(true), bit, Op::Load(word), Op::BitOr(B, C), Op::Store(word, ValueId(3))]);
    for bit in [Op::Int(1 << last), Op::Bit(A, last)] {
        assert_eq!(gather(trace, bit.clone()), "sound");
        assert!(gather(anchor, bit).contains("gathers bits of a value that may be negative"));
    }
}

#[test]
fn graphs_end_and_hang_together() {
    let body = |change: fn(&mut Function)| faults(|program| change(&mut program.workflows.at_mut(WorkflowId(0)).body));
    let end = |at: u32, end: Terminator| {
        faults(|program| program.workflows.at_mut(WorkflowId(0)).body.blocks.at_mut(BlockId(at)).end = end)
    };
    let found = [
        body(|body| body.blocks = IdMap::default()),
        body(|body| body.blocks.at_mut(BlockId(1)).ops = [Op::Now].into_iter().collect()),
        end(2, Terminator::Jump(BlockId(9))),
        end(2, Terminator::Jump(BlockId(0))),
        end(2, Terminator::Wait { step: StepId(0), wait: WaitId(0), resume: BlockId(2) }),
        end(0, Terminator::Jump(BlockId(3))),
        end(0, Terminator::Branch(B, BlockId(1), BlockId(3))),
        end(1, Terminator::Effect { step: StepId(5), effect: EffectId(5), next: BlockId(2) }),
        end(2, Terminator::Wait { step: StepId(0), wait: WaitId(5), resume: BlockId(3) }),
        end(3, Terminator::Result { holds: A, next_change: A }),
    ];
    insta::assert_snapshot!(found.join("\n---\n"));
}

#[test]
fn predicates_are_one_block_that_writes_nothing() {
    let predicate = |change: fn(&mut Predicate)| faults(|program| change(program.predicates.at_mut(PredicateId(0))));
    let found = [
        predicate(|predicate| predicate.workflow = Some(WorkflowId(4))),
        predicate(|predicate| predicate.function.blocks = IdMap::default()),
        predicate(|predicate| predicate.function.blocks.at_mut(BlockId(0)).end = Terminator::Jump(BlockId(0))),
        predicate(|predicate| {
            predicate.function.blocks.at_mut(BlockId(0)).end = Terminator::Result { holds: B, next_change: A };
        }),
        predicate(|predicate| {
            predicate.function.blocks.at_mut(BlockId(0)).ops.push(Op::Store(score(), B));
        }),
        predicate(|predicate| {
            predicate.workflow = None;
            predicate.function.blocks.at_mut(BlockId(0)).ops.push(Op::Load(Place::journey(SlotId(0))));
        }),
        predicate(|predicate| {
            predicate.function.blocks.at_mut(BlockId(0)).ops.push(Op::Trigger(63));
        }),
    ];
    insta::assert_snapshot!(found.join("\n---\n"));
}

#[test]
fn layouts_and_lists_hold_together() {
    let workflow = |change: fn(&mut Workflow)| faults(|program| change(program.workflows.at_mut(WorkflowId(0))));
    let found = [
        faults(|program| program.frame.slots.at_mut(SlotId(0)).offset = program.frame.slots.at(SlotId(1)).offset),
        faults(|program| program.frame.slots.at_mut(SlotId(6)).offset = 0),
        faults(|program| program.frame.size = 16),
        faults(|program| program.frame.size = 17),
        faults(|program| program.frame.slots.at_mut(optional()).presence = Some(64)),
        faults(|program| program.frame.slots.at_mut(SlotId(0)).initial = 2),
        faults(|program| program.system.score = program.system.stage),
        faults(|program| {
            let event = PatternEvent::Declared(EventId(0));
            let tests = vec![PropertyTest { property: 3, test: Trait::Known, negated: false }];
            program.patterns.push(Pattern { text: "visited".into(), event, tests });
        }),
        faults(|program| {
            program.facts.push(Fact { area: Area::Contact, pattern: PatternId(2), first: optional(), depth: 2 });
        }),
        faults(|program| {
            let field = |name: &str, ty, optional, slot| Field {
                name: name.into(),
                tag: None,
                trigger: None,
                ty,
                optional,
                slot: Some(slot),
                text: None,
                literals: Vec::new(),
            };
            let (score, stage) = (program.system.score, program.system.stage);
            program.fields.push(field("seats", FieldType::Number, true, score));
            program.fields.push(field("source", FieldType::Text, false, stage));
            program.fields.push(field("points", FieldType::Number, false, score));
        }),
        faults(|program| {
            let subjects = vec![Subject { when: None, text: TextTemplate::default() }];
            let tokens = vec![FieldId(8)];
            program.debug.emails.push(EmailContent { subjects, tokens, ..EmailContent::default() });
        }),
        workflow(|workflow| workflow.slots.timed_out = workflow.slots.triggered_at),
        workflow(|workflow| {
            workflow.arms = vec![StepId(0); limits::TRACE_BITS as usize + 1];
        }),
        workflow(|workflow| workflow.skip = Some(PredicateId(8))),
        workflow(|workflow| {
            let (since, slot) = (CountedSince::Sent(EmailId(8)), workflow.slots.timed_out);
            workflow.counts.push(EventCount { pattern: PatternId(8), since, enough: 1, slot });
        }),
        workflow(|workflow| {
            *workflow.effects.at_mut(EffectId(0)) = effect::Send { email: EmailId(8), again: false }.into()
        }),
        workflow(|workflow| *workflow.effects.at_mut(EffectId(1)) = Handoff::to(TeamId(8)).into()),
        workflow(|workflow| {
            workflow.writes.clear();
            workflow.body.blocks.at_mut(BlockId(0)).ops.push(Op::Int(1));
            workflow.body.blocks.at_mut(BlockId(0)).ops.push(Op::Store(score(), B));
        }),
    ];
    insta::assert_snapshot!(found.join("\n---\n"));
}

/// A sound program with two segments, each of which asks one thing.
fn segment_faults(first: Op, second: Op) -> String {
    faults(|program| add_segments(program, [first, second]))
}

fn add_segments(program: &mut Program, asked: impl IntoIterator<Item = Op>) {
    for (nth, asked) in asked.into_iter().enumerate() {
        let name = format!("segment{nth}");
        let result = Terminator::Result { holds: A, next_change: B };
        let function = Function { blocks: [block(&[asked, Op::Now], result)].into_iter().collect() };
        let asked = program.predicates.push(Predicate { name: name.clone(), workflow: None, function });
        let holds = program.frame.add(name.clone(), SlotKind::Bool, false, 0);
        let next_change = program.frame.add(format!("{name} until"), SlotKind::Int, false, FOREVER);
        program.segments.push(Segment { name, watched: asked, afresh: asked, holds, next_change });
    }
    program.frame.place();
}

#[test]
fn segments_wait_for_each_other_in_no_circle() {
    let next_slot = sound().frame.slots.len() as u32;
    let holds = |nth: u32| Op::Load(Place::contact(SlotId(next_slot + 2 * nth)));
    assert_eq!(segment_faults(Op::Bool(true), holds(0)), "sound");
    assert_eq!(segment_faults(holds(1), Op::Bool(true)), "sound");
    let settled = "segments: one is settled by what it is itself read from";
    assert_eq!(segment_faults(holds(0), Op::Bool(true)), settled);
    assert_eq!(segment_faults(holds(1), holds(0)), settled);
    let chain = |deep: u32| {
        let asks = (1..deep).map(|nth| Op::Segment(SegmentId(nth))).chain([Op::Bool(true)]);
        faults(|program| add_segments(program, asks))
    };
    assert_eq!(chain(limits::MAX_SEGMENT_DEPTH as u32), "sound");
    assert_eq!(chain(limits::MAX_SEGMENT_DEPTH as u32 + 1), "segments: 17 lie one in the other, not up to 16");
    let asked = "segments: one asks for itself";
    assert_eq!(segment_faults(Op::Segment(SegmentId(1)), Op::Segment(SegmentId(0))), asked);
}

#[test]
fn a_segment_owns_its_slots() {
    let found = faults(|program| {
        add_segments(program, [Op::Bool(true), Op::Bool(true)]);
        program.segments.at_mut(SegmentId(1)).holds = program.segments.at(SegmentId(0)).holds;
    });
    assert!(found.ends_with("is something else too: segment0"), "{found}");
}

/// Each with its own fault: a change behind its back would be read as what it is not.
#[test]
fn every_slot_has_one_owner() {
    let owned = |change: fn(&mut Program)| {
        faults(|program| {
            add_segments(program, [Op::Bool(true)]);
            let [was, owed, unjudged] =
                ["was", "owed", "unjudged"].map(|name| program.frame.add(name, SlotKind::Bool, false, 0));
            let [first, started] = ["fact", "started"].map(|name| program.frame.add(name, SlotKind::Int, false, NEVER));
            let pattern = Pattern { text: "any".into(), event: PatternEvent::AnyActivity, tests: Vec::new() };
            let pattern = program.patterns.push(pattern);
            program.facts.push(Fact { area: Area::Contact, pattern, first, depth: 1 });
            let workflow = program.workflows.at_mut(WorkflowId(0));
            workflow.entry =
                Entry::Becomes { when: PredicateId(0), was, owed, unjudged: Some(unjudged), existing: false };
            workflow.started = Some(started);
            program.frame.place();
            change(program);
        })
    };
    fn entry(program: &mut Program, to: impl Fn(&mut SlotId, &mut SlotId)) {
        if let Entry::Becomes { was, owed, .. } = &mut program.workflows.at_mut(WorkflowId(0)).entry {
            to(was, owed);
        }
    }
    assert_eq!(owned(|_| {}), "sound");
    let changes: [fn(&mut Program); 8] = [
        |program| program.segments.at_mut(SegmentId(0)).next_change = program.facts.at(FactId(0)).first,
        |program| {
            let fact = program.facts.at(FactId(0)).clone();
            program.facts.push(fact);
        },
        |program| program.workflows.at_mut(WorkflowId(0)).started = Some(program.facts.at(FactId(0)).first),
        |program| {
            let name = "other".to_owned();
            let other = Workflow { name, entry: Entry::ByHand, ..program.workflows.at(WorkflowId(0)).clone() };
            program.workflows.push(other);
        },
        |program| entry(program, |was, owed| *owed = *was),
        |program| {
            let holds = program.segments.at(SegmentId(0)).holds;
            entry(program, |was, _| *was = holds);
        },
        |program| program.system.known_since = program.facts.at(FactId(0)).first,
        |program| program.system.unsubscribed = program.system.hard_bounced,
    ];
    for (nth, change) in changes.into_iter().enumerate() {
        let found = owned(change);
        assert!(found.lines().all(|line| line.contains("is something else too")), "{nth}: {found}");
    }
    let kept: [fn(&mut Program) -> SlotId; 4] = [
        |program| program.facts.at(FactId(0)).first,
        |program| program.segments.at(SegmentId(0)).holds,
        |program| program.workflows.at(WorkflowId(0)).started.unwrap(),
        |program| program.system.known_since,
    ];
    for slot in kept {
        let found = faults(|program| {
            add_segments(program, [Op::Bool(true)]);
            let [first, started] = ["fact", "started"].map(|name| program.frame.add(name, SlotKind::Int, false, NEVER));
            let pattern = Pattern { text: "any".into(), event: PatternEvent::AnyActivity, tests: Vec::new() };
            let pattern = program.patterns.push(pattern);
            program.facts.push(Fact { area: Area::Contact, pattern, first, depth: 1 });
            program.workflows.at_mut(WorkflowId(0)).started = Some(started);
            program.frame.place();
            let slot = slot(program);
            program.workflows.at_mut(WorkflowId(0)).writes.push(slot);
        });
        assert!(found.contains("workflow guide: writes ") && found.contains("which is kept: "), "{found}");
    }
}

/// Whoever comes beyond a rate must have a place to wait in, and only what a journey counts is counted for them.
#[test]
fn those_who_wait_for_their_turn_have_their_place() {
    let paced = |change: fn(&mut Workflow)| {
        faults(|program| {
            let turn = turn(&mut program.frame, "guide", 200);
            program.frame.place();
            let workflow = program.workflows.at_mut(WorkflowId(0));
            (workflow.rate, workflow.turn) = (turn.rates.first().copied(), Some(turn));
            change(workflow);
        })
    };
    assert_eq!(paced(|_| {}), "sound");
    // The rate is gone, and somebody may wait still.
    assert_eq!(paced(|workflow| workflow.rate = None), "sound");
    assert_eq!(paced(|workflow| workflow.turn = None), "workflow guide: nothing keeps who waits for their turn");
    let none = paced(|workflow| workflow.rate = Some(Rate { people: 0, per: RatePer::Day }));
    assert_eq!(none, "workflow guide: 0 a day is no rate of up to 1000000");
    let counted = paced(|workflow| {
        let turn = workflow.turn.as_mut().unwrap();
        turn.counts.push((workflow.slots.waiting_since, turn.at));
    });
    assert!(counted.contains("which is no count") && counted.contains("is something else too"), "{counted}");
}

/// Journeys beside each other are told apart, and only what is of one of them is counted so.
#[test]
fn journeys_beside_each_other_are_told_apart() {
    let several = |change: fn(&mut Workflow)| {
        faults(|program| {
            let workflow = program.workflows.at_mut(WorkflowId(0));
            let mut add = |name: &str| workflow.journey.add(name, SlotKind::Int, false, 0);
            let slots = SeveralSlots { value: add("value"), seat: add("seat") };
            workflow.journey.place();
            (workflow.several, workflow.slots.several) = (Some("webinar".into()), Some(slots));
            workflow.reenter = Reenter::Per { again: None };
            change(workflow);
        })
    };
    assert_eq!(several(|_| {}), "sound");
    // People come in otherwise by now, and some may be in it several times still.
    assert_eq!(several(|workflow| workflow.reenter = Reenter::Never), "sound");
    let untold = "workflow guide: nothing tells its journeys of one person apart";
    assert_eq!(several(|workflow| workflow.several = None), untold);
    assert_eq!(several(|workflow| workflow.slots.several = None), untold);
    let forever =
        several(|workflow| workflow.reenter = Reenter::Per { again: Some(CivilSpan { months: -1, days: 0, ms: 0 }) });
    assert!(forever.contains("is no length of time"), "{forever}");
    let twice = several(|workflow| {
        let triggered_at = workflow.slots.triggered_at;
        workflow.slots.several.as_mut().unwrap().value = triggered_at;
    });
    assert!(twice.contains("is something else too"), "{twice}");
}

/// Whoever comes in by a date has one that there is, and where it is kept when that is.
#[test]
fn entries_at_dates_have_dates_and_places() {
    let dated = |change: fn(&mut Dates)| {
        faults(|program| {
            let [at, decided] = ["at", "decided"].map(|name| program.frame.add(name, SlotKind::Int, false, NEVER));
            let slot = program.frame.add("renewal", SlotKind::Days, true, 0);
            let field = program.fields.push(Field {
                name: "renewal".into(),
                tag: None,
                trigger: None,
                ty: FieldType::Date,
                optional: true,
                slot: Some(slot),
                text: None,
                literals: Vec::new(),
            });
            program.frame.place();
            let span = CivilSpan { days: 30, ..CivilSpan::default() };
            let date = FieldDate { field, span, before: true, at_min: Some(540), yearly: false, at_once: false };
            let mut dates = Dates::Field(date);
            change(&mut dates);
            program.workflows.at_mut(WorkflowId(0)).entry = Entry::Dated { dates, when: None, at, decided };
        })
    };
    fn date(dates: &mut Dates) -> &mut FieldDate {
        let Dates::Field(date) = dates else { panic!("a date of a field") };
        date
    }
    assert_eq!(dated(|_| {}), "sound");
    for change in [
        |dates: &mut Dates| date(dates).at_min = None,
        |dates: &mut Dates| date(dates).span.ms = 5,
        |dates: &mut Dates| date(dates).field = FieldId(0),
    ] {
        let found = dated(change);
        assert!(found.contains("nobody comes in by"), "{found}");
    }
    let late = dated(|dates| date(dates).at_min = Some(24 * 60));
    assert!(late.contains("are no dates"), "{late}");
    let nobody = dated(|dates| {
        let (among, day) = (SegmentId(9), ScheduleDay::Nth(5, 7));
        *dates = Dates::Schedule(Schedule { among, day, at_min: 0, at_home: false });
    });
    assert!(nobody.contains("are no dates") && nobody.contains("there is no"), "{nobody}");
}

/// A change is noticed where it is kept what the field was, in a slot like its own, and asked what its values can answer.
#[test]
fn changes_are_kept_and_asked() {
    let changed = |change: fn(&mut Program)| {
        faults(|program| {
            let slot = program.frame.add("seats", SlotKind::Int, true, 0);
            let seen = program.frame.add("seats as last seen", SlotKind::Int, true, 0);
            let field = program.fields.push(Field {
                name: "seats".into(),
                tag: None,
                trigger: None,
                ty: FieldType::Number,
                optional: true,
                slot: Some(slot),
                text: None,
                literals: Vec::new(),
            });
            program.frame.place();
            program.watched.push(WatchedField { field, seen });
            let tests = vec![PropertyTest { property: AFTER, test: Trait::NumberIn(1, 1), negated: false }];
            program.patterns.push(Pattern { text: "seats".into(), event: PatternEvent::Changed(field), tests });
            change(program);
        })
    };
    assert_eq!(changed(|_| {}), "sound");
    let says = |change, words: &str| {
        let found = changed(change);
        assert!(found.contains(words), "{found}");
    };
    says(|program| program.watched.clear(), "nothing keeps what");
    says(|program| program.watched.extend_from_within(..), "stands there twice");
    says(|program| program.patterns.values_mut().for_each(|one| one.tests[0].property = 2), "has no property 2");
    says(
        |program| program.patterns.values_mut().for_each(|one| one.tests[0].test = Trait::Truth(true)),
        "what its type cannot answer",
    );
}

/// A count of events, a sending or a mark of the engine that shared its slot would be read as the other.
#[test]
fn every_slot_of_a_journey_has_one_owner() {
    let counting = |change: fn(&mut Workflow)| {
        faults(|program| {
            let pattern = Pattern { text: "any".into(), event: PatternEvent::AnyActivity, tests: Vec::new() };
            let pattern = program.patterns.push(pattern);
            let workflow = program.workflows.at_mut(WorkflowId(0));
            for since in [CountedSince::Entry, CountedSince::Wait, CountedSince::Sent(EmailId(0))] {
                let slot = workflow.journey.add(format!("{since:?}"), SlotKind::Int, false, 0);
                workflow.counts.push(EventCount { pattern, since, enough: 1, slot });
            }
            let slot = workflow.journey.add("sent welcome", SlotKind::Int, false, NEVER);
            workflow.slots.sent_at.push((EmailId(0), slot));
            workflow.journey.place();
            change(workflow);
        })
    };
    assert_eq!(counting(|_| {}), "sound");
    let changes: [fn(&mut Workflow); 4] = [
        |workflow| workflow.counts[1].slot = workflow.counts[0].slot,
        |workflow| workflow.counts[2].slot = workflow.slots.waiting_since,
        |workflow| workflow.slots.sent_at[0].1 = workflow.counts[0].slot,
        |workflow| workflow.slots.trace[0] = workflow.slots.triggered_at,
    ];
    for (nth, change) in changes.into_iter().enumerate() {
        let found = counting(change);
        assert!(found.lines().count() == 1 && found.contains("is something else too"), "{nth}: {found}");
    }
}

#[test]
fn questions_have_the_type_of_what_they_ask() {
    let field = |ty, literals: &[&str]| {
        let kind = if ty == FieldType::Text { SlotKind::Symbol } else { SlotKind::Int };
        let literals = literals.iter().map(|text| (*text).to_owned()).collect();
        (ty, kind, literals)
    };
    let with = |(ty, kind, literals): (FieldType, SlotKind, Vec<String>), of_text: bool| {
        faults(|program| {
            let slot = Some(program.frame.add("field", kind, true, 0));
            program.frame.place();
            let (name, text) = ("field".to_owned(), None);
            let field =
                program.fields.push(Field { name, tag: None, trigger: None, ty, optional: true, slot, text, literals });
            if of_text {
                program.text_tests.push(TextTest { field, kind: TextTestKind::Contains, needle: "x".to_owned() });
            }
        })
    };
    assert_eq!(with(field(FieldType::Text, &["a", "b"]), true), "sound");
    assert_eq!(with(field(FieldType::Number, &[]), false), "sound");
    assert!(
        with(field(FieldType::Text, &["b", "a"]), false).ends_with("its literals are not sorted or repeat themselves")
    );
    assert!(
        with(field(FieldType::Text, &["a", "a"]), false).ends_with("its literals are not sorted or repeat themselves")
    );
    assert!(with(field(FieldType::Date, &[]), false).ends_with("is Int, not Days"));
    assert!(with(field(FieldType::Number, &[]), true).ends_with("`field` is no text"));
    let asked = |ty, test| {
        faults(|program| {
            let property = Property { name: "page".to_owned(), ty, optional: false };
            let event =
                EventType { name: "came".into(), properties: vec![property], layout: Layout::default(), answer: None };
            let event = PatternEvent::Declared(program.events.push(event));
            let tests = vec![PropertyTest { property: 0, test, negated: false }];
            program.patterns.push(Pattern { text: "came".into(), event, tests });
        })
    };
    let texts = || vec!["a".to_owned()];
    assert_eq!(asked(FieldType::Text, Trait::TextHolds(TextTestKind::Contains, texts())), "sound");
    assert_eq!(asked(FieldType::Moment, Trait::NumberIn(0, 1)), "sound");
    for (ty, test) in [
        (FieldType::Number, Trait::TextIn(texts())),
        (FieldType::YesNo, Trait::NumberIn(0, 1)),
        (FieldType::OneOf(texts().into()), Trait::TextHolds(TextTestKind::Contains, texts())),
        (FieldType::Text, Trait::Truth(true)),
    ] {
        assert!(asked(ty, test).ends_with("asks of `page` what its type cannot answer"));
    }
}

#[test]
fn a_policy_counts_what_is_remembered() {
    let cap = |emails, per_ms, remembered: u32| {
        faults(|program| {
            program.policy.caps = vec![Cap { emails, topic: None, per_ms, then: Over::Delay }];
            if remembered > 0 {
                let pattern = Pattern { text: "mailed".into(), event: PatternEvent::Marketed, tests: Vec::new() };
                let pattern = program.patterns.push(pattern);
                let slots = (0..remembered).map(|nth| program.frame.add(nth.to_string(), SlotKind::Int, false, NEVER));
                let first = slots.min().unwrap();
                program.frame.place();
                program.facts.push(Fact { area: Area::Contact, pattern, first, depth: remembered });
            }
        })
    };
    assert_eq!((cap(2, 1, 2), cap(2, 1, 3)), ("sound".to_owned(), "sound".to_owned()));
    assert!(cap(2, 1, 1).ends_with("its caps count 2 mails, and 1 are remembered"));
    assert!(cap(2, 1, 0).ends_with("its caps count 2 mails, and 0 are remembered"));
    assert!(cap(0, 1, 0).ends_with("is no cap"));
    assert!(cap(1, 0, 1).ends_with("is no cap"));
    let policy = |policy: Policy| faults(|program| program.policy = policy);
    let quiet = |from_min, to_min| policy(Policy { quiet: Some(Quiet { from_min, to_min }), ..Policy::default() });
    assert_eq!((quiet(20 * 60, 8 * 60), quiet(0, 24 * 60 - 1)), ("sound".to_owned(), "sound".to_owned()));
    for (from_min, to_min) in [(60, 60), (0, 24 * 60), (24 * 60 + 1, 60)] {
        assert!(quiet(from_min, to_min).ends_with("leaves no hour of the day"), "{from_min} {to_min}");
    }
    let days = DaySpan { first_day: 2, last_day: 1 };
    assert!(policy(Policy { blackouts: vec![days], ..Policy::default() }).ends_with("ends before it begins"));
    assert!(policy(Policy { hold_ms: Some(0), ..Policy::default() }).ends_with("a mail is held for 0 ms"));
    let asks = Policy { consent: Some(Consent::OptIn), ..Policy::default() };
    assert!(policy(asks).ends_with("asks for consent, and nothing keeps it"));
}

#[test]
fn a_calendar_has_each_day_once_and_nobody_has_two() {
    let days = |days: &[(i32, i32)]| {
        days.iter().map(|(first_day, last_day)| DaySpan { first_day: *first_day, last_day: *last_day }).collect()
    };
    let calendar = |countries: &[&str], of: &[(i32, i32)]| HolidayCalendar {
        name: "off".to_owned(),
        countries: countries.iter().map(|country| (*country).to_owned()).collect(),
        days: days(of),
    };
    let calendars = |calendars: Vec<HolidayCalendar>| faults(|program| program.calendars = calendars);
    assert_eq!(calendars(vec![calendar(&[], &[(1, 1), (2, 3), (9, 9)])]), "sound");
    for of in [&[(2, 1)][..], &[(1, 2), (2, 3)], &[(5, 5), (1, 1)]] {
        assert_ne!(calendars(vec![calendar(&[], of)]), "sound", "{of:?}");
    }
    assert!(calendars(vec![calendar(&[], &[]), calendar(&[], &[])]).ends_with("a second calendar of the same people"));
    assert!(calendars(vec![calendar(&["DE"], &[])]).ends_with("is of a country, and contacts have none"));
}

#[test]
fn what_is_between_two_mails_and_on_holidays_is_sensible() {
    let spaced = |ms| faults(|program| program.workflows.at_mut(WorkflowId(0)).spacing_ms = Some(ms));
    assert_eq!(spaced(1), "sound");
    assert!(spaced(0).ends_with("leaves 0 ms between its mails"));
    let off = |opens_on: u8, not_on_holidays| {
        faults(|program| {
            let workflow = program.workflows.at_mut(WorkflowId(0));
            workflow.window = Some(SendWindow { days: opens_on, from_min: 0, to_min: 0 });
            workflow.not_on_holidays = not_on_holidays;
        })
    };
    assert_eq!((off(0b11, 0b10), off(0b11, 0)), ("sound".to_owned(), "sound".to_owned()));
    assert!(off(0b11, 0b100).ends_with("does not open on holidays of days on which it never opens"));
}

#[test]
fn who_is_held_out_late_or_paused_is_kept() {
    let workflow = |change: fn(&mut Workflow)| faults(|program| change(program.workflows.at_mut(WorkflowId(0))));
    assert!(workflow(|workflow| workflow.holdout = Some(10)).ends_with("among the 10% that it holds out"));
    assert!(workflow(|workflow| workflow.late = Some(Late::Skip)).ends_with("whether its mails come late"));
    assert_eq!(workflow(|workflow| workflow.late = Some(Late::Run)), "sound");
    let paused = workflow(|workflow| workflow.pause = Some(PredicateId(8)));
    assert!(paused.contains("what its journeys were before they stood still"), "{paused}");
    let policy = |holdout| faults(|program| program.policy.holdout = Some(holdout));
    assert_eq!((policy(1), policy(99)), ("sound".to_owned(), "sound".to_owned()));
    assert!(policy(0).ends_with("0% are held out") && policy(100).ends_with("100% are held out"));
}

#[test]
fn hours_meet_where_some_minute_is_in_both() {
    let window = |days, from: u16, to: u16| SendWindow { days, from_min: from * 60, to_min: to * 60 };
    let (every, weekdays, monday, sunday) = (0b111_1111, 0b1_1111, 1, 1 << 6);
    for (one, other, meet) in [
        (window(every, 8, 20), window(weekdays, 9, 17), true),
        (window(every, 8, 20), window(weekdays, 20, 8), false),
        (window(every, 8, 20), window(weekdays, 19, 8), true),
        (window(every, 8, 20), window(weekdays, 7, 8), false),
        (window(every, 0, 0), window(monday, 0, 24), true),
        // Past midnight it is of the day on which it opens, also from Sunday into Monday.
        (window(sunday, 22, 2), window(monday, 1, 3), true),
        (window(sunday, 22, 2), window(monday, 2, 3), false),
        (window(monday, 9, 17), window(sunday, 9, 17), false),
    ] {
        assert_eq!((one.meets(other), other.meets(one)), (meet, meet), "{one:?} {other:?}");
    }
}

#[test]
fn times_are_times() {
    let window = |days, from_min, to_min| {
        faults(|program| {
            program.workflows.at_mut(WorkflowId(0)).window = Some(SendWindow { days, from_min, to_min });
        })
    };
    assert_eq!(window(1, 0, 24 * 60), "sound");
    for (days, from, to) in [(0, 0, 60), (128, 0, 60), (1, 24 * 60, 60), (1, 0, 24 * 60 + 1)] {
        assert!(window(days, from, to).ends_with("is no window"), "{days} {from} {to}");
    }
    let wait =
        |span| faults(|program| *program.workflows.at_mut(WorkflowId(0)).waits.at_mut(WaitId(0)) = Wait::For(span));
    let longest = limits::MAX_DURATION_DAYS as i32;
    assert_eq!(wait(CivilSpan { days: longest, ..CivilSpan::default() }), "sound");
    for span in [
        CivilSpan { days: longest + 1, ..CivilSpan::default() },
        CivilSpan { months: -1, ..CivilSpan::default() },
        CivilSpan { ms: i64::MAX, ..CivilSpan::default() },
        CivilSpan { ms: -1, ..CivilSpan::default() },
    ] {
        assert!(wait(span).contains("is no length of time up to"), "{span:?}");
    }
}

#[test]
fn instants_of_the_calendar_are_some() {
    let wait = |appointment| {
        faults(|program| *program.workflows.at_mut(WorkflowId(0)).waits.at_mut(WaitId(0)) = Wait::On(appointment))
    };
    let (score, stage) = (sound().system.score, sound().system.stage);
    let days = |days| CivilSpan { days, ..CivilSpan::default() };
    let hour = CivilSpan { ms: 1, ..CivilSpan::default() };
    let date = |slot, distance, minute| Appointment::Date { slot, distance, before: true, minute };
    let longest = limits::MAX_DURATION_DAYS as u16;
    for sound in [
        Appointment::Weekday { day: 6, minute: 1439 },
        Appointment::OnDay { day: 20_788, minute: 1439 },
        Appointment::Clock { minute: 0 },
        Appointment::Tomorrow { minute: 0 },
        Appointment::Day { number: longest, minute: None },
        Appointment::BusinessDays(longest),
        Appointment::BusinessHours(1),
        date(score, days(3), Some(540)),
        date(score, hour, None),
    ] {
        assert_eq!(wait(sound), "sound", "{sound:?}");
    }
    for wrong in [
        Appointment::Weekday { day: 7, minute: 0 },
        Appointment::Weekday { day: 0, minute: 1440 },
        Appointment::OnDay { day: 20_788, minute: 1440 },
        Appointment::Clock { minute: 1440 },
        Appointment::Tomorrow { minute: 1440 },
        Appointment::Day { number: 0, minute: None },
        Appointment::Day { number: longest + 1, minute: None },
        Appointment::Day { number: 1, minute: Some(1440) },
        Appointment::BusinessDays(0),
        Appointment::BusinessHours(u32::MAX),
        date(score, days(-3), None),
        date(score, hour, Some(540)),
        date(score, days(3), Some(1440)),
        date(stage, days(3), None),
        date(SlotId(9999), days(3), None),
    ] {
        assert!(wait(wrong).ends_with("is no instant of the calendar"), "{wrong:?}: {}", wait(wrong));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    /// No damage to one offset, id or operand of a program makes the verifier itself fail, and the text of any can be written.
    #[test]
    fn damage_is_told_not_suffered(numbers in prop::collection::vec(any::<u64>(), 0..300), at in any::<prop::sample::Index>(), digit in 0_u8..10) {
        let text = serde_json::to_string(&program(&mut Choices::new(numbers))).unwrap();
        let digits: Vec<usize> = (0..text.len()).filter(|at| text.as_bytes()[*at].is_ascii_digit()).collect();
        let at = digits[at.index(digits.len())];
        let damaged = format!("{}{digit}{}", &text[..at], &text[at + 1..]);
        if let Ok(program) = serde_json::from_str::<Program>(&damaged) {
            let _ = verify(&program);
            prop_assert!(!program.to_string().is_empty());
        }
    }
}
