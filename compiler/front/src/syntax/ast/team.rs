//! `team`: who can receive a handoff.

use super::clause::{self, clauses};
use super::{Block, Clause, DaySpan, Name, Predicate, Text};
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

/// `member "ana@acme.example" covers region in ("EMEA") capacity 40 open, 10 a day away 2026-12-20 to 2027-01-06`
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Member {
    pub address: Text,
    pub covers: Option<Predicate>,
    pub limits: Box<Limits>,
}

/// Where a member is, and what keeps people from them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Limits {
    /// The zone of their clocks: `in "Europe/Berlin"`.
    pub home: Option<Text>,
    pub capacity: Option<Capacity>,
    /// From one day to another, both included.
    pub away: Vec<DaySpan>,
}

/// `capacity 40 open, 10 a day`: the numbers as they are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Capacity {
    pub open: Option<Name>,
    pub a_day: Option<Name>,
}

/// `hours weekdays from 09:00 to 18:00`: the times as they are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hours {
    pub from: Name,
    pub to: Name,
}

/// Who of the team gets the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Assign {
    RoundRobin,
}

impl Team {
    pub(crate) fn members(&self) -> impl Iterator<Item = &Member> {
        clause::each(&self.clauses, TeamClause::member).map(|(member, _)| member)
    }

    pub(crate) fn hours(&self) -> Option<(&Hours, Span)> {
        clause::each(&self.clauses, TeamClause::hours).next()
    }

    pub(crate) fn backup(&self) -> Option<&Text> {
        clause::first(&self.clauses, TeamClause::backup)
    }
}

impl Block for Team {
    fn lose_a_line(&mut self) {
        self.broken = true;
    }
}
