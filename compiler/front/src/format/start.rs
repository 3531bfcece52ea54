//! `start WORKFLOW with PROPERTY = VALUE`

use super::printer::Printer;
use super::value::literal;
use crate::syntax::ast::{Given, StartStep, Step};

pub(super) fn format(printer: &mut Printer<'_>, step: &Step, start: &StartStep) {
    let given: Vec<String> = start.given.iter().map(|given| self::given(printer, given)).collect();
    let with = if given.is_empty() { String::new() } else { format!(" with {}", given.join(", ")) };
    printer.step(step, &format!("start {}{with}", start.workflow.text));
}

fn given(printer: &Printer<'_>, given: &Given) -> String {
    let or = given.fallback.as_ref().map(|fallback| format!(" or {}", literal(printer, fallback))).unwrap_or_default();
    format!("{} = {}{or}", given.property.text, literal(printer, &given.value))
}
