//! One value: from text or JSON to what a field holds.
//!
//! Values are trimmed; nothing else about them is guessed. `1,200` is twelve hundred in one country and one and a fifth in another,
//! so it is no number here, and neither is a date in any order but year, month, day.

use chrono::{NaiveDate, TimeDelta};
use flow_ir::units::DAY_MS;
use flow_ir::{FieldType, FieldValue, NUMBER_SCALE, VALUE_LIMIT};
use flow_stdlib::names::{Name, NameKind, names};
use serde_json::{Number, Value};
use std::borrow::Cow;

use super::finding::{Fault, Reason};
use super::names::plain as letters;
use crate::time::{Instant, InstantError, Zone, Zones, civil};

/// The most characters of a text.
pub(crate) use flow_ir::limits::MAX_VALUE_CHARS as MAX_TEXT_CHARS;

const DECIMALS: usize = 4;
/// Every decimal of four places below this has at most fifteen digits, which is what a JSON number with a point keeps exactly.
const EXACT_FLOAT_LIMIT: f64 = 1e11;

/// What values are read against: the type, the stages of the program for a stage, and the zone of the project for the beginning of a
/// day.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shape<'a> {
    pub ty: &'a FieldType,
    pub stages: &'a [String],
    pub zone: Zone,
}

/// Why a value is none of its type.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason} ({help})")]
pub(crate) struct ValueError {
    pub reason: Reason,
    /// What to write instead.
    pub help: String,
}

impl From<Fault> for ValueError {
    fn from(fault: Fault) -> Self {
        Self { reason: fault.reason, help: fault.detail }
    }
}

impl From<ValueError> for Fault {
    fn from(error: ValueError) -> Self {
        Self { reason: error.reason, detail: error.help }
    }
}

fn fault(reason: Reason, help: impl Into<String>) -> ValueError {
    ValueError { reason, help: help.into() }
}

/// Reads a cell. An empty one is missing.
pub(crate) fn from_text(shape: Shape<'_>, text: &str) -> Result<FieldValue, ValueError> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(FieldValue::Missing);
    }
    match shape.ty {
        FieldType::Text => plain(text).map(FieldValue::Text),
        FieldType::Country => country(text).map(FieldValue::Text),
        FieldType::Email => address(text).map(FieldValue::Text),
        FieldType::Url => url(text).map(FieldValue::Text),
        FieldType::Timezone => zone(text).map(FieldValue::Text),
        FieldType::Number | FieldType::Money => number(text).map(FieldValue::Int),
        FieldType::YesNo => yes_or_no(text).map(FieldValue::Int),
        FieldType::Date => date(text).map(FieldValue::Int),
        FieldType::Moment => moment(text, shape.zone).map(|at| FieldValue::Int(at.0)),
        FieldType::OneOf(choices) => {
            choice(choices.place_of(text), choices, Reason::UnknownChoice).map(|at| FieldValue::Int(at + 1))
        }
        FieldType::Stage => choice(stage(text, shape.stages), shape.stages, Reason::UnknownStage).map(FieldValue::Int),
    }
}

/// The same of a cell of a file that a tool has written for people: a moment without a zone is one by the project's clocks.
pub(super) fn from_cell(shape: Shape<'_>, text: &str) -> Result<FieldValue, ValueError> {
    match shape.ty {
        FieldType::Moment if !text.trim().is_empty() => {
            moment_of_cell(text.trim(), shape.zone).map(|at| FieldValue::Int(at.0))
        }
        _ => from_text(shape, text),
    }
}

/// A moment as tools write it into their files: with a zone, without one (`2026-03-02 09:30`, by the project's clocks), or a day, which begins
/// in the project's zone.
pub(super) fn moment_of_cell(text: &str, zone: Zone) -> Result<Instant, ValueError> {
    let as_utc = || Instant::parse(&format!("{text}Z")).ok();
    moment(text, zone).or_else(|error| as_utc().map(|at| civil::same_on_the_wall(at, Zones::utc(), zone)).ok_or(error))
}

