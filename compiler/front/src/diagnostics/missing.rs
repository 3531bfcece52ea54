//! Values that may be missing.

use super::{Code, Diagnostic};
use crate::source::Location;
use crate::syntax::ast::trigger_property;

pub(crate) fn possibly_missing_in_text(field: &str, at: Location, declared: Option<Location>) -> Diagnostic {
    declared_at(
        Diagnostic::error(Code::PossiblyMissing, format!("`{field}` may be missing here"), at, "a text needs a value"),
        field,
        declared,
    )
    .why("whoever has none would read a hole in the sentence")
    .help("say what to write instead:")
    .edit(at, format!("{{{field} or \"{}\"}}", crate::naming::instead_of(field)))
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

/// A date that people wait for; `end` is the end of the line.
pub(crate) fn possibly_missing_date(
    field: &str,
    at: Location,
    declared: Option<Location>,
    end: Location,
) -> Diagnostic {
    let message = format!("`{field}` may be missing here");
    declared_at(
        Diagnostic::error(Code::PossiblyMissing, message, at, "until when does somebody wait who has none?"),
        field,
        declared,
    )
    .why("whoever has no date would go on at once, as if it were past")
    .help("say what becomes of them, and of those whose date is past:")
    .edit(end, ", if past { exit }")
}

/// A field, and where it is declared to be one that may be missing.
type MayMiss<'t> = (&'t str, Option<Location>);

/// A negative test of fields that may be missing: both readings, for the writer to choose.
pub(crate) fn missing_surprises(fields: &[MayMiss<'_>], test: &str, at: Location) -> Diagnostic {
    let message = format!("people whose {} is missing: are they meant?", named(fields));
    let label = "a comparison with a missing value is false, which surprises here";
    both_readings(Diagnostic::error(Code::MissingSurprises, message, at, label), fields, test, at)
}

/// The same under a `not`.
pub(crate) fn missing_under_not(fields: &[MayMiss<'_>], test: &str, at: Location) -> Diagnostic {
    let message = format!("`not` would also take everyone whose {} is missing", named(fields));
    let label = "a comparison with a missing value is false, so its opposite is true";
    both_readings(Diagnostic::error(Code::MissingSurprises, message, at, label), fields, test, at)
}

/// A negative test of what an event may lack. The second reading is for those that happened once: a number of them has none.
pub(crate) fn missing_in_event(
    event: &str,
    properties: &[MayMiss<'_>],
    at: Location,
    without: String,
    with: Option<String>,
) -> Diagnostic {
    let message = format!("an event `{event}` whose {} is missing: does it count?", named(properties));
    let label = "a comparison with a missing value is false, which surprises here";
    let diagnostic = all_declared(Diagnostic::error(Code::MissingSurprises, message, at, label), properties);
    match with {
        Some(with) => diagnostic
            .reading(format!("without those whose {} is missing:", named(properties)), at, without)
            .reading(format!("with those whose {} is missing:", named(properties)), at, with),
        None => diagnostic.help("where they do not:").edit(at, without),
    }
}

fn both_readings(diagnostic: Diagnostic, fields: &[MayMiss<'_>], test: &str, at: Location) -> Diagnostic {
    let all = |is: &str, word: &str| {
        let parts = fields.iter().map(|(field, _)| format!("{field} is {is}")).chain([test.to_owned()]);
        format!("({})", parts.collect::<Vec<_>>().join(word))
    };
    all_declared(diagnostic, fields)
        .reading(format!("without those whose {} is missing:", named(fields)), at, all("known", " and "))
        .reading(format!("with those whose {} is missing:", named(fields)), at, all("unknown", " or "))
}

/// `seats`, `employees` or `region`; of very many the first.
fn named(fields: &[MayMiss<'_>]) -> String {
    const NAMED: usize = 3;
    let mut names: Vec<String> = fields.iter().take(NAMED).map(|(name, _)| format!("`{name}`")).collect();
    if fields.len() > NAMED {
        names.push(format!("one of {} others", fields.len() - NAMED));
    }
    match names.split_last() {
        Some((last, before)) if !before.is_empty() => format!("{} or {last}", before.join(", ")),
        _ => names.concat(),
    }
}

fn all_declared(diagnostic: Diagnostic, fields: &[MayMiss<'_>]) -> Diagnostic {
    fields.iter().fold(diagnostic, |diagnostic, (field, declared)| declared_at(diagnostic, field, *declared))
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
        Some(at) if trigger_property(field).is_some() => {
            diagnostic.label(at, "because of this, not everybody who comes in has it")
        }
        Some(at) => diagnostic.label(at, format!("`{field}` is declared with `?`")),
        None => diagnostic,
    }
}
