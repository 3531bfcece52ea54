//! `start WORKFLOW with PROPERTY = VALUE`: of one that the project has, with what its steps and mails read. Whether the workflows start each other for
//! ever is shown of the whole program.

use super::cx::Cx;
use super::field::check_choice;
use super::flow::Journey;
use super::named;
use super::number::{constant_date, constant_number};
use super::text::report_repeated;
use crate::diagnostics::{several, trigger, types};
use crate::env::schema;
use crate::env::trigger::Unsaid;
use crate::literals;
use crate::syntax::ast::{Given, Literal, Name, StartStep};
use crate::typed::{FieldShape, Form};
use flow_ir::{FieldId, FieldType, GivenValue, Start, WorkflowId};

pub(super) fn check(cx: &mut Cx<'_>, start: &StartStep, _: &mut Journey) -> Form {
    let workflow = named::workflow(cx, &start.workflow);
    if let Some(property) = cx.env.triggers.several(&start.workflow.text).map(str::to_owned) {
        cx.report(several::started(&start.workflow.text, &property, cx.at(start.workflow.span)));
        return Form::Effect { effect: None, then: None };
    }
    let effect = workflow.and_then(|workflow| check_given(cx, workflow, start));
    Form::Effect { effect: effect.map(Into::into), then: None }
}

/// None where something is wrong and reported.
fn check_given(cx: &mut Cx<'_>, workflow: WorkflowId, start: &StartStep) -> Option<Start> {
    let mut given = Some(Vec::new());
    for (place, value) in start.given.iter().enumerate() {
        let before = start.given.iter().take(place).find(|before| before.property.text == value.property.text);
        let found = match before {
            Some(before) => {
                let (name, again) = (&value.property.text, value.property.span);
                report_repeated(cx, "a start", name, again, Some(before.property.span));
                None
            }
            None => check_value(cx, &start.workflow, value),
        };
        given = given.zip(found).map(|(given, found)| given.into_iter().chain([found]).collect());
    }
    given.map(|given| Start { workflow, given })
}

fn check_value(cx: &mut Cx<'_>, workflow: &Name, given: &Given) -> Option<flow_ir::Given> {
    let (name, property) = (workflow.text.as_str(), given.property.text.as_str());
    let env = cx.env;
    // That a start gives anything is not known yet where its line is only tried out.
    let kept = env.triggers.field_of_start(name, property).or_else(|| env.triggers.field(name, property));
    let Some(field) = kept else {
        report_unread(cx, name, given);
        return None;
    };
    let shape = env.schema.shape(field).clone();
    let from = match &given.value {
        Literal::Word(of) => Some(check_field(cx, &shape, of)?),
        _ => None,
    };
    let constant = if from.is_some() { given.fallback.as_ref() } else { Some(&given.value) };
    let otherwise = match constant {
        Some(constant) => Some(check_constant(cx, &shape, constant)?),
        None => None,
    };
    Some(flow_ir::Given { field, from, otherwise })
}

/// Nothing in the started workflow asks for it: it would be lost in silence.
fn report_unread(cx: &mut Cx<'_>, workflow: &str, given: &Given) {
    let (env, property) = (cx.env, given.property.text.as_str());
    if matches!(env.triggers.of_workflow(&env.schema, workflow, property), Err(Unsaid::Unclear | Unsaid::TwoTypes(_))) {
        // What it is given may be what is unclear of it.
        if let Literal::Word(of) = &given.value {
            named::field(cx, of);
        }
        return;
    }
    // No field keeps it only because this line is read for the first time.
    if env.triggers.reads(workflow, property) {
        return;
    }
    let read = env.triggers.read_by(workflow);
    let known = cx.suggesting().listed(read.iter().copied());
    let at = cx.at(given.property.span);
    let mut diagnostic = trigger::given_and_not_read(property, workflow, (&read, &known), at);
    diagnostic.may_follow = env.triggers.misreads(workflow, property);
    cx.report(diagnostic);
}

/// What is known of the person, of the kind that the started workflow reads.
fn check_field(cx: &mut Cx<'_>, shape: &FieldShape, name: &Name) -> Option<FieldId> {
    let field = named::field(cx, name)?;
    let of = cx.env.schema.shape(field).clone();
    let is_number = |ty: &FieldType| matches!(ty, FieldType::Number | FieldType::Money);
    if of.ty != shape.ty && !(is_number(&of.ty) && is_number(&shape.ty)) {
        let at = cx.at(name.span);
        cx.report(trigger::set_to_another_kind([&shape.name, &of.name], [&shape.ty, &of.ty], at));
        return None;
    }
    Some(field)
}

fn check_constant(cx: &mut Cx<'_>, shape: &FieldShape, literal: &Literal) -> Option<GivenValue> {
    let (at, text) = (cx.at(literal.span()), cx.text_at(literal.span()));
    match (&shape.ty, literal) {
        (FieldType::Number | FieldType::Money, Literal::Number(..)) => {
            constant_number(cx, literal).map(GivenValue::Int)
        }
        (FieldType::Date, Literal::Date(..)) => constant_date(cx, literal).map(GivenValue::Int),
        (FieldType::YesNo, Literal::Truth(truth, _)) => Some(GivenValue::Int(i64::from(*truth))),
        (ty @ FieldType::OneOf(choices), Literal::Text(_)) => {
            check_choice(cx, &shape.name, ty, choices, literal).map(|at| GivenValue::Int(at as i64 + 1))
        }
        (FieldType::Text, Literal::Text(text)) => super::change::settable_text(cx, text).map(GivenValue::Text),
        (ty, _) => {
            let wanted = format!("{} for `{}`", schema::words(ty), shape.name);
            cx.report(types::type_mismatch(&text, literals::kind(literal), &wanted, at, ""));
            None
        }
    }
}
