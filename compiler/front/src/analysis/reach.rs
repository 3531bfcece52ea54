//! Steps that nobody can come to.
//!
//! The checker walks the steps in their order and notes where everyone has left (`check/flow.rs`). Of each list the first step behind that
//! is reported; what stands inside it, or behind it, follows from the same mistake. A step that could not be read stands for anything, so
//! nothing behind it is called unreachable.

use super::Subject;
use super::together::Together;
use crate::diagnostics::{Diagnostic, reach};
use crate::typed::TypedStep;

pub(super) fn prove<'p>(subject: Subject<'p>, _: &Together<'p>, found: &mut Vec<Diagnostic>) {
    subject.typed.workflows.values().for_each(|workflow| first_unreachable(&workflow.steps, found));
}

fn first_unreachable(steps: &[TypedStep], found: &mut Vec<Diagnostic>) {
    for step in steps {
        if let Some(left) = step.left_before {
            return found.push(reach::unreachable(step.at, left));
        }
        step.children().into_iter().for_each(|block| first_unreachable(block, found));
    }
}
