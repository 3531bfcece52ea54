//! `enter when P` and `enter by hand`.

use super::predicate::condition;
use super::printer::Printer;
use crate::source::Span;
use crate::syntax::ast::{Enter, Existing};

pub(super) fn enter(printer: &mut Printer<'_>, enter: &Enter, at: Span) {
    let existing = match enter.existing {
        Some(Existing::NewOnly) => " new only",
        Some(Existing::Including) => " including existing",
        None => "",
    };
    let lines = match &enter.when {
        Some(when) => condition(printer, "enter when ", when, existing),
        None => vec!["enter by hand".to_owned()],
    };
    printer.lines(at, lines);
}
