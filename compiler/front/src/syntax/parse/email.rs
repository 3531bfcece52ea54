//! `email`.

use super::clause::{self, clauses};
use super::context::Context;
use super::value::triggers;
use super::{Pair, Reader, Rule, has, head, span};
use crate::syntax::ast::{Email, EmailClause, EmailKind, Link, Name, Subject, Text};
use crate::syntax::constructs;

pub(super) fn parse(reader: &mut Reader<'_>, pair: &Pair<'_>) -> Email {
    let (clauses, broken) = clause::block(reader, pair, Context::Email, clause);
    let (name, triggers) = (reader.name_of(pair, Rule::name), triggers(pair));
    Email { name, clauses, triggers, head: head(pair), span: span(pair), broken }
}

constructs::email_clauses!(clauses EmailClause);

fn subject(reader: &mut Reader<'_>, pair: &Pair<'_>) -> Vec<Subject> {
    let mut subjects = Vec::new();
    for inner in pair.clone().into_inner() {
        match inner.as_rule() {
            Rule::subject_when => {
                subjects.push(Subject { when: Some(reader.predicate_of(&inner)), text: reader.text_of(&inner) });
            }
            Rule::string => subjects.push(Subject { when: None, text: reader.text(&inner) }),
            _ => {}
        }
    }
    subjects
}

fn preview(reader: &mut Reader<'_>, pair: &Pair<'_>) -> Text {
    reader.text_of(pair)
}

fn from(reader: &mut Reader<'_>, pair: &Pair<'_>) -> Text {
    reader.text_of(pair)
}

fn reply_to(reader: &mut Reader<'_>, pair: &Pair<'_>) -> Text {
    reader.text_of(pair)
}

fn template(reader: &mut Reader<'_>, pair: &Pair<'_>) -> Text {
    reader.text_of(pair)
}

fn email_kind(_: &mut Reader<'_>, pair: &Pair<'_>) -> EmailKind {
    if has(pair, Rule::kw_transactional) { EmailKind::Transactional } else { EmailKind::Marketing }
}

fn topic(reader: &mut Reader<'_>, pair: &Pair<'_>) -> Name {
    reader.name_of(pair, Rule::name)
}

fn link(reader: &mut Reader<'_>, pair: &Pair<'_>) -> Link {
    let mut texts = pair.clone().into_inner().filter(|inner| inner.as_rule() == Rule::string);
    let alias = reader.text_in(texts.next(), pair);
    Link { alias, url: reader.text_in(texts.next(), pair) }
}
