//! `test people P`.

use super::predicate::condition;
use super::printer::Printer;
use crate::source::Span;
use crate::syntax::ast::TestPeople;

pub(super) fn format(printer: &mut Printer<'_>, people: &TestPeople, at: Span) {
    let lines = condition(printer, "test people ", &people.predicate, "");
    printer.lines(at, lines);
}
