//! `calendar`: its days stand in the lines in which they were written.

use super::printer::Printer;
use crate::source::Span;
use crate::syntax::ast::{Calendar, Holidays};

pub(super) fn format(printer: &mut Printer<'_>, calendar: &Calendar, at: Span) {
    let within = printer.open(at, calendar.of.as_ref().map_or(calendar.name.span, |of| of.span).end);
    let block = printer.gather(within, calendar.lines.iter().map(|line| (line, line.span)));
    printer.block(&block, |printer, line| holidays(printer, line));
}

fn holidays(printer: &mut Printer<'_>, line: &Holidays) {
    let days: Vec<String> = line.days.iter().map(|days| printer.words(days.span)).collect();
    printer.line(line.span, days.join(", "));
}
