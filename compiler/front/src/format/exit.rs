//! `exit` and `exit as converted`.

use super::printer::Printer;
use crate::syntax::ast::{ExitStep, Step};

pub(super) fn format(printer: &mut Printer<'_>, step: &Step, exit: &ExitStep) {
    printer.step(step, if exit.converted { "exit as converted" } else { "exit" });
}
