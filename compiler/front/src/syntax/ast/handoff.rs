//! `handoff to TEAM { note, task, reassign, stop GROUP, backup, if not taken within D, keep in workflow }`.

use super::clause::{self, clauses};
use super::{Clause, Duration, Name, StepNode, Text};
use crate::source::Span;
use crate::syntax::constructs;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HandoffStep {
    pub team: Name,
    pub clauses: Vec<Clause<HandoffClause>>,
}

constructs::handoff_clauses!(clauses HandoffClause HANDOFF_CLAUSES);

/// `task "Call {first_name or "the contact"}" due in 24 hours`
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Task {
    pub title: Text,
    pub due_in: Option<Duration>,
}

/// `reassign`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reassign;

/// `if not taken within 4 business hours`
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Patience {
    pub within: Duration,
    /// Whether hours of business alone count, or days.
    pub is_business: bool,
}

/// `keep in workflow`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Keep;

impl HandoffStep {
    pub(crate) fn note(&self) -> Option<&Text> {
        clause::first(&self.clauses, HandoffClause::note)
    }

    pub(crate) fn task(&self) -> Option<&Task> {
        clause::first(&self.clauses, HandoffClause::task)
    }

    /// Whether whose turn it is gets them, whoever had them before.
    pub(crate) fn reassigns(&self) -> bool {
        clause::first(&self.clauses, HandoffClause::reassign).is_some()
    }

    /// The workflows and groups that are stopped with it.
    pub(crate) fn stops(&self) -> impl Iterator<Item = (&Name, Span)> {
        clause::each(&self.clauses, HandoffClause::also_stop)
    }

    /// Who gets them instead of the team's backup.
    pub(crate) fn backup(&self) -> Option<&Text> {
        clause::first(&self.clauses, HandoffClause::instead)
    }

    /// How long it may lie, and where that is said.
    pub(crate) fn patience(&self) -> Option<(&Patience, Span)> {
        clause::each(&self.clauses, HandoffClause::untaken).next()
    }

    pub(crate) fn keeps(&self) -> bool {
        clause::first(&self.clauses, HandoffClause::keep).is_some()
    }
}

impl StepNode for HandoffStep {}
