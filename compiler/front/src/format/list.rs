//! `list partners`

use super::printer::Printer;
use crate::source::Span;
use crate::syntax::ast::List;

pub(super) fn format(printer: &mut Printer<'_>, list: &List, at: Span) {
    printer.line(at, format!("list {}", list.name.text));
}
