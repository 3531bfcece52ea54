//! `weekday not in (saturday, sunday)`

use crate::format::printer::Printer;
use crate::source::Span;
use crate::syntax::ast::OnWeekday;

pub(super) fn format(_: &Printer<'_>, OnWeekday { negated, listed, days }: &OnWeekday, _: Span) -> String {
    let days: Vec<&str> = days.iter().map(|day| day.word()).collect();
    let days = days.join(", ");
    match (listed, negated) {
        (true, true) => format!("weekday not in ({days})"),
        (true, false) => format!("weekday in ({days})"),
        (false, true) => format!("weekday is not {days}"),
        (false, false) => format!("weekday is {days}"),
    }
}
