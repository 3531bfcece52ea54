//! `move stage back to S because "…"`.

use super::printer::Printer;
use crate::syntax::ast::{MoveBackStep, Step};

pub(super) fn format(printer: &mut Printer<'_>, step: &Step, moved: &MoveBackStep) {
    let because = printer.quoted(moved.because.span);
    printer.step(step, &format!("move stage back to {} because {because}", moved.stage.text));
}
