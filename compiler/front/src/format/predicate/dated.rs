//! `renewal_date between today and today + 30 days`

use super::sign;
use crate::format::printer::Printer;
use crate::format::value::{duration, literal};
use crate::source::Span;
use crate::syntax::ast::{Dated, DatedAsks, Time, TimeBase};

pub(super) fn format(printer: &Printer<'_>, dated: &Dated, _: Span) -> String {
    let left = time(printer, &dated.left);
    match &*dated.asks {
        DatedAsks::Order(order, right) => format!("{left} {} {}", sign(*order), time(printer, right)),
        DatedAsks::Is(right) => format!("{left} is {}", time(printer, right)),
        DatedAsks::IsNot(right) => format!("{left} is not {}", time(printer, right)),
        DatedAsks::Between(from, to) => format!("{left} between {} and {}", time(printer, from), time(printer, to)),
        DatedAsks::MoreThanAgo(time) => format!("{left} more than {} ago", duration(printer, time)),
        DatedAsks::LessThanAgo(time) => format!("{left} less than {} ago", duration(printer, time)),
    }
}

fn time(printer: &Printer<'_>, time: &Time) -> String {
    let base = match &time.base {
        TimeBase::Today(_) => "today".to_owned(),
        TimeBase::Now(_) => "now".to_owned(),
        TimeBase::Field(name) => name.text.clone(),
        TimeBase::Date(date) => literal(printer, date),
    };
    let shifts = time.shifts.iter().map(|(minus, length)| {
        let sign = if *minus { "-" } else { "+" };
        format!(" {sign} {}", duration(printer, length))
    });
    base + &shifts.collect::<String>()
}
