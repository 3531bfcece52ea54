//! Values of the wrong kind.

use super::suggest::Names;
use super::{Code, Diagnostic, Edit, Mend, suggest};
use crate::naming::instead_of;
use crate::source::Location;
use crate::values::{day_after, end_of_month};
use flow_ir::limits::{DECIMALS, MAX_VALUE_CHARS, MAX_WHOLE_DIGITS};

pub(crate) fn type_mismatch(name: &str, is: &str, wanted: &str, at: Location, example: &str) -> Diagnostic {
    let diagnostic =
        Diagnostic::error(Code::TypeMismatch, format!("`{name}` is {is}"), at, format!("this needs {wanted}"));
    if example.is_empty() { diagnostic } else { diagnostic.help(format!("for example `{example}`")) }
}

/// `first_name text = "there"`: of a type that keeps no default. `printed`: mails have it in their texts.
pub(crate) fn no_default(field: &str, is: &str, printed: bool, at: Location) -> Diagnostic {
    let diagnostic =
        Diagnostic::error(Code::TypeMismatch, format!("`{field}` can have no default"), at, format!("it is {is}"))
            .why("only numbers, money, dates, yes/no and lists of values start with one");
    match printed {
        true => diagnostic.help(format!(
            "declare it with `?`, and say where it is used what stands there without it: `{{{field} or \"{}\"}}`",
            instead_of(field)
        )),
        false => diagnostic.help(format!("declare it with `?`, and ask `{field} is known` where it matters")),
    }
}

/// `qty number = 1` among the properties of an event.
pub(crate) fn no_default_of_an_event(property: &str, at: Location) -> Diagnostic {
    let message = format!("`{property}` can have no default");
    Diagnostic::error(Code::TypeMismatch, message, at, "what an event does not say is not known")
        .why("it is told by whoever sends the event, and nobody else knows it")
        .help(format!(
            "declare it with `?`, and say in the steps what stands there without it: `trigger.{property} or …`"
        ))
}

pub(crate) fn unknown_choice(field: &str, value: &str, choices: &Names<'_>, at: Location) -> Diagnostic {
    let diagnostic = Diagnostic::error(
        Code::UnknownChoice,
        format!("`{field}` can never be \"{value}\""),
        at,
        "not one of its values",
    )
    .why("this would be false for everyone");
    match choices.nearest(value) {
        Some(nearest) => diagnostic.help(format!("did you mean \"{nearest}\"?")).edit(at, format!("\"{nearest}\"")),
        None => diagnostic.help(format!("its values are {}", choices.list(12))),
    }
}

pub(crate) fn not_a_condition(text: &str, is: &str, at: Location, example: &str) -> Diagnostic {
    let diagnostic =
        Diagnostic::error(Code::NotACondition, format!("`{text}` alone is no condition"), at, format!("it is {is}"));
    if example.is_empty() { diagnostic } else { diagnostic.help(format!("write for example `{example}`")) }
}

/// `stage is not customer or opportunity`
pub(crate) fn adds_nobody(stage: &str, excluded: &str, at: Location) -> Diagnostic {
    Diagnostic::error(Code::NotACondition, format!("`or {stage}` adds nobody here"), at, "they are meant already")
        .why(format!("whoever is at `{stage}` is not at `{excluded}`, so the first half holds for them too"))
        .help("if neither is meant, they stand in a list:")
}

/// `industry contains "zorg"`
pub(crate) fn holds_no_value(field: &str, relation: &str, values: &[String], at: Location) -> Diagnostic {
    let known: Vec<&str> = values.iter().map(String::as_str).collect();
    Diagnostic::error(
        Code::TypeMismatch,
        format!("no value of `{field}` {relation} this"),
        at,
        "looked for in a list of values",
    )
    .why(format!("`{field}` is one of a list, and nobody could ever have a value with this in it"))
    .help(format!(
        "its values are {}: ask for one of them with `is`, or for several with `in`",
        suggest::list(&known, 8)
    ))
}

/// `employees >= employees`
pub(crate) fn same_on_both_sides(field: &str, test: &str, at: Location) -> Diagnostic {
    Diagnostic::error(
        Code::NotACondition,
        format!("`{test}` compares `{field}` with itself"),
        at,
        "the same on both sides",
    )
    .why("it comes out the same for everyone who has a value")
    .help(format!("put another field, or a value, on one side; who has a value is asked with `{field} is known`"))
}

