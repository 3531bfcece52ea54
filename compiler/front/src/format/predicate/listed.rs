//! `in list partners`: words that cannot be broken, and no number: of one below zero, its minus would be taken for a sign.

use crate::format::printer::Printer;
use crate::source::Span;
use crate::syntax::ast::Listed;

pub(super) fn format(printer: &Printer<'_>, _: &Listed, at: Span) -> String {
    printer.words(at)
}
