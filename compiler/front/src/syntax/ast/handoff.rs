//! `handoff to TEAM { note, task, keep in workflow }`.

use super::clause::{self, clauses};
use super::{Clause, Duration, Name, StepNode, Text};
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

    pub(crate) fn keeps(&self) -> bool {
        clause::first(&self.clauses, HandoffClause::keep).is_some()
    }
}

impl StepNode for HandoffStep {}
