//! `wait D`, `wait D when P, otherwise D`, `wait until P up to D, otherwise { … }` and `wait until next monday at 09:00, if past { … }`.

use super::branch::block;
use super::predicate::condition;
use super::printer::Printer;
use super::value::duration;
use crate::source::Span;
use crate::syntax::ast::{Appointment, Step, Wait};

pub(super) fn format(printer: &mut Printer<'_>, step: &Step, wait: &Wait) {
    match wait {
        Wait::For(time) => printer.step(step, &format!("wait {}", duration(printer, time))),
        Wait::Business(time) => printer.step(step, &format!("wait {}", duration(printer, time))),
        Wait::When { long, when, otherwise } => {
            let before = format!("{}wait {} when ", printer.label(step), duration(printer, long));
            let lines = condition(printer, &before, when, &format!(", otherwise {}", duration(printer, otherwise)));
            printer.lines(step.span, lines);
        }
        Wait::On { until, clock, past } => {
            let at = clock.as_ref().map(|clock| format!(" at {}", clock.text)).unwrap_or_default();
            let line = format!("{}wait until {}{at}", printer.label(step), appointment(printer, until));
            match past {
                None => printer.line(step.span, line),
                Some((steps, at)) => {
                    let open = printer.brace_after(at.start);
                    printer.line(Span::new(step.span.start, open), line + ", if past {");
                    block(printer, open, Span::new(open, at.end), steps);
                    printer.push("}");
                }
            }
        }
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

fn appointment(printer: &Printer<'_>, until: &Appointment) -> String {
    match until {
        Appointment::Weekday { at, .. } | Appointment::Tomorrow(at) | Appointment::Day { at, .. } => printer.words(*at),
        Appointment::OnDay(name) | Appointment::Clock(name) | Appointment::Date { distance: None, field: name } => {
            name.text.clone()
        }
        Appointment::Date { distance: Some((distance, side)), field } => {
            format!("{} {} {}", duration(printer, distance), side.word(), field.text)
        }
    }
}
