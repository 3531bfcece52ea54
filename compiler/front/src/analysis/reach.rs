//! Steps that nobody can come to, and workflows without any.
//!
//! The steps are walked once in their order. Behind a step at which everyone leaves, the first of each list is reported; what stands
//! inside it follows from the same mistake. A step that could not be read stands for anything, so nothing behind it is called unreachable.

use super::Subject;
use crate::diagnostics::{Diagnostic, reach};
use crate::resolve::Declared;
use crate::source::Location;
use crate::syntax::ast;
use crate::typed::{Form, TypedStep, TypedWait, TypedWorkflow};

pub(super) fn prove(subject: Subject<'_>, found: &mut Vec<Diagnostic>) {
    for (declared, workflow) in subject.workflows() {
        nothing_to_do(declared, found);
        // Where a brace is lost, steps stand where nobody meant them to.
        let blind = declared.node.broken && declared.node.blind;
        unreachable(workflow, Way { left: None, blind }, found);
    }
}

fn nothing_to_do(declared: &Declared<ast::Workflow>, found: &mut Vec<Diagnostic>) {
    let node = &declared.node;
    if node.steps().next().is_none() && !node.broken {
        found.push(reach::nothing_to_do(&node.name.text, declared.at(node.name.span)));
    }
}

fn unreachable(workflow: &TypedWorkflow, start: Way, found: &mut Vec<Diagnostic>) {
    walk(&workflow.steps, start, found);
}

/// What is known of the way to a step.
#[derive(Debug, Clone, Copy)]
struct Way {
    /// Where everyone left, if nobody comes here.
    left: Option<Location>,
    /// A step on it could not be read, so anything may have happened.
    blind: bool,
}

fn walk(steps: &[TypedStep], mut way: Way, found: &mut Vec<Diagnostic>) -> Way {
    for step in steps {
        if let (Some(left), false) = (way.left, way.blind) {
            found.push(reach::unreachable(step.at, left));
            return way;
        }
        way = behind(step, way, found);
    }
    way
}

/// The way behind a step.
fn behind(step: &TypedStep, way: Way, found: &mut Vec<Diagnostic>) -> Way {
    match &step.form {
        Form::Finish(_) | Form::Effect { then: Some(_), .. } => Way { left: Some(step.at), ..way },
        Form::Unreadable => Way { blind: true, ..way },
        Form::Branch { arms, otherwise } => {
            let mut ways: Vec<Way> = arms.iter().map(|arm| walk(&arm.steps, way, found)).collect();
            ways.push(otherwise.as_ref().map_or(way, |(steps, _)| walk(steps, way, found)));
            let blind = ways.iter().any(|way| way.blind);
            let all_left = ways.iter().all(|way| way.left.is_some());
            Way { left: (all_left && !blind).then_some(step.at), blind }
        }
        // Whom the wait let through in time goes on.
        Form::Wait(TypedWait::Until { otherwise: Some((steps, _)), .. }) => {
            Way { blind: way.blind || walk(steps, way, found).blind, ..way }
        }
        _ => way,
    }
}