/// The place of a stage by its name, or by what other tools call it where the project has no stage of that name.
fn stage(text: &str, stages: &[String]) -> Option<usize> {
    let is_it = |stage: &str, wanted: &str| match stage.is_ascii() && wanted.is_ascii() {
        true => stage.eq_ignore_ascii_case(wanted),
        false => stage.to_lowercase() == wanted.to_lowercase(),
    };
    let place = |wanted: &str| stages.iter().position(|stage| is_it(stage, wanted));
    let alias = || {
        let is_it = |name: &Name| name.kind == NameKind::Stage && letters(name.name) == letters(text);
        names().find(is_it).and_then(|name| place(name.of))
    };
    place(text).or_else(alias)
}

/// Reads a JSON value. `null` is missing. A text may hold any type in its written form; a number or truth value is only taken for
/// its own kind, since `"page": 42` is more likely a fault of the sender than the text `42`.
pub(crate) fn from_json(shape: Shape<'_>, value: &Value) -> Result<FieldValue, ValueError> {
    match (value, shape.ty) {
        (Value::Null, _) => Ok(FieldValue::Missing),
        (Value::String(text), _) => from_text(shape, text),
        (Value::Bool(truth), FieldType::YesNo) => Ok(FieldValue::Int(i64::from(*truth))),
        (Value::Number(value), FieldType::Number | FieldType::Money) => json_number(value).map(FieldValue::Int),
        (Value::Number(value), FieldType::YesNo) => from_text(shape, &value.to_string()),
        (_, ty) => Err(fault(Reason::WrongType, format!("send {}", words(ty)))),
    }
}

fn words(ty: &FieldType) -> &'static str {
    match ty {
        FieldType::Text | FieldType::OneOf(_) | FieldType::Stage => "a text in quotes",
        FieldType::Country => "a country in quotes, such as \"DE\" or \"Germany\"",
        FieldType::Number | FieldType::Money => "a number",
        FieldType::YesNo => "true or false",
        FieldType::Date => "a date in quotes, such as \"2026-03-02\"",
        FieldType::Moment => "a moment in quotes, such as \"2026-03-02T09:30:00Z\"",
        FieldType::Email => "an e-mail address in quotes",
        FieldType::Url => "a web address in quotes",
        FieldType::Timezone => "a time zone in quotes, such as \"Europe/Berlin\"",
    }
}

fn plain(text: &str) -> Result<String, ValueError> {
    if exceeds(text, MAX_TEXT_CHARS) {
        return Err(fault(Reason::TextTooLong, format!("shorten it to {MAX_TEXT_CHARS} characters")));
    }
    Ok(text.to_owned())
}

/// Whether a text has more characters, without counting those of a very long one.
pub(super) fn exceeds(text: &str, chars: usize) -> bool {
    text.chars().nth(chars).is_some()
}

/// The place that was found of a value, or what there is to choose from.
fn choice(place: Option<usize>, choices: &[String], reason: Reason) -> Result<i64, ValueError> {
    match place.and_then(|place| i64::try_from(place).ok()) {
        Some(place) => Ok(place),
        None if choices.is_empty() => {
            Err(fault(reason, "the project has none: declare them in their order, such as `stages lead < customer`"))
        }
        None => Err(fault(reason, format!("write one of: {}", choices.join(", ")))),
    }
}

fn yes_or_no(text: &str) -> Result<i64, ValueError> {
    truth(text).map(i64::from).ok_or_else(|| fault(Reason::NotYesOrNo, "write yes or no"))
}

/// A yes or a no; none where it is neither.
pub(super) fn truth(text: &str) -> Option<bool> {
    let is_one_of = |words: [&str; 4]| words.iter().any(|word| text.eq_ignore_ascii_case(word));
    match text.len() {
        1..=5 if is_one_of(["yes", "y", "true", "1"]) => Some(true),
        1..=5 if is_one_of(["no", "n", "false", "0"]) => Some(false),
        _ => None,
    }
}

/// An exact decimal, times [`NUMBER_SCALE`].
fn number(text: &str) -> Result<i64, ValueError> {
    let not_a_number = || fault(Reason::NotANumber, "write digits alone, such as `1200` or `12.5`");
    let (is_negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, decimals) = digits.split_once('.').unwrap_or((digits, "0"));
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_digits(whole) || !is_digits(decimals) {
        return Err(not_a_number());
    }
    let decimals = decimals.trim_end_matches('0');
    if decimals.len() > DECIMALS {
        return Err(too_fine());
    }
    let scaled = scale(whole, decimals).ok_or_else(too_large)?;
    Ok(if is_negative { -scaled } else { scaled })
}

