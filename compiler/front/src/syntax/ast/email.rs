//! `email`: a message, its subject lines and its links.

use super::{Name, Predicate, Text};
use crate::source::Span;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Email {
    pub name: Name,
    pub subjects: Vec<Subject>,
    pub preview: Option<Text>,
    pub from: Option<Text>,
    pub template: Option<Text>,
    pub kind: EmailKind,
    pub links: Vec<Link>,
    pub span: Span,
    /// Clauses that were given twice, by their keyword.
    pub repeated: Vec<(&'static str, Span)>,
    /// A line in it could not be read, so nothing is reported as missing.
    pub broken: bool,
}

/// `subject "..."`, or one line of `subject when P "..." otherwise "..."`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    pub when: Option<Predicate>,
    pub text: Text,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EmailKind {
    Marketing,
    Transactional,
}

/// `link "case-study" to "https://acme.example/customers"`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    pub alias: Text,
    pub url: Text,
    pub span: Span,
}
