//! `email`: a message, its subject lines and its links.

use super::{Block, Clause, Name, Predicate, Text, clause::clauses};
use crate::source::Span;
use crate::syntax::constructs;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Email {
    pub name: Name,
    pub clauses: Vec<Clause<EmailClause>>,
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

/// Of a clause that stands twice, the first one counts.
impl Email {
    pub(crate) fn subjects(&self) -> &[Subject] {
        let found = self.find(|clause| if let EmailClause::Subject(subjects) = clause { Some(subjects) } else { None });
        found.map_or(&[], Vec::as_slice)
    }

    pub(crate) fn preview(&self) -> Option<&Text> {
        self.find(|clause| if let EmailClause::Preview(text) = clause { Some(text) } else { None })
    }

    pub(crate) fn from(&self) -> Option<&Text> {
        self.find(|clause| if let EmailClause::From(text) = clause { Some(text) } else { None })
    }

    pub(crate) fn template(&self) -> Option<&Text> {
        self.find(|clause| if let EmailClause::Template(text) = clause { Some(text) } else { None })
    }

    pub(crate) fn kind(&self) -> Option<EmailKind> {
        self.find(|clause| if let EmailClause::Kind(kind) = clause { Some(*kind) } else { None })
    }

    /// Every link, with its place.
    pub(crate) fn links(&self) -> impl Iterator<Item = (&Link, Span)> {
        self.clauses.iter().filter_map(|clause| match &clause.kind {
            EmailClause::Link(link) => Some((link, clause.span)),
            _ => None,
        })
    }

    fn find<'e, T>(&'e self, of: impl Fn(&'e EmailClause) -> Option<T>) -> Option<T> {
        self.clauses.iter().find_map(|clause| of(&clause.kind))
    }
}

impl Block for Email {
    fn lose_a_line(&mut self) {
        self.broken = true;
    }
}
