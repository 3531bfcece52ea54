//! Workflows without a step: whoever enters has nothing to wait for and gets nothing.

use super::Subject;
use super::together::Together;
use crate::diagnostics::{Diagnostic, reach};

pub(super) fn prove<'p>(subject: Subject<'p>, _: &Together<'p>, found: &mut Vec<Diagnostic>) {
    for (declared, _) in subject.workflows() {
        let node = &declared.node;
        if node.steps().next().is_none() && !node.broken {
            found.push(reach::nothing_to_do(&node.name.text, declared.at(node.name.span)));
        }
    }
}
