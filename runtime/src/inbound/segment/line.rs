//! From the bytes of a line to the members that are read of it. Everything else in it is checked as JSON and kept nowhere: senders add what
//! they like, and most of it is longer than what counts.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::super::finding::{Fault, Reason};
use super::MAX_LINE_BYTES;

/// What is read of an event.
const EVENT: Members = Members(&[
    ("type", None),
    ("messageId", None),
    ("event", None),
    ("name", None),
    ("email", None),
    ("userId", None),
    ("anonymousId", None),
    ("properties", None),
    ("traits", None),
    ("context", Some(&CONTEXT)),
    ("timestamp", None),
    ("originalTimestamp", None),
    ("sentAt", None),
    ("receivedAt", None),
]);
/// And of what a sender's library adds of itself.
const CONTEXT: Members = Members(&[("traits", None), ("page", Some(&PAGE))]);
const PAGE: Members = Members(&[("path", None)]);

/// What is read of an event to know whether it counts and when it arrived, where its user id says who it is about.
const OUTLINE: Members = Members(&[
    ("type", None),
    ("messageId", None),
    ("event", None),
    ("userId", None),
    ("anonymousId", None),
    ("timestamp", None),
    ("originalTimestamp", None),
    ("sentAt", None),
    ("receivedAt", None),
]);

/// What nobody reads is read as strictly as what is kept: which lines count must not depend on how much of them is.
const NOTHING: Members = Members(&[]);

/// The event of a line, without what nobody reads of it.
pub(super) fn parse(line: &[u8]) -> Result<Map<String, Value>, Fault> {
    parse_kept(line, EVENT)
}

/// The same without whatever is no id and no time.
pub(super) fn parse_outline(line: &[u8]) -> Result<Map<String, Value>, Fault> {
    parse_kept(line, OUTLINE)
}

fn parse_kept(line: &[u8], kept: Members) -> Result<Map<String, Value>, Fault> {
    if line.len() > MAX_LINE_BYTES {
        return Err(Fault::new(Reason::TooLong, format!("the limit of an event is {MAX_LINE_BYTES} bytes")));
    }
    let text = std::str::from_utf8(line).map_err(|_| Fault::new(Reason::NotUtf8, "write the file as UTF-8"))?;
    let mut reader = serde_json::Deserializer::from_str(text);
    let read = kept.deserialize(&mut reader).and_then(|read| reader.end().map(|()| read));
    match read {
        Ok(Some(Value::Object(event))) => Ok(event),
        Ok(_) => Err(Fault::new(Reason::NotAnObject, "write one object in braces on each line")),
        Err(error) => Err(Fault::new(Reason::NotJson, format!("it goes wrong at character {}", error.column()))),
    }
}

