//! `email`: its clauses in a column, and of a subject for some and others, the texts in a column too.
//!
//! ```text
//! subject  when industry is "saas" "How a SaaS team halved its sales cycle"
//!          otherwise               "How teams like yours halved their sales cycle"
//! ```

use super::clause::clauses;
use super::predicate::flat;
use super::printer::Printer;
use super::value::text;
use super::words::in_column;
use crate::source::Span;
use crate::syntax::ast::{Clause, Email, EmailClause, EmailKind, Link, Name, Subject, Text};
use crate::syntax::constructs;

pub(super) fn format(printer: &mut Printer<'_>, email: &Email, at: Span) {
    let within = printer.open(at, email.name.span.end);
    let block = printer.gather(within, email.clauses.iter().map(|clause| (clause, clause.span)));
    printer.block(&block, clause);
}

constructs::email_clauses!(clauses EmailClause);

fn preview(printer: &mut Printer<'_>, preview: &Text, at: Span) {
    printer.line(at, in_column("preview", &text(printer, preview)));
}

fn from(printer: &mut Printer<'_>, from: &Text, at: Span) {
    printer.line(at, in_column("from", &text(printer, from)));
}

fn reply_to(printer: &mut Printer<'_>, reply_to: &Text, at: Span) {
    printer.line(at, format!("reply to {}", text(printer, reply_to)));
}

fn template(printer: &mut Printer<'_>, template: &Text, at: Span) {
    printer.line(at, in_column("template", &text(printer, template)));
}

fn email_kind(printer: &mut Printer<'_>, kind: &EmailKind, at: Span) {
    let word = match kind {
        EmailKind::Marketing => "marketing",
        EmailKind::Transactional => "transactional",
    };
    printer.line(at, in_column("kind", word));
}

fn topic(printer: &mut Printer<'_>, topic: &Name, at: Span) {
    printer.line(at, in_column("topic", &topic.text));
}

fn link(printer: &mut Printer<'_>, link: &Link, at: Span) {
    let value = format!("{} to {}", text(printer, &link.alias), text(printer, &link.url));
    printer.line(at, in_column("link", &value));
}

/// Each line keeps its own comments, as if the subject were a block.
fn subject(printer: &mut Printer<'_>, subjects: &[Subject], at: Span) {
    if let [Subject { when: None, text: only }] = subjects {
        return printer.line(at, in_column("subject", &text(printer, only)));
    }
    let whens: Vec<String> = subjects
        .iter()
        .map(|subject| match &subject.when {
            Some(when) => format!("when {}", flat(printer, when)),
            None => "otherwise".to_owned(),
        })
        .collect();
    let width = whens.iter().map(|when| when.chars().count()).max().unwrap_or_default();
    let block = printer.gather(at, subjects.iter().map(|subject| (subject, at_line(subject))));
    if let Some(comment) = block.opened {
        printer.own(comment);
    }
    for (nth, (entry, when)) in block.entries.iter().zip(&whens).enumerate() {
        let (word, comment_column) = if nth == 0 { ("subject", "") } else { ("", &*in_column("", "")) };
        for comment in entry.before.iter().map(|own| own.comment).chain(printer.comments_in(at_line(entry.node))) {
            printer.push(&format!("{comment_column}{}", printer.cut(comment).trim_end()));
        }
        printer.push(&in_column(word, &format!("{when:<width$} {}", text(printer, &entry.node.text))));
        printer.trail(entry.after);
    }
}

/// Where a line of a subject lies, but for its first word.
fn at_line(subject: &Subject) -> Span {
    subject.when.as_ref().map_or(subject.text.span, |when| when.span().to(subject.text.span))
}
