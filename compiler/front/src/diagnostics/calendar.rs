//! Calendars of holidays.

use super::{Code, Diagnostic};
use crate::country;
use crate::source::Location;

/// Two calendars of one country, or two of everybody else.
pub(crate) fn two_calendars(country: Option<&str>, at: Location, first: Location) -> Diagnostic {
    let (message, what) = match country {
        Some(code) => {
            let name = country::name_of(code).unwrap_or(code);
            (format!("{name} has two calendars"), "keep one of them, and put the days of both into it")
        }
        None => (
            "two calendars are for everybody who has none of their own".to_owned(),
            "say of one of them whose it is: `calendar germany for country is \"DE\" { .. }`, or put the days of both into one",
        ),
    };
    Diagnostic::error(Code::TwoCalendars, message, at, "the second one")
        .label(first, "the first one")
        .why("it would be unclear which holidays count")
        .help(what)
}

/// A day that a calendar has already.
pub(crate) fn holiday_twice(text: &str, at: Location, first: Location) -> Diagnostic {
    Diagnostic::error(Code::HolidayTwice, format!("`{text}` is in this calendar already"), at, "here again")
        .label(first, "first here")
        .why("one of the two is likely meant to be another day")
        .help("write each day once")
}

/// A calendar of a country, where nobody's country is known. `is_other`: there is a field of that name, which holds something else.
pub(crate) fn no_country(at: Location, is_other: bool) -> Diagnostic {
    let message = "nobody's country is known here".to_owned();
    let label = if is_other { "the field `country` is of another type" } else { "contacts have no field `country`" };
    Diagnostic::error(Code::UnknownField, message, at, label)
        .why("whose holidays are whose is told by the contact's `country`")
        .help("declare it as a country: `contact { country country? }` (`use std.b2b` brings it in); without `for`, a calendar is everybody's")
}