/// The members of an object that are kept, each whole or in part. What is no object stays as it is where it is one value, and a list is none.
#[derive(Debug, Clone, Copy)]
struct Members(&'static [(&'static str, Option<&'static Members>)]);

impl<'de> DeserializeSeed<'de> for Members {
    type Value = Option<Value>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<Value>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Members {
    type Value = Option<Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Option<Value>, A::Error> {
        let mut object = Map::new();
        while let Some(place) = members.next_key_seed(Name(self))? {
            // Of two members of one name the last one counts.
            match place.and_then(|place| self.0.get(place)) {
                None => drop(members.next_value_seed(NOTHING)?),
                Some((name, None)) => drop(object.insert((*name).to_owned(), members.next_value()?)),
                Some((name, Some(part))) => {
                    let value = members.next_value_seed(**part)?.unwrap_or_default();
                    object.insert((*name).to_owned(), value);
                }
            }
        }
        Ok(Some(Value::Object(object)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Option<Value>, A::Error> {
        while items.next_element_seed(NOTHING)?.is_some() {}
        Ok(None)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Option<Value>, E> {
        Ok(None)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Option<Value>, E> {
        Ok(None)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Option<Value>, E> {
        Ok(None)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Option<Value>, E> {
        Ok(None)
    }

    fn visit_str<E>(self, _: &str) -> Result<Option<Value>, E> {
        Ok(None)
    }

    fn visit_unit<E>(self) -> Result<Option<Value>, E> {
        Ok(None)
    }
}

/// The place of a name among those that are kept.
struct Name(Members);

impl<'de> DeserializeSeed<'de> for Name {
    type Value = Option<usize>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<usize>, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Name {
    type Value = Option<usize>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Option<usize>, E> {
        Ok(self.0.0.iter().position(|(known, _)| *known == name))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;

    use super::*;

    /// As the whole line is read.
    fn whole(line: &str) -> Result<Map<String, Value>, Option<usize>> {
        match serde_json::from_str(line) {
            Ok(Value::Object(event)) => Ok(event),
            Ok(_) => Err(None),
            Err(error) => Err(Some(error.column())),
        }
    }

    /// What is kept of a line is what the whole has of it, and what is wrong with it is the same.
    fn check(line: &str) {
        let place = |fault: &Fault| match fault.reason {
            Reason::NotAnObject => None,
            _ => Some(fault.detail.rsplit_once(' ').unwrap().1.parse().unwrap()),
        };
        for (read, kept) in [(parse(line.as_bytes()), EVENT), (parse_outline(line.as_bytes()), OUTLINE)] {
            match (whole(line), read) {
                (Ok(whole), Ok(read)) => {
                    for (name, part) in kept.0.iter().filter(|(name, _)| *name != "context") {
                        assert!(part.is_none());
                        assert_eq!(read.get(*name), whole.get(*name), "{line}");
                    }
                    if kept.0.len() == EVENT.0.len() {
                        for pointer in ["/traits", "/page/path"] {
                            let of = |event: &Map<String, Value>| {
                                event.get("context").and_then(|context| context.pointer(pointer)).cloned()
                            };
                            assert_eq!(of(&read), of(&whole), "{line}");
                        }
                    }
                    assert!(read.keys().all(|name| kept.0.iter().any(|(known, _)| known == name)), "{line}");
                }
                (Err(column), Err(fault)) => assert_eq!(place(&fault), column, "{line}"),
                (whole, read) => panic!("{line}: {whole:?}, {read:?}"),
            }
        }
    }

    #[test]
    fn whatever_is_wrong_in_what_nobody_keeps_is_wrong_with_the_line() {
        let deep = |depth: usize| format!("{{\"x\":{}{}}}", "[".repeat(depth), "]".repeat(depth));
        for value in [
            "1e999",
            "-1e999",
            "1e400",
            "\"\\ud800\"",
            "\"\\q\"",
            "\"\u{1}\"",
            "01",
            "[1,]",
            "{\"a\":}",
            "nul",
            "{\"a\":1,}",
            "\"a",
        ] {
            for name in ["x", "context", "properties"] {
                assert!(parse_outline(format!("{{\"{name}\":{value}}}").as_bytes()).is_err(), "{value}");
                check(&format!("{{\"type\":\"track\",\"{name}\":{value},\"userId\":\"u\"}}"));
            }
        }
        [1, 100, 125, 126, 127, 128, 200].into_iter().for_each(|depth| check(&deep(depth)));
        assert!(parse_outline(deep(200).as_bytes()).is_err());
        for line in [
            "",
            "1",
            "[]",
            "null",
            "\"a\"",
            "{} {}",
            "{}x",
            "{\"context\":[1,{\"page\":2}]}",
            "{\"context\":7}",
            "{\"userId\":1,\"userId\":2,\"context\":{\"traits\":1},\"context\":{\"page\":{\"path\":\"/\"}}}",
            "{\"user\\u0049d\":3}",
        ] {
            check(line);
        }
    }

    fn value() -> impl Strategy<Value = String> {
        let leaf = prop_oneof![
            Just("null".to_owned()),
            Just("true".to_owned()),
            "-?[0-9]{1,3}(\\.[0-9]{1,3})?([eE][0-9]{1,4})?",
            "\"[a-z\\\\u0é]{0,6}\"",
        ];
        leaf.prop_recursive(4, 24, 4, |inner| {
            let name = prop_oneof![
                Just("context"),
                Just("traits"),
                Just("page"),
                Just("path"),
                Just("userId"),
                Just("type"),
                Just("x")
            ];
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(|items| format!("[{}]", items.join(","))),
                prop::collection::vec((name, inner), 0..5).prop_map(|members| {
                    let members: Vec<String> =
                        members.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
                    format!("{{{}}}", members.join(","))
                }),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_kept_is_what_stands_there(line in value(), cut in 0..200usize) {
            check(&line);
            check(line.get(..cut).unwrap_or(&line));
        }
    }
}
