//! `stage changes to customer`, `plan changes from "trial" to "paid"`

use super::event_tail;
use crate::format::printer::Printer;
use crate::source::Span;
use crate::syntax::ast::Changed;

pub(super) fn format(printer: &Printer<'_>, changed: &Changed, _: Span) -> String {
    let Changed { field, from, to, count, period } = changed;
    let value = |word, literal: &Option<Box<_>>| {
        literal.as_ref().map(|literal| format!(" {word} {}", super::literal(printer, literal))).unwrap_or_default()
    };
    let (from, to) = (value("from", from), value("to", to));
    format!("{} changes{from}{to}{}", field.text, event_tail(printer, count.as_ref(), period.as_ref()))
}
