//! Whether an event matches a pattern: tests on its properties, which were typed when it came in.
//!
//! A value of the wrong type is no value: `page: 42` is not a text, so no test on `page` holds, negated or not.
//!
//! Texts are compared in small letters. Those of an event are so when they come in, those of a program once they are [`ready`].

use crate::inbound::Known;
use flow_ir::{PropertyTest, Trait};

/// A pattern's tests, with their texts in small letters.
pub(super) fn ready(tests: &[PropertyTest]) -> Vec<PropertyTest> {
    let small = |texts: &[String]| texts.iter().map(|text| text.to_lowercase()).collect();
    let ready = |test: &PropertyTest| {
        let wanted = match &test.test {
            Trait::TextIn(texts) => Trait::TextIn(small(texts)),
            Trait::TextHolds(kind, needles) => Trait::TextHolds(*kind, small(needles)),
            other => other.clone(),
        };
        PropertyTest { test: wanted, ..test.clone() }
    };
    tests.iter().map(ready).collect()
}

/// Whether all of a pattern's tests, made [`ready`], hold of an event of its type.
pub(super) fn matches(tests: &[PropertyTest], values: &[Option<Known>]) -> bool {
    tests.iter().all(|test| holds(test, values))
}

fn holds(test: &PropertyTest, values: &[Option<Known>]) -> bool {
    let value = values.get(test.property as usize).and_then(Option::as_ref);
    match (&test.test, value) {
        // Which journeys it is about, each of them asks where it counts.
        (Trait::OfJourney, value) => value.is_some(),
        (Trait::Known, value) => value.is_some() != test.negated,
        (_, None) => false,
        (wanted, Some(value)) => has(value, wanted) != test.negated,
    }
}

fn has(value: &Known, wanted: &Trait) -> bool {
    match (wanted, value) {
        (Trait::TextIn(texts), Known::Text(text)) => texts.contains(text),
        (Trait::TextHolds(kind, needles), Known::Text(text)) => needles.iter().any(|needle| kind.finds(text, needle)),
        (Trait::NumberIn(low, high), Known::Number(number)) => (low..=high).contains(&number),
        (Trait::Truth(wanted), Known::Truth(truth)) => wanted == truth,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flow_ir::TextTestKind;

    fn check(test: Trait, negated: bool, value: Option<Known>) -> bool {
        matches(&ready(&[PropertyTest { property: 0, test, negated }]), &[value])
    }

    fn text(value: &str) -> Option<Known> {
        Some(Known::Text(value.to_owned()))
    }

    #[test]
    fn texts_are_compared_without_regard_to_case() {
        let is = || Trait::TextIn(vec!["/Pricing".to_owned()]);
        assert!(check(is(), false, text("/pricing")) && !check(is(), false, text("/pricing/eu")));
        let holds = |kind, needles: &[&str]| {
            let needles = needles.iter().map(|needle| (*needle).to_owned()).collect();
            check(Trait::TextHolds(kind, needles), false, text("/pricing/eu"))
        };
        assert!(holds(TextTestKind::StartsWith, &["/PRI"]));
        assert!(holds(TextTestKind::Contains, &["CING"]));
        assert!(holds(TextTestKind::Contains, &["about", "cing"]));
        assert!(holds(TextTestKind::EndsWith, &["/eu"]) && !holds(TextTestKind::EndsWith, &["pricing"]));
        let word = |needles: &[&str]| holds(TextTestKind::ContainsWord, needles);
        assert!(word(&["PRICING"]) && !word(&["cing", "pri"]));
    }

    #[test]
    fn what_is_missing_fails_every_test_but_unknown() {
        let is = || Trait::TextIn(vec!["/pricing".to_owned()]);
        assert!(!check(is(), false, None) && !check(is(), true, None));
        assert!(check(Trait::Known, true, None) && !check(Trait::Known, false, None));
        assert!(check(is(), true, text("/about")) && check(Trait::Known, false, text("/about")));
    }

    #[test]
    fn numbers_and_truths_are_tested_as_what_they_are() {
        let number = |value| Some(Known::Number(value));
        assert!(check(Trait::NumberIn(5, 9), false, number(9)) && !check(Trait::NumberIn(5, 9), false, number(10)));
        assert!(check(Trait::Truth(true), false, Some(Known::Truth(true))));
        assert!(!check(Trait::Truth(true), false, number(1)) && !check(Trait::NumberIn(0, 9), false, text("1")));
    }
}
