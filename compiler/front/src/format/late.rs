//! `late skip`.

use super::printer::Printer;
use super::words::in_column;
use crate::source::Span;
use crate::syntax::ast::Late;

pub(super) fn late(printer: &mut Printer<'_>, late: &Late, at: Span) {
    let Late(how) = late;
    printer.line(at, in_column("late", how.words()));
}
