//! `team`: its members, its backup, how they take turns. The words of its clauses are equally long, so its values are in a column.

use super::clause::clauses;
use super::predicate::condition;
use super::printer::Printer;
use super::value::text;
use crate::source::Span;
use crate::syntax::ast::{Assign, Capacity, Clause, Hours, Member, Team, TeamClause, Text};
use crate::syntax::constructs;

pub(super) fn format(printer: &mut Printer<'_>, team: &Team, at: Span) {
    let within = printer.open(at, team.name.span.end);
    let block = printer.gather(within, team.clauses.iter().map(|clause| (clause, clause.span)));
    printer.block(&block, clause);
}

constructs::team_clauses!(clauses TeamClause);

fn member(printer: &mut Printer<'_>, member: &Member, at: Span) {
    let mut line = format!("member {}", text(printer, &member.address));
    if let Some(home) = &member.limits.home {
        line += &format!(" in {}", text(printer, home));
    }
    let mut behind = String::new();
    if let Some(Capacity { open, a_day }) = &member.limits.capacity {
        let open = open.iter().map(|most| format!("{} open", most.text));
        let most = open.chain(a_day.iter().map(|most| format!("{} a day", most.text)));
        behind += &format!(" capacity {}", most.collect::<Vec<_>>().join(", "));
    }
    if !member.limits.away.is_empty() {
        let days = member.limits.away.iter().map(|days| match &days.last {
            Some(last) => format!("{} to {}", days.first.text, last.text),
            None => days.first.text.clone(),
        });
        behind += &format!(" away {}", days.collect::<Vec<_>>().join(", "));
    }
    let lines = match &member.covers {
        Some(covers) => condition(printer, &(line + " covers "), covers, &behind),
        None => vec![line + &behind],
    };
    printer.lines(at, lines);
}

fn backup(printer: &mut Printer<'_>, backup: &Text, at: Span) {
    printer.line(at, format!("backup {}", text(printer, backup)));
}

fn hours(printer: &mut Printer<'_>, hours: &Hours, at: Span) {
    printer.line(at, format!("hours weekdays from {} to {}", hours.from.text, hours.to.text));
}

fn assign(printer: &mut Printer<'_>, assign: &Assign, at: Span) {
    let Assign::RoundRobin = assign;
    printer.line(at, "assign round robin".to_owned());
}
