//! `hour in contact timezone between 9 and 17`

use super::sign;
use crate::format::printer::Printer;
use crate::format::value::literal;
use crate::source::Span;
use crate::syntax::ast::{AtHour, HourAsks};

pub(super) fn format(printer: &Printer<'_>, hour: &AtHour, _: Span) -> String {
    let number = |number| literal(printer, number);
    let asks = match &hour.asks {
        HourAsks::Order(order, hour) => format!("{} {}", sign(*order), number(hour)),
        HourAsks::Is(hour) => format!("is {}", number(hour)),
        HourAsks::IsNot(hour) => format!("is not {}", number(hour)),
        HourAsks::Between(from, to) => format!("between {} and {}", number(from), number(to)),
    };
    format!("hour in contact timezone {asks}")
}