fn scale(whole: &str, decimals: &str) -> Option<i64> {
    let whole = match whole.trim_start_matches('0') {
        "" => 0,
        digits => digits.parse::<i64>().ok()?,
    };
    let written = decimals.len();
    let decimals = if written == 0 { 0 } else { decimals.parse::<i64>().ok()? };
    let decimals = (written..DECIMALS).fold(decimals, |decimals, _| decimals * 10);
    let scaled = whole.checked_mul(NUMBER_SCALE)?.checked_add(decimals)?;
    (scaled <= VALUE_LIMIT).then_some(scaled)
}

fn too_fine() -> ValueError {
    fault(Reason::TooManyDecimals, "round it to four decimals")
}

fn too_large() -> ValueError {
    fault(Reason::NumberTooLarge, format!("the largest number is {}", VALUE_LIMIT / NUMBER_SCALE))
}

/// A JSON number with a point has been read as binary by now. Below a limit its shortest form is what the sender wrote.
fn json_number(value: &Number) -> Result<i64, ValueError> {
    let is_inexact = value.is_f64() && value.as_f64().is_none_or(|float| float.abs() >= EXACT_FLOAT_LIMIT);
    if is_inexact {
        let help = "send it as a text in quotes: as a JSON number with a point it would not be exact";
        return Err(fault(Reason::NumberTooLarge, help));
    }
    let written = value.to_string();
    // Below that limit only numbers such as `1e-5` are written with an exponent.
    if written.contains('e') { Err(too_fine()) } else { number(&written) }
}

/// Days since 1970-01-01. Of a moment it is the day that is written, whatever zone it is in: a date that a tool exports as midnight is
/// that day.
fn date(text: &str) -> Result<i64, ValueError> {
    let day = match text.split_at_checked(10) {
        Some((day, time)) if is_time_of_day(time) => day,
        _ => text,
    };
    match Instant::parse(&format!("{day}T00:00:00Z")) {
        Ok(midnight) => Ok(midnight.0.div_euclid(DAY_MS)),
        Err(InstantError::DoesNotExist { .. }) => Err(fault(Reason::NotADate, "there is no such day")),
        Err(_) => Err(fault(Reason::NotADate, "write year, month and day, such as `2026-03-02`")),
    }
}

/// Whether this is what stands behind the day of a moment, with an offset or without.
fn is_time_of_day(text: &str) -> bool {
    let of_a_day = |ending: &str| Instant::parse(&format!("2000-01-01{text}{ending}")).is_ok();
    text.starts_with(['T', 't', ' ']) && (of_a_day("") || of_a_day("Z"))
}

/// A moment, or the beginning of a day in the project's zone.
fn moment(text: &str, zone: Zone) -> Result<Instant, ValueError> {
    let beginning = |day| NaiveDate::default().checked_add_signed(TimeDelta::days(day));
    match instant(text) {
        Err(error) if text.len() == 10 => {
            date(text).ok().and_then(beginning).and_then(|day| civil::start_of_day(day, zone)).ok_or(error)
        }
        read => read,
    }
}

/// A moment with its time of day.
pub(super) fn instant(text: &str) -> Result<Instant, ValueError> {
    let help = match Instant::parse(text) {
        Ok(instant) => return Ok(instant),
        Err(InstantError::NoOffset { .. }) => {
            "say which time zone it is in: end it with `Z` or an offset such as `+02:00`"
        }
        Err(InstantError::DoesNotExist { .. }) => "there is no such day or hour",
        Err(_) => "write it like `2026-03-02T09:30:00Z`",
    };
    Err(fault(Reason::NotAMoment, help))
}

/// The name in IANA's spelling.
fn zone(text: &str) -> Result<String, ValueError> {
    match Zones::bundled().resolve(text) {
        Some(zone) => Ok(zone.name().to_owned()),
        None => Err(fault(Reason::UnknownZone, "write an IANA name, such as `Europe/Berlin`")),
    }
}

