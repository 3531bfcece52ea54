//! The text of a program that has one of everything.

#![allow(clippy::unwrap_used)]

use crate::generate::{email, least_program, least_workflow, step, text_test, turn};
use crate::source::Location;
use crate::verify::verify;
use crate::*;

use crate::units::DAY_MS;

fn one_of_everything() -> Program {
    let mut program = least_program();
    program.stages = ["lead", "mql", "customer"].map(str::to_owned).to_vec();
    schema(&mut program);
    text_test(&mut program, "gmbh");
    mail(&mut program);
    predicates(&mut program);
    let mut workflow = workflow(&program);
    let mut turn = turn(&mut program.frame, "guide", 200);
    let count = workflow.counts.first().unwrap().slot;
    turn.counts.push((count, program.frame.add("visits before the turn", SlotKind::Int, false, 0)));
    program.frame.place();
    (workflow.rate, workflow.turn) = (turn.rates.first().copied(), Some(turn));
    let told = told(&workflow);
    program.workflows.push(workflow);
    program.debug.workflows.push(told);
    program
}

fn schema(program: &mut Program) {
    let budget = program.frame.add("budget", SlotKind::Int, true, 0);
    let industry = program.frame.add("industry", SlotKind::Code, false, 0);
    let visits: Vec<SlotId> =
        (0..2).map(|nth| program.frame.add(format!("visited(page)[{nth}]"), SlotKind::Int, false, NEVER)).collect();
    program.frame.place();
    let field = |name: &str, ty, optional, slot| Field {
        name: name.into(),
        ty,
        optional,
        slot: Some(slot),
        text: None,
        literals: Vec::new(),
        tag: None,
        trigger: None,
    };
    program.fields.push(field("budget", FieldType::Money, true, budget));
    let industries = FieldType::OneOf(vec!["software".into(), "retail".into()].into());
    program.fields.push(field("industry", industries, false, industry));
    let property = Property { name: "page".into(), ty: FieldType::Text, optional: false };
    let event = program.events.push(EventType {
        name: "visited".into(),
        properties: vec![property],
        layout: Layout::default(),
        answer: None,
    });
    let pattern = program.patterns.push(Pattern {
        text: "visited(page is \"/pricing\")".into(),
        event: PatternEvent::Declared(event),
        tests: vec![PropertyTest { property: 0, test: Trait::TextIn(vec!["/pricing".into()]), negated: false }],
    });
    program.facts.push(Fact { area: Area::Contact, pattern, first: visits[0], depth: 2 });
}

fn mail(program: &mut Program) {
    let field = FieldId(0);
    let pieces = vec![Piece::Text("For ".into()), Piece::Field { field, fallback: Some("you".into()) }];
    program.emails.push(email("guide"));
    program.debug.emails.push(EmailContent {
        subjects: vec![Subject { when: None, text: TextTemplate { pieces } }],
        links: vec![Link { alias: "case-study".into(), url: "https://example.com".into() }],
        ..EmailContent::default()
    });
    let capacity = Capacity { open: Some(40), a_day: Some(10) };
    let away = vec![DaySpan { first_day: 20_000, last_day: 20_006 }];
    let member = Member { address: "ada@example.com".into(), covers: None, capacity, away, home: None };
    program.teams.push(Team {
        name: "sales".into(),
        members: vec![member],
        backup: Some("all@example.com".into()),
        ..Team::default()
    });
}

fn predicates(program: &mut Program) {
    let (a, b, c, d) = (ValueId(0), ValueId(1), ValueId(2), ValueId(3));
    let second = program.facts.at(FactId(0)).slot(1);
    let ops = [
        Op::Load(Place::contact(second)),
        Op::Int(7 * DAY_MS),
        Op::Add(a, b),
        Op::Now,
        Op::Compare(Comparison::Greater, c, d),
        Op::TextTest(TextTestId(0)),
        Op::Or(ValueId(4), ValueId(5)),
        Op::Int(FOREVER),
        Op::Select(ValueId(4), c, ValueId(7)),
    ];
    let end = Terminator::Result { holds: ValueId(6), next_change: ValueId(8) };
    let block = Block { ops: ops.into_iter().collect(), end };
    let function = Function { blocks: [block].into_iter().collect() };
    program.predicates.push(Predicate { name: "guide: exit when".into(), workflow: None, function });
}

