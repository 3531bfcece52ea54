//! `derived`: fields that follow from others.

use super::reach::{decided_for_all, left_to_all};
use super::{Code, Diagnostic};
use crate::source::Location;

/// Nothing says what everybody else is; `whole` is the declaration.
pub(crate) fn no_otherwise(field: &str, at: Location, whole: Location) -> Diagnostic {
    let end = crate::source::Span::new(whole.span.end, whole.span.end).in_file(whole.file);
    Diagnostic::error(
        Code::MissingClause,
        format!("`{field}` does not say what everybody else is"),
        at,
        "ends with its `when`s",
    )
    .why("whoever no `when` is about would have a value that nobody wrote, or none without anybody knowing")
    .help("say it at the end; `otherwise \"other\"` gives them a value too:")
    .edit(end, " otherwise unknown")
}

/// Two conditions are one and the same.
pub(crate) fn asked_twice(test: &str, at: Location, first: Location) -> Diagnostic {
    Diagnostic::error(Code::ChosenTwice, format!("`{test}` has a value already"), at, "nobody would get this one")
        .label(first, "they get that one")
        .why("the conditions are asked in their order, and the first one that holds decides")
        .help("leave it out here, or write the condition that is meant")
}

/// The condition holds of everybody.
pub(crate) fn everyone_has_it(test: &str, at: Location) -> Diagnostic {
    Diagnostic::error(Code::AlwaysTrue, format!("`{test}` is always true"), at, "everyone has this value")
        .why("the values behind it would never be used")
        .help("ask for something that is true of some of them, or let this be the value behind `otherwise`")
}

/// The conditions before decide it for all whom it is true of.
pub(crate) fn nobody_has_it(test: &str, at: Location, because: Vec<Location>) -> Diagnostic {
    decided_for_all(test, at, because, "nobody gets this value")
        .why("the conditions are asked in their order, and the first one that holds decides")
        .help("ask for the fewest people first, or leave this out")
}

/// `derived size = when seats >= 60 "many" when seats < 60 "few" otherwise unknown`
pub(crate) fn the_rest_have_it(test: &str, at: Location, because: Vec<Location>) -> Diagnostic {
    left_to_all(test, at, because, "everyone who is left has this value")
        .why("the values behind it would never be used")
        .help(
            "let this be the value behind `otherwise`, or ask for something that is true of some of those who are left",
        )
}

pub(crate) fn empty_value(at: Location) -> Diagnostic {
    Diagnostic::error(Code::MissingClause, "this value is empty", at, "nothing to read")
        .why("a text that shows it would have a gap, and no condition could ask for it")
        .help("write what they are, such as `\"other\"`; for none at all, `otherwise unknown`")
}

/// `segment` that leads back to itself by the way of derived fields, or such a field that does.
pub(crate) fn defined_by_itself(field: &str, at: Location) -> Diagnostic {
    Diagnostic::error(Code::NotACondition, format!("`{field}` follows from itself"), at, "this leads back to it")
        .why("what it is would have to be known before it can be worked out")
        .help("ask for what it follows from instead, without naming it")
}

/// `set persona = "sales"`
pub(crate) fn not_settable(field: &str, at: Location, declared: Option<Location>) -> Diagnostic {
    let why = "it follows from what is known of a person";
    let diagnostic = super::types::not_settable(field, why, at, "change a field that one of its `when`s asks for");
    match declared {
        Some(declared) => diagnostic.label(declared, "it is worked out here"),
        None => diagnostic,
    }
}
