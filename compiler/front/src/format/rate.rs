//! `rate 200 an hour`.

use super::printer::Printer;
use super::value::duration;
use super::words::in_column;
use crate::source::Span;
use crate::syntax::ast::Rate;

pub(super) fn rate(printer: &mut Printer<'_>, rate: &Rate, at: Span) {
    let Rate(written) = rate;
    printer.line(at, in_column("rate", &duration(printer, written)));
}
