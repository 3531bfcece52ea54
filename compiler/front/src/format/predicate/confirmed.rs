//! `confirmed news`, `no confirmed news in the last 3 days`

use super::event_tail;
use crate::format::printer::Printer;
use crate::source::Span;
use crate::syntax::ast::Confirmed;

pub(super) fn format(printer: &Printer<'_>, confirmed: &Confirmed, _: Span) -> String {
    let Confirmed { none, topic, count, period } = confirmed;
    let no = if *none { "no " } else { "" };
    format!("{no}confirmed {}{}", topic.text, event_tail(printer, count.as_ref(), period.as_ref()))
}