pub(crate) fn nothing_to_look_for(field: &str, words: &str, at: Location) -> Diagnostic {
    Diagnostic::error(Code::NotACondition, "an empty text is no condition", at, "nothing is looked for")
        .why(format!("`{words} \"\"` would hold wherever `{field}` has a value"))
        .help(format!("say what to look for, or write `{field} is known`"))
}

pub(crate) fn bad_number(text: &str, why: &str, at: Location) -> Diagnostic {
    Diagnostic::error(Code::BadNumber, format!("`{text}` cannot be used as a number"), at, why.to_owned())
        .help(format!("numbers are exact: at most {DECIMALS} decimals and {MAX_WHOLE_DIGITS} digits before them"))
}

pub(crate) fn not_settable(field: &str, why: &str, at: Location, help: &str) -> Diagnostic {
    Diagnostic::error(Code::NotSettable, format!("`{field}` cannot be set here"), at, why.to_owned())
        .help(help.to_owned())
}

/// `set track = ""`
pub(crate) fn empty_value(at: Location) -> Diagnostic {
    Diagnostic::error(Code::MissingClause, "this text is empty", at, "nothing to read")
        .why("an empty cell of a file says nothing of a person either, and no step takes a text away")
        .help("write what it is, such as `set track = \"none\"`")
}

/// A field would be set to a text that no import may bring either.
pub(crate) fn text_value_too_long(chars: usize, at: Location) -> Diagnostic {
    let message = format!("this text has {chars} characters, and a field holds {MAX_VALUE_CHARS}");
    Diagnostic::error(Code::TooLarge, message, at, "too long").help("shorten it")
}

pub(crate) fn same_choice(text: &str, at: Location, first: Location) -> Diagnostic {
    Diagnostic::error(Code::SameChoice, format!("\"{text}\" is in this list already"), at, "here again")
        .label(first, "the first one")
        .why("texts are compared without regard to case, so nobody could ever have the second")
        .help("leave it out")
}

/// `named`: a name may stand before it.
pub(crate) fn bad_address(text: &str, why: &str, at: Location, named: bool) -> Diagnostic {
    let diagnostic =
        Diagnostic::error(Code::BadAddress, format!("\"{text}\" is no e-mail address"), at, why.to_owned())
            .why("nothing could be sent to it");
    let inside = text.trim().strip_suffix('>').and_then(|text| text.rsplit_once('<')).map(|(_, inside)| inside.trim());
    match inside.filter(|inside| crate::address::parts(inside).is_ok()) {
        Some(inside) => diagnostic.help("the address stands alone here:").edit(at, format!("\"{inside}\"")),
        None if named => diagnostic.help("write it as \"ana@acme.example\" or \"Ana <ana@acme.example>\""),
        None => diagnostic.help("write it as \"ana@acme.example\""),
    }
}

/// `alone`: the field that is all of it, which may be read there without quotes.
pub(crate) fn no_fields_here(at: Location, alone: Option<&str>) -> Diagnostic {
    let message = "this text must be the same for everyone";
    let mut found = Diagnostic::error(Code::NoFieldsHere, message, at, "a field would make it differ")
        .help("write it without `{…}`");
    // A field of the contact is no value of a condition, and its name between quotes would be a text that nobody has.
    found.tries.extend(alone.filter(|name| name.starts_with("trigger.")).map(|name| Mend {
        help: "what stands without quotes is read:".to_owned(),
        edits: vec![Edit { at, text: name.to_owned() }],
    }));
    found
}

pub(crate) fn bad_date(text: &str, at: Location) -> Diagnostic {
    let found = Diagnostic::error(Code::BadDate, format!("`{text}` is not a day of the calendar"), at, "no such day");
    match end_of_month(text).and_then(|last| Some((day_after(&last)?, last))) {
        Some((next, last)) => found.help(format!("that month ends with `{last}`, and the day behind it is `{next}`")),
        None => found.help("write year, month and day: `2026-10-01`"),
    }
}

/// `created_at > 2026-01-31`: a day has many moments.
/// `whole` is the test, and each reading stands for all of it.
pub(crate) fn unclear_day(test: &str, at: Location, whole: Location, [with, without]: [String; 2]) -> Diagnostic {
    let label = "is this day itself meant too?";
    Diagnostic::error(Code::UnclearDay, format!("`{test}` can be read in two ways"), at, label)
        .reading("with that day:", whole, with)
        .reading("without that day:", whole, without)
}

