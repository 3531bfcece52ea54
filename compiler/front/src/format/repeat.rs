//! `repeat up to N times every D until P { … }`.

use super::branch::block;
use super::predicate::condition;
use super::printer::Printer;
use super::value::duration;
use crate::source::Span;
use crate::syntax::ast::{Repeat, Step};

pub(super) fn format(printer: &mut Printer<'_>, step: &Step, repeat: &Repeat) {
    let times = printer.cut(repeat.times.span());
    let word = if times == "1" { "time" } else { "times" };
    let head = format!("{}repeat up to {times} {word} every {}", printer.label(step), duration(printer, &repeat.every));
    let end = repeat.until.as_ref().map_or(repeat.every.span.end, |until| until.span().end);
    let lines = match &repeat.until {
        Some(until) => condition(printer, &format!("{head} until "), until, " {"),
        None => vec![head + " {"],
    };
    let open = printer.brace_after(end);
    printer.lines(Span::new(step.span.start, open), lines);
    block(printer, open, Span::new(open, step.span.end), &repeat.steps);
    printer.push("}");
}
