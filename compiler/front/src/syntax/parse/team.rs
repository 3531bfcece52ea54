//! `team`.

use super::calendar::days as day_spans;
use super::clause::{self, clauses};
use super::context::Context;
use super::{Pair, Reader, Rule, child, head, name, span};
use crate::syntax::ast::{Assign, Capacity, Hours, Limits, Member, Name, Team, TeamClause, Text};
use crate::syntax::constructs;

pub(super) fn parse(reader: &mut Reader<'_>, pair: &Pair<'_>) -> Team {
    let (clauses, broken) = clause::block(reader, pair, Context::Team, clause);
    Team { name: reader.name_of(pair, Rule::name), clauses, head: head(pair), span: span(pair), broken }
}

constructs::team_clauses!(clauses TeamClause);

fn member(reader: &mut Reader<'_>, pair: &Pair<'_>) -> Member {
    let home = child(pair, Rule::home).map(|home| reader.text_of(&home));
    let covers = child(pair, Rule::covers).map(|covers| reader.predicate_of(&covers));
    let capacity = child(pair, Rule::capacity).map(|capacity| {
        let most = |rule| child(&capacity, rule).map(|most| reader.name_of(&most, Rule::number));
        Capacity { open: most(Rule::open_most), a_day: most(Rule::a_day) }
    });
    let away = child(pair, Rule::away).map(|away| day_spans(&away).collect()).unwrap_or_default();
    Member { address: reader.text_of(pair), covers, limits: Box::new(Limits { home, capacity, away }) }
}

fn backup(reader: &mut Reader<'_>, pair: &Pair<'_>) -> Text {
    reader.text_of(pair)
}

fn hours(_: &mut Reader<'_>, pair: &Pair<'_>) -> Hours {
    let mut clocks = pair.clone().into_inner().filter(|inner| inner.as_rule() == Rule::clock);
    let mut clock =
        || clocks.next().map_or_else(|| Name { text: String::new(), span: span(pair) }, |clock| name(&clock));
    Hours { from: clock(), to: clock() }
}

fn assign(_: &mut Reader<'_>, _: &Pair<'_>) -> Assign {
    Assign::RoundRobin
}
