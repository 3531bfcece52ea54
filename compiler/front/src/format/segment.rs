//! `segment NAME = P`.

use super::predicate::condition;
use super::printer::Printer;
use crate::source::Span;
use crate::syntax::ast::Segment;

pub(super) fn format(printer: &mut Printer<'_>, segment: &Segment, at: Span) {
    let lines = condition(printer, &format!("segment {} = ", segment.name.text), &segment.predicate, "");
    printer.lines(at, lines);
}
