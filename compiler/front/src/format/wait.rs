//! `wait D`, `wait until P up to D` and `wait until P up to D, otherwise { … }`.

use super::branch::block;
use super::predicate::condition;
use super::printer::Printer;
use super::value::duration;
use crate::source::Span;
use crate::syntax::ast::{Step, Wait};

pub(super) fn format(printer: &mut Printer<'_>, step: &Step, wait: &Wait) {
    match wait {
        Wait::For(time) => printer.step(step, &format!("wait {}", duration(printer, time))),
        Wait::Until { until, up_to, otherwise } => {
            let up_to = up_to.as_ref().map(|time| format!(" up to {}", duration(printer, time))).unwrap_or_default();
            let before = format!("{}wait until ", printer.label(step));
            match otherwise {
                None => {
                    let lines = condition(printer, &before, until, &up_to);
                    printer.lines(step.span, lines);
                }
                Some((steps, at)) => {
                    let lines = condition(printer, &before, until, &format!("{up_to}, otherwise {{"));
                    let open = printer.brace_after(at.start);
                    printer.lines(Span::new(step.span.start, open), lines);
                    block(printer, open, Span::new(open, at.end), steps);
                    printer.push("}");
                }
            }
        }
    }
}
