//! The topics of mail that a cell, a trait or an event names. They are compared as the names of columns are, by their letters and digits.

use flow_ir::{FieldId, FieldValue, Program, TopicState};
use serde_json::{Map, Value};

use super::consent::BETWEEN;
use super::finding::{Fault, Reason};
use super::names::{is_alike, plain};
use super::tracked::find;

/// The properties by which an event says which topics it is about, by the names that preference pages give them.
pub(super) const PROPERTIES: [&str; 6] =
    ["topic", "topics", "topic_name", "topic_id", "subscription_type", "newsletter"];

/// What stands for some of the topics.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Named {
    /// Those of the project, in its order, each once.
    pub(crate) topics: Vec<FieldId>,
    /// What is none of them, as it was written.
    pub(crate) unknown: Vec<String>,
}

impl Named {
    /// What the cell of a column names; nothing where it is empty.
    pub(super) fn in_cell(program: &Program, cell: &str) -> Option<Named> {
        let mut parts = cell.split(BETWEEN).map(str::trim).filter(|part| !plain(part).is_empty()).peekable();
        parts.peek()?;
        let mut named = Named::default();
        for part in parts {
            match program.topics().find(|(_, topic)| is_alike(topic, part)) {
                Some((field, _)) => named.topics.push(field),
                None => named.unknown.push(part.to_owned()),
            }
        }
        named.topics.sort_unstable();
        named.topics.dedup();
        Some(named)
    }

    /// What a value names: a text as a cell has it, or a list of texts. What is neither is no topic.
    pub(super) fn in_value(program: &Program, value: &Value) -> Option<Named> {
        match value {
            Value::Null => None,
            Value::String(text) => Self::in_cell(program, text),
            Value::Array(listed) => {
                let mut named = listed.iter().filter_map(|value| Self::in_value(program, value));
                let first = named.next()?;
                Some(named.fold(first, Named::and))
            }
            Value::Bool(_) | Value::Number(_) | Value::Object(_) => {
                Some(Named { unknown: vec![value.to_string()], ..Named::default() })
            }
        }
    }

    /// What an event names; none where it says nothing of topics, and so is about all mail. A form in which nothing is ticked names nothing, and is
    /// not about all mail.
    pub(crate) fn in_event(program: &Program, properties: &Map<String, Value>) -> Option<Named> {
        let mut named = PROPERTIES.iter().filter_map(|property| {
            let (_, value) = find(properties, property)?;
            Some(Self::in_value(program, value).unwrap_or_default())
        });
        let first = named.next()?;
        Some(named.fold(first, Named::and))
    }

    /// Whether it names nothing at all.
    pub(crate) fn is_empty(&self) -> bool {
        self.topics.is_empty() && self.unknown.is_empty()
    }

    fn and(mut self, more: Named) -> Named {
        self.topics.extend(more.topics);
        self.topics.sort_unstable();
        self.topics.dedup();
        self.unknown.extend(more.unknown);
        self
    }

    /// What a list of topics that somebody has chosen says of each: what they want, and that they want no other (E7: doubt means no).
    pub(super) fn chosen(&self, program: &Program, values: &mut Vec<(FieldId, FieldValue)>) {
        for (field, _) in program.topics() {
            let state = if self.topics.contains(&field) { TopicState::Subscribed } else { TopicState::NotChosen };
            match values.iter_mut().find(|(known, _)| *known == field) {
                // Of several lists the topics of each count.
                Some((_, FieldValue::Int(known))) => *known = state.number().min(*known),
                _ => values.push((field, FieldValue::Int(state.number()))),
            }
        }
    }

    /// What is noted of names that are no topics of the project.
    pub(super) fn fault(&self, program: &Program) -> Option<Fault> {
        (!self.unknown.is_empty()).then(|| Fault::new(Reason::UnknownTopic, topics_of(program)))
    }
}

fn topics_of(program: &Program) -> String {
    let known: Vec<String> = program.topics().map(|(_, topic)| format!("`{topic}`")).collect();
    if known.is_empty() {
        "the project declares no `topics`".to_owned()
    } else {
        format!("the project has {}", known.join(", "))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::super::testing::{field, guide_nurture};
    use super::*;
    use flow_ir::FieldType;
    use serde_json::json;

    fn program() -> (Program, FieldId, FieldId) {
        let mut program = guide_nurture();
        let mut topic = |name: &str| {
            program.fields.push(field(&flow_ir::topic_field(name), FieldType::OneOf(TopicState::choices())))
        };
        let (news, product) = (topic("news"), topic("product_tips"));
        (program, news, product)
    }

    #[test]
    fn topics_are_known_however_they_are_written() {
        let (program, news, product) = program();
        for cell in ["News", " news ", "news;News", "NEWS|"] {
            assert_eq!(Named::in_cell(&program, cell).unwrap().topics, [news], "{cell}");
        }
        for cell in ["product-tips, news", "News;Product Tips", "productTips/news"] {
            assert_eq!(Named::in_cell(&program, cell).unwrap().topics, [news, product], "{cell}");
        }
        for cell in ["", "  ", ";", "-"] {
            assert_eq!(Named::in_cell(&program, cell), None, "{cell}");
        }
        let named = Named::in_cell(&program, "news, offers").unwrap();
        assert_eq!((named.topics.as_slice(), named.unknown.as_slice()), (&[news][..], &["offers".to_owned()][..]));
        assert!(named.fault(&program).unwrap().detail.contains("`news`, `product_tips`"));
    }

    #[test]
    fn an_event_without_a_topic_is_about_all_mail_and_one_that_names_none_is_not() {
        let (program, news, product) = program();
        let named = |properties: Value| Named::in_event(&program, properties.as_object().unwrap());
        assert_eq!(named(json!({ "source": "footer" })), None);
        for properties in [
            json!({ "topic": null }),
            json!({ "topic": " " }),
            json!({ "topics": [] }),
            json!({ "topics": [null, ""] }),
            json!({ "topicId": "" }),
        ] {
            assert_eq!(named(properties.clone()), Some(Named::default()), "{properties}");
        }
        for properties in [
            json!({ "topic": "news" }),
            json!({ "Topics": ["news"] }),
            json!({ "subscriptionType": "news", "topics": null }),
        ] {
            assert_eq!(named(properties.clone()).unwrap().topics, [news], "{properties}");
        }
        assert_eq!(named(json!({ "topics": ["news", "product tips"] })).unwrap().topics, [news, product]);
        for properties in [json!({ "topic": "offers" }), json!({ "topic": 7 }), json!({ "topic": { "name": "news" } })]
        {
            let named = named(properties.clone()).unwrap();
            assert!(named.topics.is_empty() && named.unknown.len() == 1, "{properties}");
        }
    }

    #[test]
    fn who_chooses_some_topics_wants_no_other() {
        let (program, news, product) = program();
        let mut values = Vec::new();
        let of = |field: FieldId, state: TopicState| (field, FieldValue::Int(state.number()));
        Named::in_cell(&program, "news").unwrap().chosen(&program, &mut values);
        assert_eq!(values, [of(news, TopicState::Subscribed), of(product, TopicState::NotChosen)]);
        Named::in_cell(&program, "product tips").unwrap().chosen(&program, &mut values);
        assert_eq!(values, [of(news, TopicState::Subscribed), of(product, TopicState::Subscribed)]);
    }
}
