//! Whether an event matches a pattern: tests on its properties, as they came in JSON.
//!
//! A value of the wrong type is no value: `page: 42` is not a text, so no test on `page` holds, negated or not.

use crate::time::Instant;
use chrono::NaiveDate;
use flow_front::country;
use flow_front::naming::snake_case;
use flow_ir::{EventType, FieldType, NUMBER_SCALE, Pattern, Property, PropertyTest, Trait, VALUE_LIMIT};
use serde_json::{Map, Value};

/// The digits after the point that a frame keeps.
const SCALE_DIGITS: usize = 4;

/// A property in the form in which it is tested.
#[derive(Debug, PartialEq)]
enum Known {
    Text(String),
    Number(i64),
    Truth(bool),
}

/// Whether all of a pattern's tests hold of an event of its type.
pub(super) fn matches(pattern: &Pattern, event: &EventType, properties: &Map<String, Value>) -> bool {
    pattern.tests.iter().all(|test| holds(test, event, properties))
}

fn holds(test: &PropertyTest, event: &EventType, properties: &Map<String, Value>) -> bool {
    let property = event.properties.get(test.property as usize);
    let value = property.and_then(|property| read(property, find(properties, &property.name)?));
    match (&test.test, value) {
        (Trait::Known, value) => value.is_some() != test.negated,
        (_, None) => false,
        (wanted, Some(value)) => has(&value, wanted) != test.negated,
    }
}

/// A stream may write `pageTitle` for `page_title`.
fn find<'v>(properties: &'v Map<String, Value>, name: &str) -> Option<&'v Value> {
    properties.get(name).or_else(|| properties.iter().find(|(key, _)| snake_case(key) == name).map(|(_, value)| value))
}

fn read(property: &Property, value: &Value) -> Option<Known> {
    match property.ty {
        FieldType::Number | FieldType::Money => number(value).map(Known::Number),
        FieldType::YesNo => value.as_bool().map(Known::Truth),
        FieldType::Date => date(value.as_str()?).map(Known::Number),
        FieldType::Moment => Instant::parse(value.as_str()?).ok().map(|at| Known::Number(at.0)),
        FieldType::Country => country::code_of(value.as_str()?.trim()).map(|code| Known::Text(code.to_lowercase())),
        FieldType::Text
        | FieldType::Email
        | FieldType::Url
        | FieldType::Timezone
        | FieldType::OneOf(_)
        | FieldType::Stage => {
            let text = value.as_str()?.trim();
            (!text.is_empty()).then(|| Known::Text(text.to_lowercase()))
        }
    }
}

fn has(value: &Known, wanted: &Trait) -> bool {
    match (wanted, value) {
        (Trait::TextIn(texts), Known::Text(text)) => texts.iter().any(|one| one.to_lowercase() == *text),
        (Trait::TextHolds(kind, needles), Known::Text(text)) => {
            needles.iter().any(|needle| kind.finds(text, &needle.to_lowercase()))
        }
        (Trait::NumberIn(low, high), Known::Number(number)) => (low..=high).contains(&number),
        (Trait::Truth(wanted), Known::Truth(truth)) => wanted == truth,
        _ => false,
    }
}

fn date(text: &str) -> Option<i64> {
    let day = text.get(..10).filter(|_| text.len() == 10 || text.as_bytes().get(10) == Some(&b'T'))?;
    let date = NaiveDate::parse_from_str(day, "%Y-%m-%d").ok()?;
    Some(date.signed_duration_since(NaiveDate::default()).num_days())
}

/// A number as frames keep it: exact to four places, rounded down beyond.
fn number(value: &Value) -> Option<i64> {
    let text = match value {
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.trim().to_owned(),
        _ => return None,
    };
    if text.contains(['e', 'E']) {
        // Too large or too small to be written out; as exact as JSON is.
        let scaled = (text.parse::<f64>().ok()? * NUMBER_SCALE as f64).floor();
        return (scaled.abs() <= VALUE_LIMIT as f64).then_some(scaled as i64);
    }
    scaled(&text)
}

