//! `reenter never`, `reenter after D` and `reenter always`.

use super::printer::Printer;
use super::value::duration;
use super::words::in_column;
use crate::source::Span;
use crate::syntax::ast::{PerValue, Reenter};

pub(super) fn reenter(printer: &mut Printer<'_>, reenter: &Reenter, at: Span) {
    let again = match reenter {
        Reenter::Never => "never".to_owned(),
        Reenter::Always => "always".to_owned(),
        Reenter::After(time) => format!("after {}", duration(printer, time)),
        Reenter::Per(PerValue { event, property, again, .. }) => {
            let again = again.as_ref().map(|time| format!(" again after {}", duration(printer, time)));
            format!("per {}.{}{}", event.text, property.text, again.unwrap_or_default())
        }
    };
    printer.line(at, in_column("reenter", &again));
}
