//! `team`: its members, its backup, how they take turns. The words of its clauses are equally long, so its values are in a column.

use super::predicate::condition;
use super::printer::Printer;
use super::value::text;
use crate::source::Span;
use crate::syntax::ast::{Clause, Team, TeamClause};

pub(super) fn format(printer: &mut Printer<'_>, team: &Team) {
    let brace = printer.brace_after(team.name.span.end);
    printer.open(team.span.start, brace);
    let within = Span::new(brace + 1, team.span.end.saturating_sub(1));
    let block = printer.gather(within, team.clauses.iter().map(|clause| (clause, clause.span)));
    printer.block(&block, clause);
}

fn clause(printer: &mut Printer<'_>, clause: &Clause<TeamClause>) {
    let lines = match &clause.kind {
        TeamClause::Member(member) => {
            let line = format!("member {}", text(printer, &member.address));
            match &member.covers {
                Some(covers) => condition(printer, &(line + " covers "), covers, ""),
                None => vec![line],
            }
        }
        TeamClause::Backup(_) | TeamClause::Assign(_) => vec![printer.words(clause.span)],
    };
    printer.lines(clause.span, lines);
}
