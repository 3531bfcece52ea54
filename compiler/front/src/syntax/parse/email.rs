//! `email`.

use super::{Pair, Reader, Rule, child, context, has, head, span};
use crate::syntax::ast::{Clause, Email, EmailClause, EmailKind, Link, Subject, Text};

impl<'s> Reader<'s> {
    pub(super) fn email(&mut self, pair: &Pair<'s>) -> Email {
        let mut email = Email {
            name: self.name_of(pair, Rule::name),
            clauses: Vec::new(),
            head: head(pair),
            span: span(pair),
            broken: self.unclosed,
        };
        for inner in pair.clone().into_inner() {
            match inner.as_rule() {
                Rule::later_clause => self.later(&inner),
                Rule::bad_line => {
                    email.broken = true;
                    self.bad_clause(&inner, context::EMAIL);
                }
                _ => {
                    let kind = self.email_clause(&inner);
                    email.clauses.extend(kind.map(|kind| Clause { kind, span: span(&inner) }));
                }
            }
        }
        email
    }

    fn email_clause(&mut self, pair: &Pair<'s>) -> Option<EmailClause> {
        Some(match pair.as_rule() {
            Rule::subject => EmailClause::Subject(self.subjects(pair)),
            Rule::preview => EmailClause::Preview(self.text_of(pair)),
            Rule::from => EmailClause::From(self.text_of(pair)),
            Rule::template => EmailClause::Template(self.text_of(pair)),
            Rule::email_kind if has(pair, Rule::kw_transactional) => EmailClause::Kind(EmailKind::Transactional),
            Rule::email_kind => EmailClause::Kind(EmailKind::Marketing),
            Rule::link => EmailClause::Link(self.link(pair)?),
            _ => return None,
        })
    }

    fn subjects(&mut self, pair: &Pair<'s>) -> Vec<Subject> {
        let mut subjects = Vec::new();
        for inner in pair.clone().into_inner() {
            match inner.as_rule() {
                Rule::subject_when => {
                    subjects.push(Subject { when: Some(self.predicate_of(&inner)), text: self.text_of(&inner) });
                }
                Rule::string => subjects.push(Subject { when: None, text: self.text(&inner) }),
                _ => {}
            }
        }
        subjects
    }

    fn link(&mut self, pair: &Pair<'s>) -> Option<Link> {
        let mut texts = pair.clone().into_inner().filter(|inner| inner.as_rule() == Rule::string);
        let (alias, url) = (texts.next()?, texts.next()?);
        Some(Link { alias: self.text(&alias), url: self.text(&url) })
    }

    /// The text in a pair's string.
    pub(super) fn text_of(&mut self, pair: &Pair<'s>) -> Text {
        match child(pair, Rule::string) {
            Some(inner) => self.text(&inner),
            None => Text { pieces: Vec::new(), span: span(pair) },
        }
    }
}
