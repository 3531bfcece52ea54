//! `use std.b2b`.

use super::printer::Printer;
use crate::source::Span;
use crate::syntax::ast::Name;

pub(super) fn format(printer: &mut Printer<'_>, module: &Name, at: Span) {
    printer.line(at, format!("use {}", module.text));
}
