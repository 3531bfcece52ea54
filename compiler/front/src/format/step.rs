//! A step, whatever it does; the kinds stand in files of their own beside this one.

use super::printer::Printer;
use super::{advance, branch, change, exit, handoff, send, wait};
use crate::syntax::ast::{Step, StepKind};

pub(super) fn format(printer: &mut Printer<'_>, step: &Step) {
    match &step.kind {
        StepKind::Send(node) => send::format(printer, step, node),
        StepKind::Wait(node) => wait::format(printer, step, node),
        StepKind::Branch(node) => branch::format(printer, step, node),
        StepKind::Change(node) => change::format(printer, step, node),
        StepKind::Advance(node) => advance::format(printer, step, node),
        StepKind::Handoff(node) => handoff::format(printer, step, node),
        StepKind::Exit(node) => exit::format(printer, step, node),
        // Reported, so its file is never laid out.
        StepKind::Unreadable => {}
    }
}
