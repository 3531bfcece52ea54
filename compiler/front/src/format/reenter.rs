//! `reenter never`, `reenter after D` and `reenter always`.

use super::printer::Printer;
use super::value::duration;
use super::words::in_column;
use crate::source::Span;
use crate::syntax::ast::Reenter;

pub(super) fn reenter(printer: &mut Printer<'_>, reenter: &Reenter, at: Span) {
    let again = match reenter {
        Reenter::Never => "never".to_owned(),
        Reenter::Always => "always".to_owned(),
        Reenter::After(time) => format!("after {}", duration(printer, time)),
    };
    printer.line(at, in_column("reenter", &again));
}
