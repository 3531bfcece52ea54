//! `allows email`: words that cannot be broken.

use crate::format::printer::Printer;
use crate::source::Span;
use crate::syntax::ast::Allows;

pub(super) fn format(printer: &Printer<'_>, _: &Allows, at: Span) -> String {
    printer.words(at)
}
