//! `handoff to TEAM { note, task, keep in workflow }`.

use super::printer::Printer;
use crate::source::Span;
use crate::syntax::ast::{Clause, HandoffClause, HandoffStep, Step};

pub(super) fn format(printer: &mut Printer<'_>, step: &Step, handoff: &HandoffStep) {
    let line = format!("{}handoff to {}", printer.label(step), handoff.team.text);
    if !printer.is_next(handoff.team.span.end, '{') {
        return printer.line(step.span, line);
    }
    let brace = printer.brace_after(handoff.team.span.end);
    printer.line(Span::new(step.span.start, brace), line + " {");
    let within = Span::new(brace + 1, step.span.end.saturating_sub(1));
    let block = printer.gather(within, handoff.clauses.iter().map(|clause| (clause, clause.span)));
    printer.block(&block, clause);
}

fn clause(printer: &mut Printer<'_>, clause: &Clause<HandoffClause>) {
    printer.line(clause.span, printer.words(clause.span));
}
