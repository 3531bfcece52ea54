//! `start WORKFLOW`

use super::printer::Printer;
use crate::syntax::ast::{StartStep, Step};

pub(super) fn format(printer: &mut Printer<'_>, step: &Step, start: &StartStep) {
    printer.step(step, &format!("start {}", start.workflow.text));
}
