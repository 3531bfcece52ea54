//! What a single literal says as a value of a type, or what is wrong with it. Conditions, steps and the defaults of fields read it here.

use crate::diagnostics::suggest::Suggesting;
use crate::diagnostics::{Diagnostic, types};
use crate::env::schema::words;
use crate::source::Location;
use crate::syntax::ast::Literal;
use crate::values::{days_of, number_of, point_or_thousands};
use flow_ir::{Choices, FieldType};

/// A number as frames keep it. `text` is the literal as it is written.
pub(crate) fn number(literal: &Literal, text: &str, at: Location) -> Result<i64, Box<Diagnostic>> {
    match literal {
        Literal::Number(text, _) => {
            let value = number_of(text).map_err(|why| types::bad_number(text, &why, at))?;
            match point_or_thousands(text) {
                Some(readings) => Err(Box::new(types::point_or_thousands(text, at, readings))),
                None => Ok(value),
            }
        }
        other => Err(Box::new(types::type_mismatch(text, kind(other), "a number", at, "10"))),
    }
}

/// A date in days since 1970-01-01.
pub(crate) fn date(literal: &Literal, text: &str, at: Location) -> Result<i64, Box<Diagnostic>> {
    match literal {
        Literal::Date(text, _) => days_of(text).ok_or_else(|| Box::new(types::bad_date(text, at))),
        other => Err(Box::new(types::type_mismatch(text, kind(other), "a date", at, "2026-10-01"))),
    }
}

/// A text that is the same for everyone.
pub(crate) fn plain(
    field: &str,
    ty: &FieldType,
    literal: &Literal,
    text: &str,
    at: Location,
) -> Result<String, Box<Diagnostic>> {
    match literal {
        Literal::Text(text) => text.plain().ok_or_else(|| Box::new(types::no_fields_here(at, text.field_alone()))),
        other => Err(Box::new(wrong(field, ty, other, text, at))),
    }
}

/// A value of a list, by its place in it: texts are compared without regard to case.
pub(crate) fn choice(
    field: &str,
    ty: &FieldType,
    choices: &Choices,
    literal: &Literal,
    text: &str,
    at: Location,
    suggesting: Suggesting,
) -> Result<usize, Box<Diagnostic>> {
    let written = plain(field, ty, literal, text, at)?;
    choices.place_of(&written).ok_or_else(|| {
        let names = suggesting.listed(choices.iter().map(String::as_str));
        Box::new(types::unknown_choice(field, &written, &names, at))
    })
}

/// A literal of another kind than the field that it is asked of.
pub(crate) fn wrong(field: &str, ty: &FieldType, literal: &Literal, text: &str, at: Location) -> Diagnostic {
    let wanted = format!("{} like `{field}`", words(ty));
    match literal {
        // `industry is saas`
        Literal::Word(_) if ty.is_text() || matches!(ty, FieldType::OneOf(_)) => {
            types::type_mismatch(text, "a name", &wanted, at, "")
                .help("texts stand in quotes:")
                .edit(at, format!("\"{text}\""))
        }
        _ => types::type_mismatch(text, kind(literal), &wanted, at, &example(field, ty)),
    }
}

/// A question about a field of a type.
pub(crate) fn example(field: &str, ty: &FieldType) -> String {
    match ty {
        FieldType::YesNo => format!("{field} is yes"),
        FieldType::Number | FieldType::Money => format!("{field} >= 10"),
        FieldType::Date => format!("{field} is 2026-10-01"),
        FieldType::Stage => "stage is customer".to_owned(),
        FieldType::Country => format!("{field} is \"DE\""),
        FieldType::OneOf(choices) => format!("{field} is \"{}\"", choices.first().map_or("…", String::as_str)),
        _ => format!("{field} is \"…\""),
    }
}

/// A literal's kind in words.
pub(crate) fn kind(literal: &Literal) -> &'static str {
    match literal {
        Literal::Number(..) => "a number",
        Literal::Text(_) => "a text",
        Literal::Truth(..) => "a yes or no",
        Literal::Date(..) => "a date",
        Literal::Word(_) => "a name",
        Literal::Nested(..) => "a value",
    }
}
