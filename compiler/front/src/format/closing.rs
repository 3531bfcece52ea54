//! `on goal { … }` and `on exit { … }`.

use super::branch::block;
use super::printer::Printer;
use crate::source::Span;
use crate::syntax::ast::Closing;

pub(super) fn on_goal(printer: &mut Printer<'_>, closing: &Closing, at: Span) {
    format(printer, "on goal {", closing, at);
}

pub(super) fn on_exit(printer: &mut Printer<'_>, closing: &Closing, at: Span) {
    format(printer, "on exit {", closing, at);
}

fn format(printer: &mut Printer<'_>, head: &str, closing: &Closing, at: Span) {
    let open = printer.brace_after(closing.head.end);
    printer.line(Span::new(at.start, open), head.to_owned());
    block(printer, open, Span::new(open, at.end), &closing.steps);
    printer.push("}");
}
