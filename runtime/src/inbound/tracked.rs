//! An event that somebody did, with the properties that its type declares: each read once, by the one reader of its kind, under whatever
//! spelling it came. So what the import takes and what a pattern asks of it never differ.

use flow_ir::{FieldType, FieldValue, Program};
use serde_json::{Map, Value};

use super::names::{Meaning, snake_case};
use super::segment::SegmentReader;
use super::value::{self, Shape, ValueError};
use crate::time::Zone;

/// Something the person did.
#[derive(Debug, Clone, PartialEq)]
pub struct Tracked {
    /// The stream's own; names are compared in lower snake case.
    pub name: String,
    /// What that is here.
    pub meaning: Meaning,
    /// The declared properties by their place in the event's type; none where one is missing or of another type.
    pub values: Vec<Option<Known>>,
    /// As the line has them, but for the wrong ones.
    pub properties: Map<String, Value>,
}

/// A property in the form in which it is tested.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Known {
    /// In small letters.
    Text(String),
    /// As frames keep it: a decimal times [`NUMBER_SCALE`](flow_ir::NUMBER_SCALE), a date in days, a moment in milliseconds.
    Number(i64),
    /// A yes or a no.
    Truth(bool),
}

impl Tracked {
    /// An event of this name with these properties; those of another type than declared are left out without a word.
    pub fn new(program: &Program, name: &str, properties: Map<String, Value>) -> Tracked {
        let reader = SegmentReader::new(program);
        reader.tracked(name.to_owned(), reader.meaning(name), properties, &mut |_, _, _| {})
    }

    /// A property of any name, if it is a text.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        text_of(&self.properties, name)
    }

    /// A declared property as a field would keep it; missing where it is not there, or is of another type.
    pub(crate) fn said(&self, program: &Program, name: &str, ty: &FieldType, zone: Zone) -> FieldValue {
        let shape = Shape { ty, stages: &program.stages, zone };
        let found = find(&self.properties, name).and_then(|(_, value)| value::from_json(shape, value).ok());
        found.unwrap_or(FieldValue::Missing)
    }

    /// A value of a declared type; none where it is empty.
    pub(super) fn known(shape: Shape<'_>, value: &Value) -> Result<Option<Known>, ValueError> {
        let text = |text: &str| Some(Known::Text(text.to_lowercase()));
        Ok(match (value::from_json(shape, value)?, shape.ty) {
            (FieldValue::Missing, _) => None,
            (FieldValue::Text(value), _) => text(&value),
            (FieldValue::Int(value), FieldType::YesNo) => Some(Known::Truth(value != 0)),
            (FieldValue::Int(value), FieldType::OneOf(choices)) => {
                usize::try_from(value - 1).ok().and_then(|place| choices.get(place)).and_then(|choice| text(choice))
            }
            (FieldValue::Int(value), FieldType::Stage) => {
                usize::try_from(value).ok().and_then(|place| shape.stages.get(place)).and_then(|stage| text(stage))
            }
            (FieldValue::Int(value), _) => Some(Known::Number(value)),
        })
    }
}

/// A property of any name, if it is a text.
pub(crate) fn text_of<'v>(properties: &'v Map<String, Value>, name: &str) -> Option<&'v str> {
    find(properties, name).and_then(|(_, value)| value.as_str())
}

/// A property under whatever spelling it came: a stream may write `pageTitle` for `page_title`.
pub(super) fn find<'v>(properties: &'v Map<String, Value>, name: &str) -> Option<(&'v String, &'v Value)> {
    properties.get_key_value(name).or_else(|| properties.iter().find(|(key, _)| snake_case(key) == name))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::time::Zones;
    use serde_json::json;

    fn known(ty: &FieldType, value: Value) -> Option<Known> {
        let zone = Zones::bundled().resolve("UTC").unwrap();
        Tracked::known(Shape { ty, stages: &["lead".to_owned()], zone }, &value).ok().flatten()
    }

    #[test]
    fn a_property_is_what_the_import_takes_it_for() {
        for yes in [json!(true), json!("true"), json!("yes"), json!(1)] {
            assert_eq!(known(&FieldType::YesNo, yes), Some(Known::Truth(true)));
        }
        for number in [json!(29.99), json!("29.99"), json!("+29.99")] {
            assert_eq!(known(&FieldType::Number, number), Some(Known::Number(299_900)));
        }
        assert_eq!(known(&FieldType::Text, json!(" /Pricing ")), Some(Known::Text("/pricing".to_owned())));
        assert_eq!(known(&FieldType::Country, json!("Germany")), Some(Known::Text("de".to_owned())));
        assert_eq!(known(&FieldType::Stage, json!("LEAD")), Some(Known::Text("lead".to_owned())));
        let plans = FieldType::OneOf(vec!["Free".to_owned(), "Pro".to_owned()].into());
        assert_eq!(known(&plans, json!("PRO")), Some(Known::Text("pro".to_owned())));
        assert_eq!(known(&FieldType::Date, json!("2026-03-02T23:00:00Z")), Some(Known::Number(20_514)));
        for missing in [json!(null), json!(" "), json!(42)] {
            assert_eq!(known(&FieldType::Text, missing), None);
        }
    }
}
