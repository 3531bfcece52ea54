//! `send on weekdays from 09:00 to 17:00 in contact timezone`.

use super::printer::Printer;
use crate::source::Span;
use crate::syntax::ast::Window;

pub(super) fn window(printer: &mut Printer<'_>, _: &Window, at: Span) {
    // The days are joined as the author did, by commas or by `and`.
    printer.line(at, printer.words(at));
}
