//! `topics news, product`, on one line.

use super::printer::Printer;
use crate::source::Span;
use crate::syntax::ast::Topics;

pub(super) fn format(printer: &mut Printer<'_>, topics: &Topics, at: Span) {
    let names: Vec<&str> = topics.names.iter().map(|name| name.text.as_str()).collect();
    printer.line(at, format!("topics {}", names.join(", ")));
}
