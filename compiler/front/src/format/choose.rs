//! `choose by FIELD { VALUE { … } otherwise { … } }`.

use super::printer::{Printer, within};
use super::step;
use crate::source::Span;
use crate::syntax::ast::{Choose, Step, Way};

pub(super) fn format(printer: &mut Printer<'_>, of: &Step, choose: &Choose) {
    let brace = printer.brace_after(choose.by.span.end);
    let head = format!("{}choose by {} {{", printer.label(of), printer.words(choose.by.span));
    printer.line(Span::new(of.span.start, brace), head);
    let block = printer.gather(within(Span::new(brace, of.span.end)), choose.ways.iter().map(|way| (way, way.span)));
    printer.block(&block, way);
}

fn way(printer: &mut Printer<'_>, way: &Way) {
    let (head, from) = match &way.when {
        Some((_, value)) => (printer.words(*value), value.end),
        None => ("otherwise".to_owned(), way.span.start),
    };
    let brace = printer.brace_after(from);
    printer.line(Span::new(way.span.start, brace), head + " {");
    let block = printer.gather(within(Span::new(brace, way.span.end)), way.steps.iter().map(|step| (step, step.span)));
    printer.block(&block, step::format);
}
