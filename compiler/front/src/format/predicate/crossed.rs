//! `entered hot_leads`, `no left hot_leads in the last 30 days`

use super::event_tail;
use crate::format::printer::Printer;
use crate::source::Span;
use crate::syntax::ast::Crossed;

pub(super) fn format(printer: &Printer<'_>, crossed: &Crossed, _: Span) -> String {
    let Crossed { none, left, segment, count, period } = crossed;
    let no = if *none { "no " } else { "" };
    let word = if *left { "left" } else { "entered" };
    format!("{no}{word} {}{}", segment.text, event_tail(printer, count.as_ref(), period.as_ref()))
}
