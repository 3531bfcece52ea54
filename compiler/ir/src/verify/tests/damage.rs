//! One sound program with something of everything, damaged in one way after the other: each way has its fault, and only that.

use super::{A, B, add_segments, block, sound};
use crate::generate::{email, step};
use crate::verify::verify;
use crate::*;

type Damage = (&'static str, fn(&mut Program));

/// [`sound`], with an entry at two events, a goal, an exit, a skip, a wait for something, a mail that was asked about, and a wording.
fn rich() -> Program {
    let mut program = sound();
    add_segments(&mut program, [Op::Bool(true), Op::Bool(true)]);
    let property = Property { name: "page".into(), ty: FieldType::Text, optional: true };
    let property_too = Property { name: "plan".into(), ..property.clone() };
    let properties = vec![property, property_too];
    program.events.push(EventType { name: "came".into(), properties, layout: Layout::default(), answer: None });
    program.events.push(EventType {
        name: "left".into(),
        properties: Vec::new(),
        layout: Layout::default(),
        answer: None,
    });
    for (event, text) in [(EventId(0), "came"), (EventId(1), "left")] {
        program.patterns.push(Pattern { text: text.into(), event: PatternEvent::Declared(event), tests: Vec::new() });
    }
    program.emails.push(email("again"));
    program.teams.push(Team { name: "support".into(), ..Team::default() });
    program.stages = vec!["lead".into(), "customer".into()];
    program.texts = ["company", "city"].map(str::to_owned).into_iter().collect();
    for tag in ["vip", "beta"] {
        let name = format!("tagged {tag}");
        let field =
            Field { name, tag: Some(tag.into()), ty: FieldType::YesNo, ..program.fields.at(FieldId(0)).clone() };
        program.fields.push(field);
    }
    let city = Field { name: "city".into(), ..program.fields.at(FieldId(0)).clone() };
    program.fields.push(city);
    program.debug.emails = [wording(), wording()].into_iter().collect();
    let asked = |program: &mut Program, name: &str, op: Op| {
        let end = Terminator::Result { holds: A, next_change: B };
        let function = Function { blocks: [block(&[op, Op::Now], end)].into_iter().collect() };
        program.predicates.push(Predicate { name: name.into(), workflow: Some(WorkflowId(0)), function })
    };
    let entry = asked(&mut program, "enter", Op::Trigger(1));
    let [goal, exit, skip, wait] =
        ["goal", "exit", "skip", "wait"].map(|name| asked(&mut program, name, Op::Bool(false)));
    let workflow = program.workflows.at_mut(WorkflowId(0));
    workflow.entry = Entry::Event { patterns: vec![PatternId(0), PatternId(1)], when: entry };
    workflow.goal = Some(Goal { when: goal, within: None, continues: false });
    workflow.exits = vec![exit];
    workflow.skip = Some(skip);
    workflow.waits.push(Wait::Until { when: wait, up_to: CivilSpan::default() });
    workflow.steps.push(step("wait", "wait 1 day"));
    let mut instant = |name: &str| workflow.journey.add(name, SlotKind::Int, false, NEVER);
    let [sent, opened, counted] = ["sent", "opened", "counted"].map(&mut instant);
    workflow.journey.place();
    workflow.slots.sent_at.push((EmailId(0), sent));
    let kind = EngagementKind::Opened;
    workflow.engagements.push(Engagement { kind, email: EmailId(0), link: None, slot: opened });
    let since = CountedSince::Sent(EmailId(0));
    workflow.counts.push(EventCount { pattern: PatternId(0), since, enough: 1, slot: counted });
    program
}

fn wording() -> EmailContent {
    let named = Piece::Field { field: FieldId(0), fallback: Some("there".into()) };
    let text = TextTemplate { pieces: vec![Piece::Text("Hello ".into()), named] };
    let alone = TextTemplate { pieces: vec![Piece::Field { field: FieldId(0), fallback: None }] };
    let link = |alias: &str| Link { alias: alias.into(), url: "https://acme.example".into() };
    EmailContent {
        // A condition may have asked for the field of its own subject.
        subjects: vec![Subject { when: Some(PredicateId(1)), text: alone }, Subject { when: None, text: text.clone() }],
        preview: Some(text),
        links: vec![link("more"), link("less")],
        ..EmailContent::default()
    }
}

fn workflow(program: &mut Program) -> &mut Workflow {
    program.workflows.at_mut(WorkflowId(0))
}

fn content(program: &mut Program) -> &mut EmailContent {
    program.debug.emails.at_mut(EmailId(0))
}

/// Has a predicate ask for what has just happened.
fn ask_trigger(program: &mut Program, name: &str, trigger: u32) {
    let asked = program.predicates.values_mut().find(|predicate| predicate.name == name);
    *asked.unwrap().function.blocks.at_mut(BlockId(0)).ops.at_mut(A) = Op::Trigger(trigger);
}

const DAMAGES: &[Damage] = &[
    ("pred3 asks for trigger 2 of 2", |program| ask_trigger(program, "enter", 2)),
    ("pred4 asks for trigger 0 of 0", |program| ask_trigger(program, "goal", 0)),
    ("pred5 asks for trigger 0 of 0", |program| ask_trigger(program, "exit", 0)),
    ("pred6 asks for trigger 1 of 0", |program| ask_trigger(program, "skip", 1)),
    ("pred7 asks for trigger 0 of 0", |program| ask_trigger(program, "wait", 0)),
    ("pred1 `segment0` asks what has just happened", |program| ask_trigger(program, "segment0", 0)),
    ("fields: two are called `company`", |program| program.fields.at_mut(FieldId(3)).name = "company".into()),
    ("tags: two are called `vip`", |program| program.fields.at_mut(FieldId(2)).tag = Some("vip".into())),
    ("stages: two are called `lead`", |program| program.stages[1] = "lead".into()),
    ("texts: two are called `city`", |program| *program.texts.at_mut(TextId(0)) = "city".into()),
    ("events: two are called `came`", |program| program.events.at_mut(EventId(1)).name = "came".into()),
    ("event came: two are called `page`", |program| {
        program.events.at_mut(EventId(0)).properties[1].name = "page".into();
    }),
    ("segments: two are called `segment0`", |program| program.segments.at_mut(SegmentId(1)).name = "segment0".into()),
    ("emails: two are called `welcome`", |program| program.emails.at_mut(EmailId(1)).name = "welcome".into()),
    ("teams: two are called `sales`", |program| program.teams.at_mut(TeamId(1)).name = "sales".into()),
    ("workflows: two are called `guide`", |program| {
        program.workflows.push(crate::generate::least_workflow("guide", 1));
        let end = Terminator::Finish { step: None, ending: Ending::Finished };
        program.workflows.at_mut(WorkflowId(1)).body.blocks.push(block(&[], end));
    }),
    ("email0: two are called `more`", |program| content(program).links[1].alias = "more".into()),
    ("workflow guide, steps: two are called `send welcome`", |program| {
        workflow(program).steps.push(step("send", "send welcome"));
    }),
    ("workflow guide, steps: two are called `send welcome`", |program| {
        workflow(program).steps.push(StepKey { label: Some("send welcome".into()), ..step("wait", "wait 2 days") });
    }),
    ("workflow guide: nothing keeps when email1 left", |program| workflow(program).engagements[0].email = EmailId(1)),
    ("workflow guide: nothing keeps when email1 left", |program| {
        workflow(program).counts[0].since = CountedSince::Sent(EmailId(1));
    }),
    ("email0 `welcome`: has no subject", |program| content(program).subjects.clear()),
    ("email0 `welcome`: the last subject has no condition, and it alone", |program| {
        content(program).subjects.pop();
    }),
    ("email0 `welcome`: the last subject has no condition, and it alone", |program| {
        content(program).subjects.swap(0, 1);
    }),
    ("email0 `welcome`: `company` may be missing, and nothing stands in its place", |program| {
        content(program).subjects[1].text.pieces[1] = Piece::Field { field: FieldId(0), fallback: None };
    }),
    ("email0 `welcome`: `company` may be missing, and nothing stands in its place", |program| {
        content(program).preview = Some(content(program).subjects[0].text.clone());
    }),
];

#[test]
fn each_damage_has_its_fault() {
    assert_eq!(verify(&rich()), Ok(()));
    for (told, damage) in DAMAGES {
        let mut program = rich();
        damage(&mut program);
        let faults = verify(&program).err().unwrap_or_default();
        let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
        assert!(!faults.is_empty() && faults.iter().all(|fault| fault.contains(told)), "{told}: {faults:#?}");
    }
}
