//! `score += N` and `set FIELD = VALUE`.

use super::printer::Printer;
use super::value::value;
use crate::syntax::ast::{Change, Step};

pub(super) fn format(printer: &mut Printer<'_>, step: &Step, change: &Change) {
    let line = match change {
        Change::Count { field, minus, amount } => {
            let sign = if *minus { "-=" } else { "+=" };
            format!("{} {sign} {}", field.text, value(printer, amount))
        }
        Change::Set { field, value: new } => format!("set {} = {}", field.text, value(printer, new)),
    };
    printer.step(step, &line);
}
