//! `event`: what people do, with its properties.

use super::field::fields;
use super::printer::Printer;
use crate::source::Span;
use crate::syntax::ast::Event;

pub(super) fn format(printer: &mut Printer<'_>, event: &Event, at: Span) {
    fields(printer, at, event.name.span.end, &event.properties);
}