fn scaled(text: &str) -> Option<i64> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text),
    };
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    let plain = |digits: &str| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if !plain(whole) || !plain(part) {
        return None;
    }
    let (kept, beyond) = part.split_at(part.len().min(SCALE_DIGITS));
    let magnitude = whole.parse::<i64>().ok()?.checked_mul(NUMBER_SCALE)?;
    let magnitude = magnitude.checked_add(format!("{kept:0<SCALE_DIGITS$}").parse().ok()?)?;
    let down = i64::from(negative && beyond.bytes().any(|digit| digit != b'0'));
    (magnitude <= VALUE_LIMIT).then_some(if negative { -magnitude - down } else { magnitude })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use flow_ir::{EventId, PatternEvent, TextTestKind};
    use serde_json::json;

    fn check(ty: FieldType, test: Trait, negated: bool, properties: Value) -> bool {
        let property = Property { name: "page_title".to_owned(), ty, optional: true };
        let event =
            EventType { name: "visited".to_owned(), properties: vec![property], layout: flow_ir::Layout::default() };
        let tests = vec![PropertyTest { property: 0, test, negated }];
        let pattern = Pattern { text: String::new(), event: PatternEvent::Declared(EventId(0)), tests };
        matches(&pattern, &event, properties.as_object().unwrap())
    }

    #[test]
    fn texts_are_compared_without_regard_to_case() {
        let is = || Trait::TextIn(vec!["/Pricing".to_owned()]);
        assert!(check(FieldType::Text, is(), false, json!({"page_title": " /PRICING "})));
        assert!(check(FieldType::Text, is(), false, json!({"pageTitle": "/pricing"})));
        assert!(!check(FieldType::Text, is(), false, json!({"page_title": "/pricing/eu"})));
        let holds = |kind, needles: &[&str]| {
            let needles = needles.iter().map(|needle| (*needle).to_owned()).collect();
            check(FieldType::Text, Trait::TextHolds(kind, needles), false, json!({"page_title": "/Pricing/EU"}))
        };
        assert!(holds(TextTestKind::StartsWith, &["/PRI"]));
        assert!(holds(TextTestKind::Contains, &["CING"]));
        assert!(holds(TextTestKind::Contains, &["about", "cing"]));
        assert!(holds(TextTestKind::EndsWith, &["/eu"]) && !holds(TextTestKind::EndsWith, &["pricing"]));
        assert!(
            holds(TextTestKind::ContainsWord, &["PRICING"]) && !holds(TextTestKind::ContainsWord, &["cing", "pri"])
        );
    }

    #[test]
    fn what_is_missing_or_of_another_type_fails_every_test_but_unknown() {
        let is = || Trait::TextIn(vec!["/pricing".to_owned()]);
        for properties in
            [json!({}), json!({"page_title": 42}), json!({"page_title": null}), json!({"page_title": " "})]
        {
            assert!(!check(FieldType::Text, is(), false, properties.clone()), "{properties}");
            assert!(!check(FieldType::Text, is(), true, properties.clone()), "{properties}");
            assert!(check(FieldType::Text, Trait::Known, true, properties.clone()), "{properties}");
            assert!(!check(FieldType::Text, Trait::Known, false, properties.clone()), "{properties}");
        }
        assert!(check(FieldType::Text, is(), true, json!({"page_title": "/about"})));
    }

    #[test]
    fn numbers_are_exact_to_four_places() {
        let between = |low, high| Trait::NumberIn(low, high);
        let holds =
            |low, high, value: Value| check(FieldType::Number, between(low, high), false, json!({"page_title": value}));
        assert!(holds(1_000, 1_000, json!(0.1)));
        assert!(holds(420_000, 420_000, json!(42)));
        assert!(holds(420_000, 420_000, json!("42")));
        assert!(holds(-15_001, -15_001, json!(-1.50001)));
        assert!(holds(10_000_000_000_000, 10_000_000_000_000, json!(1e9)));
        assert!(!holds(i64::MIN, i64::MAX, json!("about 50")));
        assert!(!holds(i64::MIN, i64::MAX, json!(1e300)));
        assert!(!holds(i64::MIN, i64::MAX, json!("999999999999999999")));
    }

    #[test]
    fn countries_are_compared_by_their_codes() {
        let is = |value: &str, negated| {
            check(FieldType::Country, Trait::TextIn(vec!["de".to_owned()]), negated, json!({"page_title": value}))
        };
        assert!(is("Germany", false) && is("DEU", false) && is("de", false) && is("Austria", true));
        assert!(!is("Germny", false) && !is("Germny", true), "what is no country is missing");
    }

    #[test]
    fn dates_and_moments_are_days_and_milliseconds() {
        let holds = |ty, value: &str, at| check(ty, Trait::NumberIn(at, at), false, json!({"page_title": value}));
        assert!(holds(FieldType::Date, "2026-03-02", 20_514));
        assert!(holds(FieldType::Date, "2026-03-02T23:00:00Z", 20_514));
        assert!(!holds(FieldType::Date, "2026-02-31", 20_514));
        assert!(holds(FieldType::Moment, "1970-01-01T00:00:01Z", 1_000));
        assert!(check(FieldType::YesNo, Trait::Truth(true), false, json!({"page_title": true})));
    }
}
