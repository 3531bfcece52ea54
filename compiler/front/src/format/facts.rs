//! `owner`, `reviewed` and `group`.

use super::printer::Printer;
use super::value::text;
use super::words::in_column;
use crate::source::Span;
use crate::syntax::ast::{Name, Text};

pub(super) fn owner(printer: &mut Printer<'_>, owner: &Text, at: Span) {
    printer.line(at, in_column("owner", &text(printer, owner)));
}

pub(super) fn reviewed(printer: &mut Printer<'_>, reviewed: &Name, at: Span) {
    printer.line(at, in_column("reviewed", &reviewed.text));
}

pub(super) fn group(printer: &mut Printer<'_>, group: &Name, at: Span) {
    printer.line(at, in_column("group", &group.text));
}
