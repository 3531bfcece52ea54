//! `enter when P`, `enter 30 days before renewal_date`, `enter by hand`.

use super::predicate::condition;
use super::printer::Printer;
use super::value::duration;
use crate::source::Span;
use crate::syntax::ast::{Dates, DatesOf, Enter, Existing, ScheduledDays};

pub(super) fn enter(printer: &mut Printer<'_>, enter: &Enter, at: Span) {
    let existing = match enter.existing {
        Some(Existing::NewOnly) => " new only",
        Some(Existing::Including) => " including existing",
        None => "",
    };
    let lines = match (&enter.dates, &enter.when) {
        (Some(dates), Some(when)) => {
            condition(printer, &format!("enter {} and ", self::dates(printer, dates)), when, "")
        }
        (Some(dates), None) => vec![format!("enter {}", self::dates(printer, dates))],
        (None, Some(when)) => condition(printer, "enter when ", when, existing),
        (None, None) => vec!["enter by hand".to_owned()],
    };
    printer.lines(at, lines);
}

fn dates(printer: &Printer<'_>, dates: &Dates) -> String {
    let at = dates.at.as_ref().map(|at| format!(" at {}", at.text)).unwrap_or_default();
    match &dates.of {
        DatesOf::Field { far, field, yearly, at_once } => {
            let far = match far {
                Some((length, side)) => format!("{} {}", duration(printer, length), side.word()),
                None => "on".to_owned(),
            };
            let yearly = if *yearly { " every year" } else { "" };
            let at_once = if *at_once { " or at once" } else { "" };
            format!("{far} {}{yearly}{at}{at_once}", field.text)
        }
        DatesOf::Schedule { segment, days, at_home } => {
            let days = match days {
                ScheduledDays::On(date) => format!("on {}", date.text),
                ScheduledDays::Every { nth: Some(nth), weekday } => format!("every {} {}", nth.text, weekday.text),
                ScheduledDays::Every { nth: None, weekday } => format!("every {}", weekday.text),
            };
            let home = if *at_home { " in contact timezone" } else { "" };
            format!("everyone in {} {days}{at}{home}", segment.text)
        }
    }
}
