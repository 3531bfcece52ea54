//! `team`: who can receive a handoff.

use super::{Block, Clause, Name, Predicate, Text, clause::clauses};
use crate::source::Span;
use crate::syntax::constructs;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Team {
    pub name: Name,
    pub clauses: Vec<Clause<TeamClause>>,
    /// The first line, for labels.
    pub head: Span,
    pub span: Span,
    /// A line in it could not be read, so nothing is reported as missing.
    pub broken: bool,
}

constructs::team_clauses!(clauses TeamClause TEAM_CLAUSES);

/// `member "ana@acme.example" covers region in ("EMEA")`
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Member {
    pub address: Text,
    pub covers: Option<Predicate>,
}

/// Who of the team gets the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Assign {
    RoundRobin,
}

impl Team {
    pub(crate) fn members(&self) -> impl Iterator<Item = &Member> {
        self.clauses.iter().filter_map(|clause| match &clause.kind {
            TeamClause::Member(member) => Some(member),
            _ => None,
        })
    }

    /// Of a clause that stands twice, the first one counts.
    pub(crate) fn backup(&self) -> Option<&Text> {
        self.clauses.iter().find_map(|clause| match &clause.kind {
            TeamClause::Backup(backup) => Some(backup),
            _ => None,
        })
    }
}

impl Block for Team {
    fn lose_a_line(&mut self) {
        self.broken = true;
    }
}
