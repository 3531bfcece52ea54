//! `email`: its clauses in a column, and of a subject for some and others, the texts in a column too.
//!
//! ```text
//! subject  when industry is "saas" "How a SaaS team halved its sales cycle"
//!          otherwise               "How teams like yours halved their sales cycle"
//! ```

use super::gather::Own;
use super::predicate::flat;
use super::printer::Printer;
use super::value::text;
use super::words::in_column;
use crate::source::Span;
use crate::syntax::ast::{Clause, Email, EmailClause, EmailKind, Subject};

pub(super) fn format(printer: &mut Printer<'_>, email: &Email) {
    let brace = printer.brace_after(email.name.span.end);
    printer.open(email.span.start, brace);
    let within = Span::new(brace + 1, email.span.end.saturating_sub(1));
    let block = printer.gather(within, email.clauses.iter().map(|clause| (clause, clause.span)));
    printer.block(&block, clause);
}

fn clause(printer: &mut Printer<'_>, clause: &Clause<EmailClause>) {
    let line = match &clause.kind {
        EmailClause::Subject(subjects) => return self::subjects(printer, clause.span, subjects),
        EmailClause::Preview(preview) => in_column("preview", text(printer, preview)),
        EmailClause::From(from) => in_column("from", text(printer, from)),
        EmailClause::Template(template) => in_column("template", text(printer, template)),
        EmailClause::Kind(EmailKind::Marketing) => in_column("kind", "marketing"),
        EmailClause::Kind(EmailKind::Transactional) => in_column("kind", "transactional"),
        EmailClause::Link(link) => {
            in_column("link", &format!("{} to {}", text(printer, &link.alias), text(printer, &link.url)))
        }
    };
    printer.line(clause.span, line);
}

/// Each line keeps its own comments, as if the subject were a block.
fn subjects(printer: &mut Printer<'_>, at: Span, subjects: &[Subject]) {
    if let [Subject { when: None, text: only }] = subjects {
        return printer.line(at, in_column("subject", text(printer, only)));
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
    let first = block.opened.map(|comment| Own { comment, blank: false });
    if let Some(own) = first {
        printer.own(own.comment);
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
