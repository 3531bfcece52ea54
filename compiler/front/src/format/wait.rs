//! `wait D` and `wait until P up to D`.

use super::predicate::condition;
use super::printer::Printer;
use super::value::duration;
use crate::syntax::ast::{Step, Wait};

pub(super) fn format(printer: &mut Printer<'_>, step: &Step, wait: &Wait) {
    match wait {
        Wait::For(time) => printer.step(step, &format!("wait {}", duration(printer, time))),
        Wait::Until { until, up_to } => {
            let up_to = up_to.as_ref().map(|time| format!(" up to {}", duration(printer, time))).unwrap_or_default();
            let lines = condition(printer, &format!("{}wait until ", printer.label(step)), until, &up_to);
            printer.lines(step.span, lines);
        }
    }
}
