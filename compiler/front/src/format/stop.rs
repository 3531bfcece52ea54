//! `stop WORKFLOW or GROUP`

use super::printer::Printer;
use crate::syntax::ast::{Step, StopStep};

pub(super) fn format(printer: &mut Printer<'_>, step: &Step, stop: &StopStep) {
    printer.step(step, &format!("stop {}", stop.what.text));
}
