//! `handoff to TEAM { note, task, keep in workflow }`.

use super::{Pair, Reader, Rule, child, context, span};
use crate::syntax::ast::{Clause, HandoffClause, HandoffStep, Task};

impl<'s> Reader<'s> {
    pub(super) fn handoff(&mut self, pair: &Pair<'s>) -> HandoffStep {
        let mut handoff = HandoffStep { team: self.name_of(pair, Rule::name), clauses: Vec::new() };
        for inner in child(pair, Rule::handoff_block).into_iter().flat_map(Pair::into_inner) {
            if inner.as_rule() == Rule::bad_line {
                self.bad_clause(&inner, context::HANDOFF);
                continue;
            }
            let kind = self.handoff_clause(&inner);
            handoff.clauses.extend(kind.map(|kind| Clause { kind, span: span(&inner) }));
        }
        handoff
    }

    fn handoff_clause(&mut self, pair: &Pair<'s>) -> Option<HandoffClause> {
        Some(match pair.as_rule() {
            Rule::note => HandoffClause::Note(self.text_of(pair)),
            Rule::task => HandoffClause::Task(Task { title: self.text_of(pair), due_in: self.duration_of(pair) }),
            Rule::keep => HandoffClause::Keep,
            _ => return None,
        })
    }
}