fn workflow(program: &Program) -> Workflow {
    let mut workflow = least_workflow("guide", 1);
    workflow.entry = Entry::Event { patterns: vec![PatternId(0)], when: PredicateId(0) };
    workflow.reenter = Reenter::After(CivilSpan { months: 1, days: 0, ms: 5_400_000 });
    workflow.exits = vec![PredicateId(0)];
    workflow.window = Some(SendWindow { days: 0b1_1111, from_min: 9 * 60, to_min: 17 * 60 + 30 });
    workflow.writes = vec![program.system.score];
    workflow.steps = [
        step("score", "score + 10"),
        step("send", "send guide"),
        step("wait", "wait 3 days"),
        step("handoff", "hand off to sales"),
    ]
    .into_iter()
    .collect();
    let wait = CivilSpan { days: 3, ..CivilSpan::default() };
    let before = Appointment::Date { slot: program.system.score, distance: wait, before: true, minute: Some(9 * 60) };
    let on = [
        Appointment::Weekday { day: 1, minute: 9 * 60 },
        Appointment::OnDay { day: 20_788, minute: 9 * 60 },
        Appointment::Clock { minute: 8 * 60 + 30 },
        Appointment::Tomorrow { minute: 0 },
        Appointment::Day { number: 7, minute: None },
        before,
        Appointment::BusinessDays(1),
        Appointment::BusinessHours(4),
    ];
    let waits = [Wait::For(wait), Wait::Until { when: PredicateId(0), up_to: wait }];
    workflow.waits = waits.into_iter().chain(on.map(Wait::On)).collect();
    workflow.effects.push(effect::Send { email: EmailId(0), again: false }.into());
    workflow.effects.push(Handoff::to(TeamId(0)).into());
    workflow.arms = vec![StepId(0)];
    for since in [CountedSince::Entry, CountedSince::Wait, CountedSince::Sent(EmailId(0))] {
        let slot = workflow.journey.add(format!("visits since {since:?}"), SlotKind::Int, false, 0);
        workflow.counts.push(EventCount { pattern: PatternId(0), since, enough: 2, slot });
    }
    let left = workflow.journey.add("sent guide", SlotKind::Int, false, NEVER);
    workflow.slots.sent_at.push((EmailId(0), left));
    workflow.journey.place();
    workflow.body = body(program, &workflow);
    workflow
}

/// What people are told of it.
fn told(workflow: &Workflow) -> WorkflowDebug {
    let written = |text: &str| Written { text: text.into(), at: Location::default() };
    WorkflowDebug {
        title: "The guide".into(),
        exits: vec![written("visited pricing twice")],
        steps: workflow.steps.values().map(|key| written(&key.content)).collect(),
        arms: vec![written("if industry is software or retail")],
        ..WorkflowDebug::default()
    }
}

fn body(program: &Program, workflow: &Workflow) -> Function {
    let industry = program.fields.at(FieldId(1)).slot.unwrap();
    let budget = program.fields.at(FieldId(0)).slot.unwrap();
    let (score, trace) = (Place::contact(program.system.score), Place::journey(workflow.slots.trace[0]));
    let v = ValueId;
    let ops = [
        Op::Load(Place::contact(industry)),
        Op::InSet(v(0), vec![1, 2]),
        Op::Load(score),
        Op::Int(10 * NUMBER_SCALE),
        Op::Add(v(2), v(3)),
        Op::Clamp(v(4)),
        Op::Select(v(1), v(5), v(2)),
        Op::Store(score, v(6)),
        Op::Bit(v(1), 0),
        Op::Load(trace),
        Op::BitOr(v(8), v(9)),
        Op::Store(trace, v(10)),
        Op::Known(Place::contact(budget)),
        Op::Int(1_772_445_600_000),
        Op::Now,
        Op::Compare(Comparison::Less, v(14), v(13)),
        Op::And(v(12), v(15)),
    ];
    let block = |ops: &[Op], end| Block { ops: ops.iter().cloned().collect(), end };
    let blocks = [
        block(&ops, Terminator::Branch(v(16), BlockId(1), BlockId(3))),
        block(&[], Terminator::Effect { step: StepId(1), effect: EffectId(0), next: BlockId(2) }),
        block(&[], Terminator::Wait { step: StepId(2), wait: WaitId(0), resume: BlockId(3) }),
        block(&[], Terminator::Effect { step: StepId(3), effect: EffectId(1), next: BlockId(4) }),
        block(&[], Terminator::Finish { step: Some(StepId(3)), ending: Ending::HandedOff }),
    ];
    Function { blocks: blocks.into_iter().collect() }
}

#[test]
fn a_program_with_one_of_everything() {
    let program = one_of_everything();
    assert_eq!(verify(&program), Ok(()));
    insta::assert_snapshot!(program);
}
