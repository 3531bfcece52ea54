//! `exit when P` and `skip when P`.

use super::predicate::condition;
use super::printer::Printer;
use crate::source::Span;
use crate::syntax::ast::Predicate;

pub(super) fn exit_when(printer: &mut Printer<'_>, when: &Predicate, at: Span) {
    let lines = condition(printer, "exit when ", when, "");
    printer.lines(at, lines);
}

pub(super) fn skip_when(printer: &mut Printer<'_>, when: &Predicate, at: Span) {
    let lines = condition(printer, "skip when ", when, "");
    printer.lines(at, lines);
}
