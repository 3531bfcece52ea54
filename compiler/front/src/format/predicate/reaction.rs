//! `no opened any email in the last 90 days`

use super::event_tail;
use crate::format::printer::Printer;
use crate::source::Span;
use crate::syntax::ast::Reaction;

pub(super) fn format(printer: &Printer<'_>, reaction: &Reaction, _: Span) -> String {
    let Reaction { none, verb, count, period } = reaction;
    let no = if *none { "no " } else { "" };
    format!("{no}{} any email{}", verb.word(), event_tail(printer, count.as_ref(), period.as_ref()))
}
