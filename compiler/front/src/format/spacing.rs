//! `at least 2 days between emails`: reads as a sentence.

use super::printer::Printer;
use super::value::duration;
use crate::source::Span;
use crate::syntax::ast::Spacing;

pub(super) fn spacing(printer: &mut Printer<'_>, spacing: &Spacing, at: Span) {
    let Spacing(written) = spacing;
    printer.line(at, format!("at least {} between emails", duration(printer, written)));
}
