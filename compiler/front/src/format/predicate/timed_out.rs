//! `timed out`: words that cannot be broken, and no number: of one below zero, its minus would be taken for a sign.

use crate::format::printer::Printer;
use crate::source::Span;
use crate::syntax::ast::TimedOut;

pub(super) fn format(printer: &Printer<'_>, _: &TimedOut, at: Span) -> String {
    printer.words(at)
}
