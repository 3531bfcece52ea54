//! `send EMAIL` and `send EMAIL again`.

use super::printer::Printer;
use crate::syntax::ast::{SendStep, Step};

pub(super) fn format(printer: &mut Printer<'_>, step: &Step, send: &SendStep) {
    let again = if send.again.is_some() { " again" } else { "" };
    printer.step(step, &format!("send {}{again}", send.email.text));
}
