//! `policy`: its rules read as sentences, so that each stands as it was written.

use super::clause::clauses;
use super::predicate::condition;
use super::printer::Printer;
use crate::source::Span;
use crate::syntax::ast::{
    Cap, Clause, Consent, DaySpan, Duration, First, Holdout, Late, Name, Policy, PolicyClause, Predicate, Quiet,
};
use crate::syntax::constructs;

pub(super) fn format(printer: &mut Printer<'_>, policy: &Policy, at: Span) {
    let within = printer.open(at, policy.head.end);
    let block = printer.gather(within, policy.clauses.iter().map(|clause| (clause, clause.span)));
    printer.block(&block, clause);
}

constructs::policy_clauses!(clauses PolicyClause);

fn consent(printer: &mut Printer<'_>, _: &Consent, at: Span) {
    printer.line(at, printer.words(at));
}

fn confirm(printer: &mut Printer<'_>, _: &Name, at: Span) {
    printer.line(at, printer.words(at));
}

fn cap(printer: &mut Printer<'_>, _: &Cap, at: Span) {
    printer.line(at, printer.words(at));
}

fn quiet(printer: &mut Printer<'_>, _: &Quiet, at: Span) {
    printer.line(at, printer.words(at));
}

fn blackout(printer: &mut Printer<'_>, _: &DaySpan, at: Span) {
    printer.line(at, printer.words(at));
}

fn hold(printer: &mut Printer<'_>, _: &Duration, at: Span) {
    printer.line(at, printer.words(at));
}

fn late_by(printer: &mut Printer<'_>, _: &Duration, at: Span) {
    printer.line(at, printer.words(at));
}

fn first(printer: &mut Printer<'_>, first: &First, at: Span) {
    let groups: Vec<&str> = first.groups.iter().map(|group| group.text.as_str()).collect();
    printer.line(at, format!("first {}", groups.join(", then ")));
}

fn holdout_of_all(printer: &mut Printer<'_>, _: &Holdout, at: Span) {
    printer.line(at, printer.words(at));
}

fn late_of_all(printer: &mut Printer<'_>, _: &Late, at: Span) {
    printer.line(at, printer.words(at));
}

fn comes_back(printer: &mut Printer<'_>, when: &Predicate, at: Span) {
    let lines = condition(printer, "comes back when ", when, "");
    printer.lines(at, lines);
}
