//! `subscribed to news`: words that cannot be broken.

use crate::format::printer::Printer;
use crate::source::Span;
use crate::syntax::ast::Subscribed;

pub(super) fn format(printer: &Printer<'_>, _: &Subscribed, at: Span) -> String {
    printer.words(at)
}
