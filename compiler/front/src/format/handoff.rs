//! `handoff to TEAM { note, task, reassign, stop GROUP, backup, if not taken within D, keep in workflow }`.

use super::clause::clauses;
use super::printer::{Printer, within};
use super::value::{duration, text};
use crate::source::Span;
use crate::syntax::ast::{Clause, HandoffClause, HandoffStep, Keep, Name, Patience, Reassign, Step, Task, Text};
use crate::syntax::constructs;

pub(super) fn format(printer: &mut Printer<'_>, step: &Step, handoff: &HandoffStep) {
    let (line, head_end) = (format!("handoff to {}", handoff.team.text), handoff.team.span.end);
    if !printer.is_next(head_end, '{') {
        return printer.step(step, &line);
    }
    let brace = printer.brace_after(head_end);
    printer.line(Span::new(step.span.start, brace), printer.label(step) + &line + " {");
    let block = printer
        .gather(within(Span::new(brace, step.span.end)), handoff.clauses.iter().map(|clause| (clause, clause.span)));
    printer.block(&block, clause);
}

constructs::handoff_clauses!(clauses HandoffClause);

fn note(printer: &mut Printer<'_>, note: &Text, at: Span) {
    printer.line(at, format!("note {}", text(printer, note)));
}

fn task(printer: &mut Printer<'_>, task: &Task, at: Span) {
    let due = task.due_in.as_ref().map(|time| format!(" due in {}", duration(printer, time))).unwrap_or_default();
    printer.line(at, format!("task {}{due}", text(printer, &task.title)));
}

fn reassign(printer: &mut Printer<'_>, _: &Reassign, at: Span) {
    printer.line(at, "reassign".to_owned());
}

fn also_stop(printer: &mut Printer<'_>, what: &Name, at: Span) {
    printer.line(at, format!("stop {}", what.text));
}

fn instead(printer: &mut Printer<'_>, backup: &Text, at: Span) {
    printer.line(at, format!("backup {}", text(printer, backup)));
}

fn untaken(printer: &mut Printer<'_>, patience: &Patience, at: Span) {
    printer.line(at, format!("if not taken within {}", duration(printer, &patience.within)));
}

fn keep(printer: &mut Printer<'_>, _: &Keep, at: Span) {
    printer.line(at, "keep in workflow".to_owned());
}