/// Its code of two letters.
fn country(text: &str) -> Result<String, ValueError> {
    match flow_front::country::code_of(text) {
        Some(code) => Ok(code.to_owned()),
        None => Err(fault(Reason::UnknownCountry, unknown_country(text))),
    }
}

fn unknown_country(text: &str) -> String {
    // A very long text is like no name.
    match flow_front::country::nearest(text) {
        Some(nearest) => format!("`{nearest}` may be meant"),
        None => "write its code or its English name, such as `DE` or `Germany`".to_owned(),
    }
}

fn url(text: &str) -> Result<String, ValueError> {
    if flow_front::web::is_address(text) {
        return Ok(text.to_owned());
    }
    Err(fault(Reason::NotAUrl, "write it like `https://acme.example/guide`"))
}

/// Characters that nobody sees and that come along when addresses and ids are copied: zero-width spaces and joiners, the byte order
/// mark, the soft hyphen, marks of direction.
const UNSEEN: [char; 10] = [
    '\u{200b}', '\u{200c}', '\u{200d}', '\u{2060}', '\u{feff}', '\u{ad}', '\u{200e}', '\u{200f}', '\u{202a}',
    '\u{202c}',
];

/// Whether a text has characters that nobody sees.
pub(super) fn has_unseen(text: &str) -> bool {
    !text.is_ascii() && text.contains(UNSEEN)
}

/// A text with those characters as people can see them: `ana@x.example\u{200b}`.
pub(super) fn unseen_escaped(text: &str) -> String {
    let shown = |char: char| match UNSEEN.contains(&char) {
        true => char.escape_unicode().to_string(),
        false => char.to_string(),
    };
    text.chars().map(shown).collect()
}

/// A text without its outer blanks and without characters that nobody sees.
pub(super) fn seen(text: &str) -> Cow<'_, str> {
    match has_unseen(text) {
        true => Cow::Owned(text.replace(UNSEEN, "").trim().to_owned()),
        false => Cow::Borrowed(text.trim()),
    }
}

