//! Values that may be missing.

use super::{Code, Diagnostic};
use crate::source::Location;

pub(crate) fn possibly_missing_in_text(field: &str, at: Location, declared: Option<Location>) -> Diagnostic {
    declared_at(
        Diagnostic::error(Code::PossiblyMissing, format!("`{field}` may be missing here"), at, "a text needs a value"),
        field,
        declared,
    )
    .why("whoever has none would read a hole in the sentence")
    .help("say what to write instead:")
    .edit(at, format!("{{{field} or \"there\"}}"))
}

/// In a sum, or as what a field is set to.
pub(crate) fn possibly_missing_number(field: &str, at: Location, declared: Option<Location>) -> Diagnostic {
    declared_at(
        Diagnostic::error(
            Code::PossiblyMissing,
            format!("`{field}` may be missing here"),
            at,
            "there must be a number to count",
        ),
        field,
        declared,
    )
    .help("say what to count instead:")
    .edit(at, format!("({field} or 0)"))
}

/// A negative test on a field that may be missing: both readings, for the writer to choose.
pub(crate) fn missing_surprises(field: &str, test: &str, at: Location, declared: Option<Location>) -> Diagnostic {
    declared_at(
        Diagnostic::error(
            Code::MissingSurprises,
            format!("people whose `{field}` is missing: are they meant?"),
            at,
            "a comparison with a missing value is false, which surprises here",
        ),
        field,
        declared,
    )
    .reading(&format!("without those whose `{field}` is missing:"), at, format!("({field} is known and {test})"))
    .reading(&format!("with those whose `{field}` is missing:"), at, format!("({field} is unknown or {test})"))
}

/// The same under a `not`.
pub(crate) fn missing_under_not(field: &str, test: &str, at: Location, declared: Option<Location>) -> Diagnostic {
    declared_at(
        Diagnostic::error(
            Code::MissingSurprises,
            format!("`not` would also take everyone whose `{field}` is missing"),
            at,
            "a comparison with a missing value is false, so its opposite is true",
        ),
        field,
        declared,
    )
    .reading(&format!("without those whose `{field}` is missing:"), at, format!("({field} is known and {test})"))
    .reading(&format!("with those whose `{field}` is missing:"), at, format!("({field} is unknown or {test})"))
}

/// `required` is where a field is declared that people may lack, though none whom a workflow asks.
pub(crate) fn never_missing(field: &str, unknown: bool, at: Location, required: Option<Location>) -> Diagnostic {
    let always = if unknown { "never" } else { "always" };
    let whom = if required.is_some() { "everyone who comes in" } else { "everyone" };
    let message = format!("`{field}` is known of {whom}");
    let diagnostic = Diagnostic::error(Code::NeverMissing, message, at, format!("so this is {always} true"));
    match required {
        Some(declared) => diagnostic
            .label(declared, "declared without `?`: whoever lacks it comes into no workflow that reads it")
            .help("leave it out, or declare it with `?` if people without it are meant to come in"),
        None => diagnostic.help("leave it out"),
    }
}

fn declared_at(diagnostic: Diagnostic, field: &str, declared: Option<Location>) -> Diagnostic {
    match declared {
        Some(at) => diagnostic.label(at, format!("`{field}` is declared with `?`")),
        None => diagnostic,
    }
}
