//! `suppress because "…"`

use super::printer::Printer;
use super::value::text;
use crate::syntax::ast::{Step, SuppressStep};

pub(super) fn format(printer: &mut Printer<'_>, step: &Step, suppress: &SuppressStep) {
    printer.step(step, &format!("suppress because {}", text(printer, &suppress.because)));
}