/// An address that mail can go to, in the one form in which a program asks for it too.
pub(super) fn address(text: &str) -> Result<String, ValueError> {
    flow_front::address::kept(&seen(text)).map_err(|_| fault(Reason::NotAnAddress, "write it like `ana@acme.example`"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn berlin() -> Zone {
        Zones::bundled().resolve("Europe/Berlin").unwrap()
    }

    fn stages() -> Vec<String> {
        ["subscriber", "lead", "MQL"].map(str::to_owned).to_vec()
    }

    fn read(ty: &FieldType, text: &str) -> Result<FieldValue, Reason> {
        from_text(Shape { ty, stages: &stages(), zone: berlin() }, text).map_err(|error| error.reason)
    }

    fn read_json(ty: &FieldType, value: Value) -> Result<FieldValue, Reason> {
        from_json(Shape { ty, stages: &stages(), zone: berlin() }, &value).map_err(|error| error.reason)
    }

    fn int(value: i64) -> Result<FieldValue, Reason> {
        Ok(FieldValue::Int(value))
    }

    fn text(value: &str) -> Result<FieldValue, Reason> {
        Ok(FieldValue::Text(value.to_owned()))
    }

    #[test]
    fn countries_are_kept_as_their_code() {
        for written in ["DE", "de", "DEU", " Germany ", "germany"] {
            assert_eq!(read(&FieldType::Country, written), Ok(FieldValue::Text("DE".to_owned())), "{written}");
        }
        assert_eq!(read(&FieldType::Country, "UK"), Ok(FieldValue::Text("GB".to_owned())));
        for written in ["Germny", "EMEA", "49"] {
            assert_eq!(read(&FieldType::Country, written), Err(Reason::UnknownCountry), "{written}");
        }
    }

    #[test]
    fn numbers_are_exact_decimals_or_none() {
        for (written, expected) in [
            ("0", int(0)),
            (" 12.5 ", int(125_000)),
            ("-0.0001", int(-1)),
            ("+7", int(70_000)),
            ("007", int(70_000)),
            ("1.500000", int(15_000)),
            ("230584300921369", int(2_305_843_009_213_690_000)),
            ("-230584300921369.3952", int(-VALUE_LIMIT)),
            ("230584300921369.3953", Err(Reason::NumberTooLarge)),
            ("99999999999999999999999999", Err(Reason::NumberTooLarge)),
            ("0.00001", Err(Reason::TooManyDecimals)),
            ("", Ok(FieldValue::Missing)),
        ] {
            assert_eq!(read(&FieldType::Number, written), expected, "{written}");
            assert_eq!(read(&FieldType::Money, written), expected, "{written}");
        }
        for written in
            ["1,200", "about 50", "1.", ".5", "-", "1e3", "0x10", "1 200", "NaN", "١٢", "--1", "1.2.3", "-+1"]
        {
            assert_eq!(read(&FieldType::Number, written), Err(Reason::NotANumber), "{written}");
        }
    }

    #[test]
    fn json_numbers_are_what_the_sender_wrote_or_none() {
        let number = |json: &str| read_json(&FieldType::Number, serde_json::from_str(json).unwrap());
        assert_eq!(number("177"), int(1_770_000));
        assert_eq!(number("0.1"), int(1_000));
        assert_eq!(number("-0.0"), int(0));
        assert_eq!(number("1e3"), int(10_000_000));
        assert_eq!(number("1E-4"), int(1));
        assert_eq!(number("99999999999.9999"), int(999_999_999_999_999));
        assert_eq!(number("230584300921369"), int(2_305_843_009_213_690_000));
        assert_eq!(number("\"12.5\""), int(125_000));
        assert_eq!(number("0.30000000000000004"), Err(Reason::TooManyDecimals));
        assert_eq!(number("1e-9"), Err(Reason::TooManyDecimals));
        assert_eq!(number("0.00007"), Err(Reason::TooManyDecimals));
        assert_eq!(number("123456789012345.0001"), Err(Reason::NumberTooLarge));
        assert_eq!(number("1e300"), Err(Reason::NumberTooLarge));
        assert_eq!(number("18446744073709551615"), Err(Reason::NumberTooLarge));
        assert_eq!(number("true"), Err(Reason::WrongType));
    }

    #[test]
    fn dates_are_days_that_exist() {
        for (written, expected) in
            [("1970-01-01", int(0)), ("1969-12-31", int(-1)), ("2026-03-02", int(20_514)), ("2028-02-29", int(21_243))]
        {
            assert_eq!(read(&FieldType::Date, written), expected, "{written}");
        }
        for written in [
            "31/02/2026",
            "soon",
            "2026-02-30",
            "0000-00-00",
            "Q3",
            "2026-3-2",
            "20260302",
            "2026-03-02Tx",
            "2026-03-02 at 9",
        ] {
            assert_eq!(read(&FieldType::Date, written), Err(Reason::NotADate), "{written}");
        }
    }

    #[test]
    fn a_stage_is_read_by_the_words_of_other_tools() {
        for written in ["mql", "Marketing Qualified Lead", "marketingqualifiedlead", "Marketing qualified lead (MQL)"] {
            assert_eq!(read(&FieldType::Stage, written), int(2), "{written}");
        }
        // A stage that the project does not have is none, whatever it is called.
        for written in ["Sales Qualified Lead", "Evangelist", "Other"] {
            assert_eq!(read(&FieldType::Stage, written), Err(Reason::UnknownStage), "{written}");
        }
    }

    #[test]
    fn a_moment_of_a_cell_may_be_by_the_clocks_of_the_project() {
        let at = |text: &str| moment_of_cell(text, berlin()).map(|at| at.to_string()).map_err(|error| error.reason);
        for written in ["2026-07-01 10:00", "2026-07-01T10:00:00", "2026-07-01 08:00Z", "2026-07-01T10:00+02:00"] {
            assert_eq!(at(written), Ok("2026-07-01T08:00:00Z".to_owned()), "{written}");
        }
        assert_eq!(at("2026-07-01"), Ok("2026-06-30T22:00:00Z".to_owned()));
        for written in ["7/1/2026 10:00", "2026-07-01 10", "2026-07-01 25:00", "Z"] {
            assert_eq!(at(written), Err(Reason::NotAMoment), "{written}");
        }
    }

    #[test]
    fn a_moment_has_a_day_and_a_day_a_beginning() {
        for written in ["2026-03-02T00:00:00Z", "2026-03-02T23:30:00-05:00", "2026-03-02 00:00:00", "2026-03-02T10:00"]
        {
            assert_eq!(read(&FieldType::Date, written), int(20_514), "{written}");
        }
        let midnight_in_berlin = 20_514 * DAY_MS - 3_600_000;
        assert_eq!(read(&FieldType::Moment, "2026-03-02"), int(midnight_in_berlin));
    }

    #[test]
    fn moments_need_a_zone() {
        assert_eq!(read(&FieldType::Moment, "2026-03-02T10:30:00.5+01:00"), int(1_772_443_800_500));
        for written in
            ["2026-03-02T10:30+01:00", "2026-03-02T10:30:00+0100", "2026-03-02T09:30Z", "2026-03-02T10:30:00+01"]
        {
            assert_eq!(read(&FieldType::Moment, written), int(1_772_443_800_000), "{written}");
        }
        for written in
            ["2026-03-02T09:30:00", "2026-02-30", "yesterday", "2026-02-30T00:00:00Z", "2026-03-02T10:30:00+010"]
        {
            assert_eq!(read(&FieldType::Moment, written), Err(Reason::NotAMoment), "{written}");
        }
        assert_eq!(read_json(&FieldType::Moment, json!(1_772_443_800)), Err(Reason::WrongType));
    }

    #[test]
    fn yes_and_no_have_several_forms() {
        for yes in ["yes", "Y", "TRUE", "1"] {
            assert_eq!(read(&FieldType::YesNo, yes), int(1));
        }
        for no in ["no", "n", "False", "0"] {
            assert_eq!(read(&FieldType::YesNo, no), int(0));
        }
        assert_eq!(read(&FieldType::YesNo, "maybe"), Err(Reason::NotYesOrNo));
        assert_eq!(read_json(&FieldType::YesNo, json!(true)), int(1));
        assert_eq!(read_json(&FieldType::YesNo, json!(0)), int(0));
        assert_eq!(read_json(&FieldType::YesNo, json!(2)), Err(Reason::NotYesOrNo));
    }

    #[test]
    fn a_project_without_stages_has_nothing_to_choose_from() {
        let shape = Shape { ty: &FieldType::Stage, stages: &[], zone: Zones::utc() };
        let found = from_text(shape, "Lead").unwrap_err();
        assert_eq!(found.reason, Reason::UnknownStage);
        assert_eq!(found.help, "the project has none: declare them in their order, such as `stages lead < customer`");
    }

    #[test]
    fn choices_count_from_one_and_stages_from_zero() {
        let region = FieldType::OneOf(vec!["EMEA".into(), "Québec".into()].into());
        assert_eq!(read(&region, " emea "), int(1));
        assert_eq!(read(&region, "QUÉBEC"), int(2));
        assert_eq!(read(&region, "mars"), Err(Reason::UnknownChoice));
        assert_eq!(read(&FieldType::Stage, "Subscriber"), int(0));
        assert_eq!(read(&FieldType::Stage, "mql"), int(2));
        assert_eq!(read(&FieldType::Stage, "evangelist"), Err(Reason::UnknownStage));
        assert_eq!(read_json(&FieldType::Stage, json!(1)), Err(Reason::WrongType));
    }

    #[test]
    fn addresses_are_checked_for_what_mail_servers_take() {
        for (written, expected) in [
            ("\u{feff}ana@x.example\u{200b}", "ana@x.example"),
            (" Ana.Maria+x@ACME.Example ", "Ana.Maria+x@acme.example"),
            ("o'hara@a-b.example", "o'hara@a-b.example"),
            ("jurgen@MÜLLER.example", "jurgen@müller.example"),
            ("jurgen@xn--mller-kva.example", "jurgen@müller.example"),
        ] {
            assert_eq!(read(&FieldType::Email, written), text(expected));
        }
        let long_local = format!("{}@a.example", "x".repeat(65));
        let long = format!("a@{}.example", vec!["x".repeat(60); 5].join("."));
        for written in [
            "not-an-address",
            "jürgen@müller.example",
            "a@b",
            "a b@c.example",
            "a@b@c.example",
            "@c.example",
            "a@",
            "a@.example",
            "a@c.example.",
            "a@c..example",
            ".a@c.example",
            "a..b@c.example",
            "a@-c.example",
            "a@1.2.3.4",
            "Ana <a@c.example>",
            "a@c.example,b@c.example",
            "a\u{0}@c.example",
            "a@c.exam\nple",
            "\"a b\"@c.example",
            &long_local,
            &long,
        ] {
            assert_eq!(read(&FieldType::Email, written), Err(Reason::NotAnAddress), "{written}");
        }
    }

    #[test]
    fn other_texts_keep_their_form() {
        assert_eq!(read(&FieldType::Text, " Zoë\u{a0}"), text("Zoë"));
        assert_eq!(read(&FieldType::Text, &"é".repeat(MAX_TEXT_CHARS)), text(&"é".repeat(MAX_TEXT_CHARS)));
        assert_eq!(read(&FieldType::Text, &"é".repeat(MAX_TEXT_CHARS + 1)), Err(Reason::TextTooLong));
        assert_eq!(read_json(&FieldType::Text, json!(42)), Err(Reason::WrongType));
        assert_eq!(read_json(&FieldType::Text, json!(["a"])), Err(Reason::WrongType));
        assert_eq!(read_json(&FieldType::Text, json!(null)), Ok(FieldValue::Missing));
        assert_eq!(read(&FieldType::Timezone, "europe/berlin"), text("Europe/Berlin"));
        assert_eq!(read(&FieldType::Timezone, "Mars/Olympus"), Err(Reason::UnknownZone));
        assert_eq!(read(&FieldType::Timezone, "GMT+25"), Err(Reason::UnknownZone));
        assert_eq!(read(&FieldType::Url, "HTTPS://acme.example/a?b#c"), text("HTTPS://acme.example/a?b#c"));
        for written in
            ["acme.example", "ftp://a.example", "https://", "https:///x", "http://a b.example", "javascript:x"]
        {
            assert_eq!(read(&FieldType::Url, written), Err(Reason::NotAUrl), "{written}");
        }
    }

    fn any_type() -> impl Strategy<Value = FieldType> {
        prop::sample::select(vec![
            FieldType::Text,
            FieldType::Number,
            FieldType::YesNo,
            FieldType::Date,
            FieldType::Moment,
            FieldType::Email,
            FieldType::Url,
            FieldType::Timezone,
            FieldType::OneOf(vec!["a".into()].into()),
            FieldType::Stage,
        ])
    }

    proptest! {
        #[test]
        fn any_text_is_a_value_or_a_fault(ty in any_type(), written: String) {
            let value = read(&ty, &written);
            prop_assert_eq!(value == Ok(FieldValue::Missing), written.trim().is_empty());
        }

        #[test]
        fn decimals_come_back_as_written(scaled in -VALUE_LIMIT..VALUE_LIMIT) {
            let sign = if scaled < 0 { "-" } else { "" };
            let (whole, decimals) = (scaled.unsigned_abs() / 10_000, scaled.unsigned_abs() % 10_000);
            let written = format!("{sign}{whole}.{decimals:04}");
            prop_assert_eq!(read(&FieldType::Number, &written), int(scaled));
        }

        #[test]
        fn short_json_decimals_are_exact(scaled in -999_999_999_999_999i64..1_000_000_000_000_000) {
            let sign = if scaled < 0 { "-" } else { "" };
            let (whole, decimals) = (scaled.unsigned_abs() / 10_000, scaled.unsigned_abs() % 10_000);
            let value = serde_json::from_str(&format!("{sign}{whole}.{decimals:04}")).unwrap();
            prop_assert_eq!(read_json(&FieldType::Number, value), int(scaled));
        }

        /// Whatever is taken here can be put on an envelope later.
        #[test]
        fn mail_can_go_to_every_address_that_is_taken(written in "[a-c.A+é'`~\"<> -]{1,5}@[a-cA-Cé.-]{1,8}") {
            if let Ok(address) = address(&written) {
                prop_assert!(crate::mail::Address::parse(&address).is_ok(), "{}", address);
                prop_assert_eq!(super::address(&address).unwrap(), address);
            }
        }
    }
}
