//! `team`.

use super::{Pair, Reader, Rule, child, context, head, span};
use crate::syntax::ast::{Assign, Clause, Member, Team, TeamClause};

impl<'s> Reader<'s> {
    pub(super) fn team(&mut self, pair: &Pair<'s>) -> Team {
        let mut team = Team {
            name: self.name_of(pair, Rule::name),
            clauses: Vec::new(),
            head: head(pair),
            span: span(pair),
            broken: self.unclosed,
        };
        for inner in pair.clone().into_inner() {
            if inner.as_rule() == Rule::bad_line {
                team.broken = true;
                self.bad_clause(&inner, context::TEAM);
                continue;
            }
            let kind = self.team_clause(&inner);
            team.clauses.extend(kind.map(|kind| Clause { kind, span: span(&inner) }));
        }
        team
    }

    fn team_clause(&mut self, pair: &Pair<'s>) -> Option<TeamClause> {
        Some(match pair.as_rule() {
            Rule::member => TeamClause::Member(Member {
                covers: child(pair, Rule::covers).map(|covers| self.predicate_of(&covers)),
                address: self.text_of(pair),
            }),
            Rule::backup => TeamClause::Backup(self.text_of(pair)),
            Rule::assign => TeamClause::Assign(Assign::RoundRobin),
            _ => return None,
        })
    }
}
