//! `policy`: rules over every workflow.

use super::clause::{self, clauses};
use super::{Block, Clause, DaySpan, Duration, Holdout, Late, Name, Predicate};
use crate::source::Span;
use crate::syntax::constructs;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Policy {
    pub clauses: Vec<Clause<PolicyClause>>,
    /// The first line, for labels.
    pub head: Span,
    /// A line in it could not be read.
    pub broken: bool,
}

constructs::policy_clauses!(clauses PolicyClause POLICY_CLAUSES);

/// `consent marketing opt in`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Consent {
    OptIn,
    OptOut,
}

impl Consent {
    pub(crate) fn meaning(self) -> flow_ir::Consent {
        match self {
            Self::OptIn => flow_ir::Consent::OptIn,
            Self::OptOut => flow_ir::Consent::OptOut,
        }
    }
}

/// `cap 2 emails per 7 days then delay`, or `cap 1 email about news per 7 days then delay`
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cap {
    /// As written: `2`.
    pub emails: Name,
    /// The number with its word: `2 emails`.
    pub capped: Span,
    /// `about news`: what the emails are about that it counts; all of them where it says nothing.
    pub topic: Option<Name>,
    pub per: Duration,
    /// `then drop`
    pub drops: bool,
}

/// `quiet from 20:00 to 08:00 in contact timezone`
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Quiet {
    /// As written: `20:00`.
    pub from: Name,
    pub to: Name,
}

/// `first webinar, then nurture`
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct First {
    pub groups: Vec<Name>,
}

impl Policy {
    pub(crate) fn consent(&self) -> Option<Consent> {
        clause::first(&self.clauses, PolicyClause::consent).copied()
    }

    /// The email by which people confirm that they want mail.
    pub(crate) fn confirm_mail(&self) -> Option<&Name> {
        clause::first(&self.clauses, PolicyClause::confirm)
    }

    pub(crate) fn quiet_hours(&self) -> Option<(&Quiet, Span)> {
        clause::each(&self.clauses, PolicyClause::quiet).next()
    }
}

impl Block for Policy {
    fn lose_a_line(&mut self) {
        self.broken = true;
    }
}
