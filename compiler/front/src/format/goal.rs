//! `goal "Book a demo" when requested_demo within 30 days`.

use super::predicate::condition;
use super::printer::Printer;
use super::value::{duration, text};
use super::words::in_column;
use crate::source::Span;
use crate::syntax::ast::Goal;

pub(super) fn goal(printer: &mut Printer<'_>, goal: &Goal, at: Span) {
    let before = in_column("goal", &format!("{} when ", text(printer, &goal.text)));
    let within = goal.within.as_ref().map(|time| format!(" within {}", duration(printer, time))).unwrap_or_default();
    let continues = if goal.continues { " and continue" } else { "" };
    let lines = condition(printer, &before, &goal.when, &(within + continues));
    printer.lines(at, lines);
}
