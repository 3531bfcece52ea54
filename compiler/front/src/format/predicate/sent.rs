//! `sent guide_delivery`: words that cannot be broken, and no number: of one below zero, its minus would be taken for a sign.

use crate::format::printer::Printer;
use crate::source::Span;
use crate::syntax::ast::Sent;

pub(super) fn format(printer: &Printer<'_>, _: &Sent, at: Span) -> String {
    printer.words(at)
}
