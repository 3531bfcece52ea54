//! An entry that waits for what cannot come: by hand, where nothing puts anyone in, or for a tag that no step gives.

use crate::analysis::Subject;
use crate::diagnostics::{Code, Diagnostic};
use crate::env::Env;
use crate::source::Location;
use crate::syntax::ast::Header;
use crate::typed::{Cond, Form, Number, TypedEntry, TypedStep, each_step};
use flow_ir::FieldId;
use std::collections::BTreeSet;

pub(super) fn lint(subject: Subject<'_>, found: &mut Vec<Diagnostic>) {
    let steps = steps(subject);
    // A step that is wrong may be meant to bring people in; it was reported.
    let unclear = subject.env.scope.workflows.iter().any(|workflow| workflow.node.blind)
        || steps.iter().any(|step| matches!(step.form, Form::Unknown | Form::Effect { effect: None, .. }));
    if unclear {
        return;
    }
    let started = subject.typed.started();
    let given = given(&steps);
    for (id, (declared, workflow)) in subject.typed.workflows.ids().zip(subject.workflows()) {
        if declared.node.broken || started.contains(&id) {
            continue;
        }
        match &workflow.entry {
            TypedEntry::ByHand { at } => {
                // Where the line is missing, that was reported.
                let said = |header: &Header| matches!(header, Header::Enter(enter) if enter.when.is_none());
                if declared.node.headers().any(|header| said(&header.kind)) {
                    found.push(by_hand(&workflow.name, *at));
                }
            }
            TypedEntry::Event { when, at } | TypedEntry::Becomes { when, at, .. } => {
                let missing = tags_needed(subject.env, &when.cond).into_iter().find(|tag| !given.contains(tag));
                found.extend(
                    missing
                        .and_then(|tag| subject.typed.fields.at(tag).tag.as_deref())
                        .map(|tag| never_given(&workflow.name, tag, *at)),
                );
            }
        }
    }
}

fn steps(subject: Subject<'_>) -> Vec<&TypedStep> {
    let mut steps = Vec::new();
    for workflow in subject.typed.workflows.values() {
        each_step(&workflow.steps, &mut |step| steps.push(step));
    }
    steps
}

/// The tags that some step gives, as their fields.
fn given(steps: &[&TypedStep]) -> BTreeSet<FieldId> {
    let given = steps.iter().filter_map(|step| match step.form {
        Form::Change { field, value: Number::Const(1) } => Some(field),
        _ => None,
    });
    given.collect()
}

/// The tags without which a condition never holds.
fn tags_needed(env: &Env<'_>, cond: &Cond) -> Vec<FieldId> {
    match cond {
        Cond::Truth(field) if env.schema.shape(*field).tag.is_some() => vec![*field],
        Cond::All(parts) => parts.iter().flat_map(|part| tags_needed(env, &part.cond)).collect(),
        Cond::Segment(id) => env.segment(*id).map(|cond| tags_needed(env, cond)).unwrap_or_default(),
        _ => Vec::new(),
    }
}

fn by_hand(workflow: &str, at: Location) -> Diagnostic {
    nobody(workflow, at, "entered by hand, and nothing puts anyone in").help(format!(
        "let something bring people in, for example\n  enter when signed_up\nor a step of another workflow\n  start {workflow}"
    ))
}

fn never_given(workflow: &str, tag: &str, at: Location) -> Diagnostic {
    nobody(workflow, at, "waits for a tag that no step gives")
        .help(format!("give it in another workflow, where people earn it\n  tag {tag}"))
}

fn nobody(workflow: &str, at: Location, because: &str) -> Diagnostic {
    Diagnostic::warning(Code::NobodyCanEnter, format!("nobody can enter workflow `{workflow}` yet"), at, because)
        .why("it looks ready, and would stand empty for ever")
}
