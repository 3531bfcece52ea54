//! `add to list partners`, `remove from list partners`

use super::printer::Printer;
use crate::syntax::ast::{EnlistStep, Step};

pub(super) fn format(printer: &mut Printer<'_>, step: &Step, enlist: &EnlistStep) {
    let words = if enlist.added { "add to list" } else { "remove from list" };
    printer.step(step, &format!("{words} {}", enlist.list.text));
}
