//! `pause while P`, `pauses GROUP` and `stops GROUP`.

use super::predicate::condition;
use super::printer::Printer;
use super::words::in_column;
use crate::source::Span;
use crate::syntax::ast::{Name, Predicate};

pub(super) fn pause_while(printer: &mut Printer<'_>, when: &Predicate, at: Span) {
    let lines = condition(printer, "pause while ", when, "");
    printer.lines(at, lines);
}

pub(super) fn pauses_group(printer: &mut Printer<'_>, group: &Name, at: Span) {
    printer.line(at, in_column("pauses", &group.text));
}

pub(super) fn stops_group(printer: &mut Printer<'_>, group: &Name, at: Span) {
    printer.line(at, in_column("stops", &group.text));
}
