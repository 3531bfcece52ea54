//! `inactive for 30 days`

use crate::format::printer::Printer;
use crate::format::value::duration;
use crate::source::Span;
use crate::syntax::ast::Inactive;

pub(super) fn format(printer: &Printer<'_>, Inactive { time }: &Inactive, _: Span) -> String {
    format!("inactive for {}", duration(printer, time))
}
