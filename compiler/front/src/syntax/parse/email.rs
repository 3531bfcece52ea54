//! `email`.

use super::{Pair, Reader, Rule, child, context, has, head, span};
use crate::syntax::ast::{Email, EmailKind, Link, Subject};

impl<'s> Reader<'s> {
    pub(super) fn email(&mut self, pair: &Pair<'s>) -> Email {
        let mut email = Email {
            name: self.name_of(pair, Rule::name),
            subjects: Vec::new(),
            preview: None,
            from: None,
            template: None,
            kind: EmailKind::Marketing,
            links: Vec::new(),
            span: head(pair),
            repeated: Vec::new(),
            broken: self.unclosed,
        };
        let mut seen = Vec::new();
        for inner in pair.clone().into_inner() {
            let keyword = match inner.as_rule() {
                Rule::subject => "subject",
                Rule::preview => "preview",
                Rule::from => "from",
                Rule::template => "template",
                Rule::email_kind => "kind",
                _ => "",
            };
            if !keyword.is_empty() && seen.contains(&keyword) {
                email.repeated.push((keyword, span(&inner)));
                continue;
            }
            seen.push(keyword);
            self.email_clause(&mut email, &inner);
        }
        email
    }

    fn email_clause(&mut self, email: &mut Email, pair: &Pair<'s>) {
        match pair.as_rule() {
            Rule::subject => email.subjects = self.subjects(pair),
            Rule::preview => email.preview = Some(self.text_of(pair)),
            Rule::from => email.from = Some(self.text_of(pair)),
            Rule::template => email.template = Some(self.text_of(pair)),
            Rule::email_kind if has(pair, Rule::kw_transactional) => email.kind = EmailKind::Transactional,
            Rule::link => email.links.extend(self.link(pair)),
            Rule::later_clause => self.later(pair),
            Rule::bad_line => {
                email.broken = true;
                self.bad_clause(pair, context::EMAIL);
            }
            _ => {}
        }
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
        Some(Link { alias: self.text(&alias), url: self.text(&url), span: span(pair) })
    }

    /// The text in a pair's string.
    pub(super) fn text_of(&mut self, pair: &Pair<'s>) -> crate::syntax::ast::Text {
        match child(pair, Rule::string) {
            Some(inner) => self.text(&inner),
            None => crate::syntax::ast::Text { pieces: Vec::new(), span: span(pair) },
        }
    }
}