pub(crate) fn unknown_country(text: &str, nearest: Option<&str>, at: Location) -> Diagnostic {
    let diagnostic = Diagnostic::error(
        Code::UnknownCountry,
        format!("\"{text}\" is no country"),
        at,
        "not the code or English name of one",
    )
    .why("this would be false for everyone");
    match nearest {
        Some(nearest) => diagnostic.help(format!("did you mean \"{nearest}\"?")).edit(at, format!("\"{nearest}\"")),
        None => diagnostic.help("write its code or its English name: \"DE\", \"DEU\" or \"Germany\""),
    }
}

/// `first_name is ""`: an empty value is none at all.
pub(crate) fn never_empty(field: &str, at: Location) -> Diagnostic {
    Diagnostic::error(Code::NeverTrue, format!("`{field}` is never an empty text"), at, "nobody has this")
        .why("a value that is empty is kept as none at all")
        .help("ask whether it is there, with `is known` or `is unknown`")
        .edit(at, "unknown")
}

/// `first_name is " Ada "`: values are kept without them.
pub(crate) fn outer_blanks(field: &str, text: &str, mended: &str, at: Location) -> Diagnostic {
    let message = format!("`{field}` never has the blank at the end of \"{text}\"");
    let message = if text.starts_with(char::is_whitespace) {
        format!("`{field}` never has the blank at the beginning of \"{text}\"")
    } else {
        message
    };
    Diagnostic::error(Code::NeverTrue, message, at, "values are kept without the blanks around them")
        .why("this would be false for everyone")
        .help("leave it out:")
        .edit(at, format!("\"{mended}\""))
}

pub(crate) fn unknown_zone(text: &str, at: Location) -> Diagnostic {
    Diagnostic::error(Code::UnknownZone, format!("\"{text}\" is no time zone"), at, "no zone has this name")
        .why("this would be false for everyone")
        .help("zones go by continent and city, such as \"Europe/Berlin\" or \"America/New_York\"")
}

pub(crate) fn never_that_address(field: &str, text: &str, why: &str, at: Location) -> Diagnostic {
    Diagnostic::error(Code::BadAddress, format!("`{field}` can never be \"{text}\""), at, why.to_owned())
        .why("no address looks so, and this would be false for everyone")
        .help(format!("write a whole address, or ask for a part of it: `{field} ends with \"@acme.example\"`"))
}

pub(crate) fn never_that_link(field: &str, text: &str, at: Location) -> Diagnostic {
    Diagnostic::error(Code::BadLink, format!("`{field}` can never be \"{text}\""), at, "no web address begins so")
        .why("this would be false for everyone")
        .help(format!(
            "write it in full, \"https://acme.example/page\", or ask for a part of it with `{field} contains`"
        ))
}

/// `a_at > renewal_date`: a moment beside a date. Each with its name and kind.
pub(crate) fn fields_of_two_kinds([field, is]: [&str; 2], [other, of]: [&str; 2], at: Location) -> Diagnostic {
    Diagnostic::error(Code::TypeMismatch, format!("`{other}` is {of}"), at, format!("`{field}` is {is}"))
        .why("only what is of one kind can be compared")
        .help(format!("name another field that is {is}, or write a value"))
}

/// `job_title is first_name`: a text is compared with what is written.
pub(crate) fn field_beside_value(field: &str, other: &str, is: &str, at: Location, example: &str) -> Diagnostic {
    let label = format!("what `{field}` is compared with is written out");
    Diagnostic::error(Code::TypeMismatch, format!("`{other}` is a field too"), at, label)
        .why(format!("numbers, dates and moments of a person can be compared with each other; `{field}` is {is}"))
        .help(format!("write its value, such as `{example}`"))
}

/// `employees >= 1.500`: a point parts thousands in some countries.
pub(crate) fn point_or_thousands(text: &str, at: Location, [decimal, thousands]: [String; 2]) -> Diagnostic {
    Diagnostic::error(Code::BadNumber, format!("`{text}` can be read in two ways"), at, "a point, or thousands?")
        .reading("with thousands:", at, thousands)
        .reading("with decimals:", at, decimal)
}

/// `a_at < 9999-12-31`: behind the last day there is none to end it.
pub(crate) fn too_far(text: &str, at: Location) -> Diagnostic {
    Diagnostic::error(Code::BadDate, format!("`{text}` is too far away for a moment"), at, "no day comes after it")
        .help("write a nearer day; for those who have no date, ask with `is unknown`")
}

pub(crate) fn bad_link(url: &str, at: Location) -> Diagnostic {
    Diagnostic::error(Code::BadLink, format!("\"{url}\" is no web address"), at, "readers could not open it")
        .help("write it in full: \"https://acme.example/page\"")
}
