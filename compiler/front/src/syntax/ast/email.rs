//! `email`: a message, its subject lines and its links.

use super::clause::{self, clauses};
use super::{Block, Clause, Name, Predicate, Text};
use crate::source::Span;
use crate::syntax::constructs;
use std::collections::BTreeSet;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Email {
    pub name: Name,
    pub clauses: Vec<Clause<EmailClause>>,
    /// What its own lines read of the event that let its reader in, each property once.
    pub triggers: BTreeSet<String>,
    /// The first line, for labels.
    pub head: Span,
    pub span: Span,
    /// A line in it could not be read, so nothing is reported as missing.
    pub broken: bool,
}

constructs::email_clauses!(clauses EmailClause EMAIL_CLAUSES);

/// `subject "..."`, or one line of `subject when P "..." otherwise "..."`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Subject {
    pub when: Option<Predicate>,
    pub text: Text,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EmailKind {
    Marketing,
    Transactional,
}

/// `link "case-study" to "https://acme.example/customers"`
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Link {
    pub alias: Text,
    pub url: Text,
}

impl Email {
    pub(crate) fn subjects(&self) -> &[Subject] {
        clause::first(&self.clauses, EmailClause::subject).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn preview(&self) -> Option<&Text> {
        clause::first(&self.clauses, EmailClause::preview)
    }

    pub(crate) fn from(&self) -> Option<&Text> {
        clause::first(&self.clauses, EmailClause::from)
    }

    pub(crate) fn reply_to(&self) -> Option<&Text> {
        clause::first(&self.clauses, EmailClause::reply_to)
    }

    pub(crate) fn template(&self) -> Option<&Text> {
        clause::first(&self.clauses, EmailClause::template)
    }

    pub(crate) fn kind(&self) -> Option<EmailKind> {
        clause::first(&self.clauses, EmailClause::email_kind).copied()
    }

    /// What it is about, as one of the topics that people may refuse.
    pub(crate) fn topic(&self) -> Option<(&Name, Span)> {
        clause::each(&self.clauses, EmailClause::topic).next()
    }

    /// Every link, with its place.
    pub(crate) fn links(&self) -> impl Iterator<Item = (&Link, Span)> {
        clause::each(&self.clauses, EmailClause::link)
    }
}

impl Block for Email {
    fn lose_a_line(&mut self) {
        self.broken = true;
    }
}
