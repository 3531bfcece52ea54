//! `team`.

use super::{Pair, Reader, Rule, child, context, head};
use crate::syntax::ast::{Member, Team};

impl<'s> Reader<'s> {
    pub(super) fn team(&mut self, pair: &Pair<'s>) -> Team {
        let mut team = Team {
            name: self.name_of(pair, Rule::name),
            members: Vec::new(),
            backup: None,
            span: head(pair),
            broken: self.unclosed,
        };
        for inner in pair.clone().into_inner() {
            match inner.as_rule() {
                Rule::member => {
                    let covers = child(&inner, Rule::covers).map(|covers| self.predicate_of(&covers));
                    team.members.push(Member { address: self.text_of(&inner), covers });
                }
                Rule::backup => team.backup = Some(self.text_of(&inner)),
                Rule::bad_line => {
                    team.broken = true;
                    self.bad_clause(&inner, context::TEAM);
                }
                _ => {}
            }
        }
        team
    }
}
