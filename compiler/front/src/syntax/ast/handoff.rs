//! `handoff to TEAM { note, task, keep in workflow }`.

use super::{Clause, Duration, Name, StepNode, Text, clause::clauses};
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

/// Of a clause that stands twice, the first one counts.
impl HandoffStep {
    pub(crate) fn note(&self) -> Option<&Text> {
        self.find(|clause| if let HandoffClause::Note(note) = clause { Some(note) } else { None })
    }

    pub(crate) fn task(&self) -> Option<&Task> {
        self.find(|clause| if let HandoffClause::Task(task) = clause { Some(task) } else { None })
    }

    pub(crate) fn keeps(&self) -> bool {
        self.find(|clause| matches!(clause, HandoffClause::Keep).then_some(())).is_some()
    }

    fn find<'h, T>(&'h self, of: impl Fn(&'h HandoffClause) -> Option<T>) -> Option<T> {
        self.clauses.iter().find_map(|clause| of(&clause.kind))
    }
}

impl StepNode for HandoffStep {}
