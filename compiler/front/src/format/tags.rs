//! `tags vip, beta`, on one line.

use super::printer::Printer;
use crate::source::Span;
use crate::syntax::ast::Tags;

pub(super) fn format(printer: &mut Printer<'_>, tags: &Tags, at: Span) {
    let names: Vec<&str> = tags.names.iter().map(|name| name.text.as_str()).collect();
    printer.line(at, format!("tags {}", names.join(", ")));
}
