//! `send EMAIL`.

use super::printer::Printer;
use crate::syntax::ast::{SendStep, Step};

pub(super) fn format(printer: &mut Printer<'_>, step: &Step, send: &SendStep) {
    printer.step(step, &format!("send {}", send.email.text));
}
