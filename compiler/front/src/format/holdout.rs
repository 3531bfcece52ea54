//! `holdout 10%`.

use super::printer::Printer;
use super::words::in_column;
use crate::source::Span;
use crate::syntax::ast::Holdout;

pub(super) fn holdout(printer: &mut Printer<'_>, holdout: &Holdout, at: Span) {
    let Holdout(percent) = holdout;
    printer.line(at, in_column("holdout", &format!("{}%", percent.text)));
}
