//! `stages`: the lifecycle, on one line.

use super::printer::Printer;
use crate::source::Span;
use crate::syntax::ast::Stages;

pub(super) fn format(printer: &mut Printer<'_>, stages: &Stages, at: Span) {
    let names: Vec<&str> = stages.names.iter().map(|name| name.text.as_str()).collect();
    printer.line(at, format!("stages {}", names.join(" < ")));
}
