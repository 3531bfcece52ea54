//! `advance stage to S`.

use super::printer::Printer;
use crate::syntax::ast::{AdvanceStep, Step};

pub(super) fn format(printer: &mut Printer<'_>, step: &Step, advance: &AdvanceStep) {
    printer.step(step, &format!("advance stage to {}", advance.stage.text));
}
