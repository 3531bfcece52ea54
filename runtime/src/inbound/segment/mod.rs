//! One event in the shape of Segment's tracking messages: a JSON object, in, an [`Arrival`], out.
//!
//! ```json
//! {"type":"track","messageId":"m-1","userId":"u-1","event":"downloaded","properties":{"asset":"b2b-guide"},
//!  "timestamp":"2026-03-02T09:15:00.000Z","receivedAt":"2026-03-02T09:15:01.120Z"}
//! ```
//!
//! Two clocks are in it. `receivedAt` is ours, so it is when the event arrived. `timestamp` is the sender's, who may be off by years:
//! where `sentAt` is there too, the sender's own delay between the two is kept and counted back from our clock.

mod line;
mod named;
mod times;
mod whose;

use std::sync::Arc;

use flow_ir::{FieldId, FieldType, FieldValue, Program};
use ring::digest::{SHA256, digest};
use serde_json::{Map, Value};

use super::consent::{Reading, Said};
use super::contacts::{doubtful, note_consent, note_pause};
use super::doubt::Answer;
use super::finding::{Fault, Reason, SetAside};
use super::lists::{self, LISTS};
use super::names::{EventNames, FieldNames, Fills, Meaning, snake_case};
use super::topics::Named;
use super::tracked::{Known, Tracked, find};
use super::value::{self, Shape};
use super::{Arrival, EventItem, Item, Origin, UNDATED, What, zone_of};
use crate::store::MessageId;
use crate::time::Zone;
use line::{parse, parse_outline};
use times::{Times, times_of};

/// The most bytes of one event.
pub(crate) const MAX_LINE_BYTES: usize = 32 * 1024;
/// The most characters of a message id.
pub(crate) const MAX_MESSAGE_ID_CHARS: usize = 100;

/// What a page view or screen view is called here, and the property that says which page.
const VISITED: &str = "visited";
const PAGE: &str = "page";
/// What is read of a mail event: all are texts.
const MAIL_PROPERTIES: [&str; 3] = ["email_id", "link_id", "bounce_type"];

/// The id that an event is known by for ever, so that a repeat changes nothing.
pub(crate) fn message_id(text: &str) -> MessageId {
    hash(text.as_bytes())
}

fn hash(bytes: &[u8]) -> MessageId {
    let mut id = [0; 16];
    // Half of a SHA-256.
    id.iter_mut().zip(digest(&SHA256, bytes).as_ref()).for_each(|(to, from)| *to = *from);
    MessageId(id)
}

/// Reads events against the names and types of a program.
#[derive(Debug)]
pub(crate) struct SegmentReader<'p> {
    program: &'p Program,
    zone: Zone,
    names: Arc<Vocabulary>,
}

/// What the names of a program and of other tools mean. There are many, so it is made once for whoever reads often.
#[derive(Debug)]
pub(crate) struct Vocabulary {
    fields: FieldNames,
    events: EventNames,
}

impl Vocabulary {
    pub(crate) fn new(program: &Program) -> Vocabulary {
        Vocabulary { fields: FieldNames::new(program), events: EventNames::new(program) }
    }
}

impl<'p> SegmentReader<'p> {
    pub(crate) fn new(program: &'p Program) -> Self {
        Self::by(Arc::new(Vocabulary::new(program)), program)
    }

    /// One that reads by names which are known.
    pub(crate) fn by(names: Arc<Vocabulary>, program: &'p Program) -> Self {
        Self { program, zone: zone_of(program), names }
    }

    /// Reads one event. Any bytes give an arrival or a rejection.
    pub(crate) fn read(&self, line: &[u8], at: &Origin) -> EventItem {
        let mut notes = Notes { at, taken: Vec::new() };
        match self.arrival(line, &mut notes) {
            Ok(row) => Item::Taken { row, notes: notes.taken },
            Err(fault) => Item::Rejected(fault.reject(at, line)),
        }
    }

    /// When the event of a line arrives, if it counts: as [`SegmentReader::read`] finds it, and mostly from less of it.
    pub(crate) fn arrived_at(&self, line: &[u8], at: &Origin) -> Option<i64> {
        self.outlined_at(line, at).unwrap_or_else(|| match self.read(line, at) {
            Item::Taken { row, .. } => Some(row.arrived_at),
            Item::Rejected(_) => None,
        })
    }

    /// The same of an event with a user id or device and a time; none where more of the line has to be read to tell.
    fn outlined_at(&self, line: &[u8], at: &Origin) -> Option<Option<i64>> {
        let mut notes = Notes { at, taken: Vec::new() };
        let Ok(event) = parse_outline(line) else { return Some(None) };
        let kind = MessageKind::of(&event).ok()?;
        written_id(&event).ok()?;
        if kind == MessageKind::Track {
            track_name(&event).ok()?;
        }
        self.keys_of(&event, kind, None, &mut notes).ok()?;
        let times = times_of(&event, &mut notes).ok()?;
        Some(Some(times.arrived_at))
    }

    fn arrival(&self, line: &[u8], notes: &mut Notes<'_>) -> Result<Arrival, Fault> {
        let mut event = parse(line)?;
        let kind = MessageKind::of(&event)?;
        let message = message_of(&event, line)?;
        let name = if kind == MessageKind::Track { Some(track_name(&event)?) } else { None };
        let meaning = name.as_deref().map(|name| self.meaning(name)).unwrap_or_default();
        let refusal = meaning.mail.filter(|mail| mail.is_refusal());
        let keys = self.keys_of(&event, kind, refusal, notes)?;
        let Times { arrived_at, occurred_at, claimed_at } = match (times_of(&event, notes), refusal) {
            (Ok(times), _) => times,
            (Err(fault), Some(mail)) => {
                let help = format!("{}; it counts at once", fault.detail);
                notes.add(Fault::new(Reason::UndatedRefusal, help), mail.name(), "");
                Times { arrived_at: UNDATED, occurred_at: UNDATED, claimed_at: None }
            }
            (Err(fault), None) => return Err(fault),
        };
        let what = match name {
            Some(name) => self.track(name, meaning, object(&mut event, "properties", notes), notes),
            None if kind == MessageKind::Page => self.visit(&mut event, notes),
            None => self.identify(object(&mut event, "traits", notes), notes),
        };
        Ok(Arrival { arrived_at, occurred_at, claimed_at, message, keys, what, at: notes.at.clone() })
    }

    /// Declared properties of another type than theirs are set aside.
    fn track(&self, name: String, meaning: Meaning, mut properties: Map<String, Value>, notes: &mut Notes<'_>) -> What {
        if let Some(mail) = meaning.mail {
            for property in MAIL_PROPERTIES {
                if let Some((written, value)) = find(&properties, property)
                    && let Err(error) = value::from_json(self.shape(&FieldType::Text), value)
                {
                    notes.add(error.into(), &format!("{}.{property}", mail.name()), &shown(value));
                    let written = written.clone();
                    properties.remove(&written);
                }
            }
            self.look_for_email(mail, &properties, notes);
            self.look_for_topics(mail, &properties, notes);
        }
        if meaning.answer.is_some() {
            self.look_for_team(&name, &properties, notes);
        }
        if meaning.enrols {
            self.look_for_workflow(&properties, notes);
        }
        if !meaning.is_known() {
            let reason = if meaning.sounds_like_refusal { Reason::UnknownConsent } else { Reason::UnknownEvent };
            notes.add(Fault::new(reason, ""), &name, "");
        }
        What::Track(self.tracked(name, meaning, properties, &mut |fault, property, value| {
            notes.add(fault, property, &shown(value));
        }))
    }

    /// An event with its declared properties typed; what is of another type is handed over and taken out.
    pub(super) fn tracked(
        &self,
        name: String,
        meaning: Meaning,
        mut properties: Map<String, Value>,
        set_aside: &mut dyn FnMut(Fault, &str, &Value),
    ) -> Tracked {
        let Some(event) = meaning.declared.and_then(|id| self.program.events.get(id)) else {
            return Tracked { name, meaning, values: Vec::new(), properties };
        };
        let mut values = Vec::with_capacity(event.properties.len());
        for property in &event.properties {
            let Some((written, value)) = find(&properties, &property.name) else {
                values.push(None);
                continue;
            };
            match Tracked::known(self.shape(&property.ty), value) {
                Ok(known) => values.push(known),
                Err(error) => {
                    set_aside(error.into(), &format!("{}.{}", event.name, property.name), value);
                    values.push(None);
                    let written = written.clone();
                    properties.remove(&written);
                }
            }
        }
        Tracked { name, meaning, values, properties }
    }

    /// The declared properties of an event that was taken before, without a word about what is of another type now.
    pub(crate) fn values(&self, meaning: Meaning, properties: Map<String, Value>) -> Vec<Option<Known>> {
        self.tracked(String::new(), meaning, properties, &mut |_, _, _| {}).values
    }

    /// What a name means here.
    pub(crate) fn meaning(&self, name: &str) -> Meaning {
        let meaning = self.names.events.find(name);
        Meaning { sounds_like_refusal: !meaning.is_known() && self.names.fields.may_be_consent(name), ..meaning }
    }

    fn shape<'a>(&'a self, ty: &'a FieldType) -> Shape<'a> {
        Shape { ty, stages: &self.program.stages, zone: self.zone }
    }

    /// A page or screen view is a visit of that page, whatever else it carries.
    fn visit(&self, event: &mut Map<String, Value>, notes: &mut Notes<'_>) -> What {
        let context_path = event.get("context").and_then(|context| context.get("page")?.get("path")).cloned();
        let name = event.get("name").cloned();
        let mut properties = object(event, "properties", notes);
        let path = properties.get("path").cloned();
        let page = path.or(context_path).or(name).filter(|page| !page.is_null());
        if let Some(page) = page.filter(|_| !properties.contains_key(PAGE)) {
            properties.insert(PAGE.to_owned(), page);
        }
        self.track(VISITED.to_owned(), self.names.events.find(VISITED), properties, notes)
    }

    fn identify(&self, traits: Map<String, Value>, notes: &mut Notes<'_>) -> What {
        let mut values = Vec::new();
        for (name, value) in &traits {
            let path = snake_case(name);
            match value {
                Value::Object(nested) => {
                    for (name, value) in nested {
                        self.take_trait(&format!("{path}_{}", snake_case(name)), value, &mut values, notes);
                    }
                }
                value => self.take_trait(&path, value, &mut values, notes),
            }
        }
        What::Identify { values }
    }

    /// Takes a trait for its field. `null` changes nothing.
    fn take_trait(&self, path: &str, value: &Value, values: &mut Vec<(FieldId, FieldValue)>, notes: &mut Notes<'_>) {
        let found = self.names.fields.find(path);
        if found.is_empty() {
            let is_consent = self.names.fields.may_be_consent(path) && !value.is_null()
                || self.names.fields.may_be_consent_by_its_cells(path) && is_answer(value);
            let reason = if is_consent { Reason::UnknownConsent } else { Reason::UnknownField };
            notes.add(Fault::new(reason, ""), path, &shown(value));
        }
        for fills in found {
            match fills {
                Fills::Value(field) => self.take_value(field, value, values, notes),
                Fills::Consent(reading) => self.take_consent(reading, value, values, notes),
                Fills::Lists => {
                    if let Err(fault) = lists::take_json(self.program, value, values) {
                        notes.add(fault, LISTS, &shown(value));
                    }
                }
                Fills::Topics => self.take_topics(value, values, notes),
            }
        }
    }

    fn take_consent(
        &self,
        reading: Reading,
        value: &Value,
        values: &mut Vec<(FieldId, FieldValue)>,
        notes: &mut Notes<'_>,
    ) {
        let cell = if value.is_null() { String::new() } else { shown(value) };
        let said = reading.read(&cell, self.program);
        if let Said::Doubtful(field) = said {
            notes.add(doubtful(Some(reading)), &self.program.fields.at(field).name, &cell);
        }
        if let Said::Consents(field, state) = said {
            note_consent(values, field, state);
        }
        if let Said::Until(field, until) = said {
            note_pause(values, field, until);
        }
        if let Said::Refused(field) | Said::Doubtful(field) = said
            && !values.iter().any(|(known, _)| *known == field)
        {
            values.push((field, FieldValue::Int(1)));
        }
    }

    /// A list of topics that is empty says nothing, as a cell does.
    fn take_topics(&self, value: &Value, values: &mut Vec<(FieldId, FieldValue)>, notes: &mut Notes<'_>) {
        let Some(named) = Named::in_value(self.program, value) else { return };
        named.chosen(self.program, values);
        if let Some(fault) = named.fault(self.program) {
            notes.add(fault, "topics", &shown(value));
        }
    }

    fn take_value(
        &self,
        field: FieldId,
        value: &Value,
        values: &mut Vec<(FieldId, FieldValue)>,
        notes: &mut Notes<'_>,
    ) {
        let name = &self.program.fields.at(field).name;
        if !value.is_null() && self.program.derived_of(field).is_some() {
            return notes.add(Fault::worked_out(name), name, &shown(value));
        }
        match value::from_json(self.shape(&self.program.fields.at(field).ty), value) {
            Ok(FieldValue::Missing) => {}
            Ok(taken) => match values.iter().find(|(other, _)| *other == field) {
                None => values.push((field, taken)),
                Some((_, first)) if *first == taken => {}
                Some(_) => notes.add(Fault::new(Reason::SaidTwice, "the first one counts"), name, &shown(value)),
            },
            Err(error) => notes.add(error.into(), name, &shown(value)),
        }
    }
}

/// What was set aside in a line so far.
struct Notes<'a> {
    at: &'a Origin,
    taken: Vec<SetAside>,
}

impl Notes<'_> {
    fn add(&mut self, fault: Fault, field: &str, value: &str) {
        self.taken.push(fault.set_aside(self.at, field, value));
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum MessageKind {
    Track,
    Identify,
    /// A page view, or a screen view of an app.
    Page,
}

impl MessageKind {
    fn of(event: &Map<String, Value>) -> Result<MessageKind, Fault> {
        match event.get("type").and_then(Value::as_str) {
            Some("track") => Ok(MessageKind::Track),
            Some("identify") => Ok(MessageKind::Identify),
            Some("page" | "screen") => Ok(MessageKind::Page),
            Some("group" | "alias") => {
                Err(Fault::new(Reason::NotUsedYet, "group and alias messages change nothing so far"))
            }
            _ => Err(Fault::new(Reason::UnknownType, "set `type` to track, identify, page or screen")),
        }
    }
}

/// A message without an id is known by its bytes: the same line again is the same message.
fn message_of(event: &Map<String, Value>, line: &[u8]) -> Result<MessageId, Fault> {
    written_id(event).map(|id| id.map_or_else(|| hash(line.trim_ascii()), message_id))
}

/// The id that the sender has given a message, if any.
fn written_id(event: &Map<String, Value>) -> Result<Option<&str>, Fault> {
    match event.get("messageId") {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(id)) if !id.is_empty() && !value::exceeds(id, MAX_MESSAGE_ID_CHARS) => Ok(Some(id)),
        Some(_) => {
            let help = format!("`messageId` is a text of 1 to {MAX_MESSAGE_ID_CHARS} characters, or is left out");
            Err(Fault::new(Reason::BadMessageId, help))
        }
    }
}

fn track_name(event: &Map<String, Value>) -> Result<String, Fault> {
    match event.get("event").and_then(Value::as_str).map(str::trim) {
        Some(name) if !name.is_empty() => Ok(name.to_owned()),
        _ => Err(Fault::new(Reason::NoEventName, "say in `event` what happened")),
    }
}

/// Takes an object out of the event; empty where there is none.
fn object(event: &mut Map<String, Value>, name: &str, notes: &mut Notes<'_>) -> Map<String, Value> {
    match event.remove(name) {
        Some(Value::Object(object)) => object,
        None | Some(Value::Null) => Map::new(),
        Some(other) => {
            notes.add(Fault::new(Reason::WrongType, "send an object in braces"), name, &shown(&other));
            Map::new()
        }
    }
}

/// A JSON value for a finding: a text without its quotes.
/// Whether it is a yes or a no in words, which a number is not.
fn is_answer(value: &Value) -> bool {
    value.is_boolean() || matches!(value.as_str().and_then(Answer::of), Some(Answer::Yes | Answer::No))
}

fn shown(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::super::Finding;
    use super::super::testing::{guide_nurture, named, outline};
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn at() -> Origin {
        Origin { file: "e.jsonl".into(), line: 7 }
    }

    fn read(event: &Value) -> EventItem {
        read_line(event.to_string().as_bytes())
    }

    fn read_line(line: &[u8]) -> EventItem {
        SegmentReader::new(&guide_nurture()).read(line, &at())
    }

    #[track_caller]
    fn taken(event: &Value) -> Arrival {
        let item = read(event);
        assert_eq!(item.findings().map(|finding| finding.to_string()).collect::<Vec<_>>(), [""; 0]);
        item.taken().unwrap()
    }

    /// A good event with some members put in or, by null, left out.
    fn visit(changes: Value) -> Value {
        let mut event = json!({
            "type": "track", "messageId": "m-1", "userId": "u-1", "event": "visited", "properties": {"page": "/pricing"},
            "timestamp": "2026-03-02T09:30:00.250Z", "receivedAt": "2026-03-02T09:30:01.5Z",
        });
        for (name, value) in changes.as_object().unwrap() {
            event.as_object_mut().unwrap().remove(name);
            if !value.is_null() {
                event[name] = value.clone();
            }
        }
        event
    }

    /// What was wrong, and the arrival's keys if it was taken.
    fn seen(event: Value) -> Vec<String> {
        outline(std::iter::once(Ok(read(&event))), |arrival| arrival.keys.join(" "))
    }

    const HALF_PAST_NINE: i64 = 1_772_443_800_000;

    #[test]
    fn a_track_line_becomes_an_arrival() {
        let arrival = taken(&visit(json!({})));
        let expected = Arrival {
            arrived_at: HALF_PAST_NINE + 1_500,
            occurred_at: HALF_PAST_NINE + 250,
            claimed_at: Some(HALF_PAST_NINE + 250),
            message: message_id("m-1"),
            keys: vec!["user:u-1".into()],
            what: What::Track(Tracked::new(
                &guide_nurture(),
                "visited",
                json!({"page": "/pricing"}).as_object().unwrap().clone(),
            )),
            at: at(),
        };
        assert_eq!(arrival, expected);
        // The first half of the SHA-256 of `m-1`, by sha256sum.
        assert_eq!(message_id("m-1").0[..4], MESSAGE_1_STARTS_WITH);
    }

    const MESSAGE_1_STARTS_WITH: [u8; 4] = [0xa4, 0x61, 0xb4, 0x72];

    #[test]
    fn a_line_that_cannot_be_used_is_rejected_with_its_reason() {
        let reason = |line: &[u8]| match read_line(line) {
            Item::Rejected(rejected) => rejected.kind,
            Item::Taken { row, .. } => panic!("{row:?}"),
        };
        let reason_of = |changes: Value| reason(visit(changes).to_string().as_bytes());
        assert_eq!(reason(b"{\"type\":"), Reason::NotJson);
        assert_eq!(reason(b"{} {}"), Reason::NotJson);
        assert_eq!(reason("[".repeat(MAX_LINE_BYTES).as_bytes()), Reason::NotJson);
        assert_eq!(reason("[".repeat(MAX_LINE_BYTES + 1).as_bytes()), Reason::TooLong);
        assert_eq!(reason(b"[1]"), Reason::NotAnObject);
        assert_eq!(reason(b"{\"userId\":\"\xFF\"}"), Reason::NotUtf8);
        assert_eq!(reason_of(json!({"type": null})), Reason::UnknownType);
        assert_eq!(reason_of(json!({"type": "delete"})), Reason::UnknownType);
        assert_eq!(reason_of(json!({"type": "group"})), Reason::NotUsedYet);
        assert_eq!(reason_of(json!({"type": "alias"})), Reason::NotUsedYet);
        assert_eq!(reason_of(json!({"messageId": ""})), Reason::BadMessageId);
        assert_eq!(reason_of(json!({"messageId": 7})), Reason::BadMessageId);
        assert_eq!(reason_of(json!({"messageId": "é".repeat(101)})), Reason::BadMessageId);
        assert_eq!(reason_of(json!({"userId": null})), Reason::Nobody);
        assert_eq!(reason_of(json!({"userId": " "})), Reason::Nobody);
        assert_eq!(reason_of(json!({"userId": {"id": 1}})), Reason::Nobody);
        assert_eq!(reason_of(json!({"event": null})), Reason::NoEventName);
        assert_eq!(reason_of(json!({"event": " "})), Reason::NoEventName);
        assert_eq!(reason_of(json!({"event": 7})), Reason::NoEventName);
        assert_eq!(reason_of(json!({"timestamp": null, "receivedAt": null})), Reason::NoTimestamp);
        for bad in [json!("soon"), json!("2026-02-30T00:00:00Z"), json!("2026-03-02T09:30:00"), json!(1_772_443_800)] {
            assert_eq!(reason_of(json!({"timestamp": bad})), Reason::BadTimestamp);
            for name in ["originalTimestamp", "sentAt", "receivedAt"] {
                let alone = json!({"timestamp": null, "receivedAt": null, name: bad});
                assert_eq!(reason_of(alone), Reason::BadTimestamp, "{name}");
                // Beside a good one it is set aside alone.
                let item = read(&visit(json!({name: bad})));
                let notes: Vec<Reason> = item.findings().map(Finding::kind).collect();
                assert_eq!(notes, [Reason::BadTimestamp], "{name}");
                assert!(item.taken().is_some());
            }
        }
        let line = visit(json!({"timestamp": "2026-03-02T09:30:00"})).to_string();
        let rejected = read_line(line.as_bytes());
        let shown = rejected.findings().next().unwrap().to_string();
        assert!(shown.starts_with("e.jsonl:7: a timestamp that is none: `{"), "{shown}");
        let help = "(`timestamp`: say which time zone it is in: end it with `Z` or an offset such as `+02:00`)";
        assert!(shown.ends_with(help), "{shown}");
    }

    #[test]
    fn a_refusal_needs_no_time_and_no_user_id_and_belongs_to_the_address_that_it_names() {
        let undated = json!({"type": "track", "event": "Unsubscribed", "userId": "u-1", "timestamp": "03/03/2026"});
        for event in [undated.clone(), json!({"type": "track", "event": "Opted Out", "userId": "u-1"})] {
            let arrival = read(&event).taken().unwrap();
            assert_eq!((arrival.arrived_at, arrival.occurred_at), (UNDATED, UNDATED));
        }
        let mut named = undated;
        named["properties"] = json!({"email": "Ana@x.example"});
        assert_eq!(read(&named).taken().unwrap().keys, ["email:ana@x.example", "user:u-1"]);
        let other = visit(json!({"event": "visited", "properties": {"email": "ana@x.example"}}));
        assert_eq!(read(&other).taken().unwrap().keys, ["user:u-1"]);
    }

    #[test]
    fn a_person_has_every_key_that_the_event_gives() {
        let context = json!({"traits": {"email": "Ana@ACME.example"}});
        assert_eq!(
            seen(visit(json!({"anonymousId": "x", "context": context}))),
            ["user:u-1 anonymous:x email:ana@acme.example"]
        );
        assert_eq!(seen(visit(json!({"userId": 12_345}))), ["user:12345"]);
        assert_eq!(seen(visit(json!({"userId": null, "anonymousId": "x"}))), ["anonymous:x"]);
        assert_eq!(
            seen(visit(json!({"context": {"traits": {"email": "a@b"}}}))),
            [
                "user:u-1",
                "e.jsonl:7: context.traits.email: not an e-mail address: `a@b` (write it like `ana@acme.example`)"
            ]
        );
        let identify = json!({"type": "identify", "userId": null, "traits": {"email": "Ana@ACME.example"}});
        assert_eq!(seen(visit(identify)), ["email:ana@acme.example"]);
        let bad = json!({"type": "identify", "traits": {"email": "a@b"}});
        assert_eq!(
            seen(visit(bad)),
            ["user:u-1", "e.jsonl:7: email: not an e-mail address: `a@b` (write it like `ana@acme.example`)"]
        );
    }

    #[test]
    fn times_follow_the_two_clocks() {
        let times = |changes: Value| {
            let arrival = read(&visit(changes)).taken().unwrap();
            (arrival.arrived_at - HALF_PAST_NINE, arrival.occurred_at - HALF_PAST_NINE)
        };
        // Hours late.
        assert_eq!(times(json!({"receivedAt": "2026-03-02T12:30:00Z"})), (10_800_000, 250));
        // Without an arrival of its own.
        assert_eq!(times(json!({"receivedAt": null})), (250, 250));
        assert_eq!(times(json!({"timestamp": null})), (1_500, 1_500));
        // Ahead of its arrival.
        assert_eq!(times(json!({"timestamp": "2031-01-01T00:00:00Z"})), (1_500, 1_500));
        // The sender's clock is a year ahead; it sent the event two seconds after it happened.
        let ahead = json!({"timestamp": "2027-03-02T09:30:00Z", "sentAt": "2027-03-02T09:30:02Z"});
        assert_eq!(times(ahead), (1_500, -500));
        // As exported: `timestamp` is corrected already, and the same comes out.
        let exported = json!({
            "originalTimestamp": "2027-03-02T09:30:00Z", "sentAt": "2027-03-02T09:30:02Z", "timestamp": "2026-03-02T09:29:59.5Z",
        });
        assert_eq!(times(exported), (1_500, -500));
        // No arrival to count back from.
        assert_eq!(times(json!({"receivedAt": null, "sentAt": "2026-03-02T10:00:00Z"})), (250, 250));
        // An offset and six digits.
        assert_eq!(times(json!({"timestamp": "2026-03-02T10:29:59.999999+01:00"})), (1_500, -1));
    }

    #[test]
    fn an_event_of_the_future_counts_as_of_its_arrival_and_is_noted() {
        assert_eq!(
            seen(visit(json!({"timestamp": "2031-01-01T00:00:00Z"}))),
            [
                "user:u-1",
                "e.jsonl:7: timestamp: dated after its arrival: `2031-01-01T00:00:00Z` (it counts as of its arrival)",
            ]
        );
    }

    #[test]
    fn a_message_without_an_id_is_known_by_its_bytes() {
        let line = visit(json!({"messageId": null})).to_string();
        let id = |line: &str| read_line(line.as_bytes()).taken().unwrap().message;
        assert_eq!(id(&line), id(&format!(" {line} ")));
        assert_eq!(id(&line), message_id(&line));
        assert_ne!(id(&line), id(&line.replace("09:30:00.250", "09:30:00.251")));
        let longest = "é".repeat(MAX_MESSAGE_ID_CHARS);
        assert_eq!(taken(&visit(json!({"messageId": longest}))).message, message_id(&longest));
    }

    fn properties(item: EventItem) -> Value {
        match item.taken().unwrap().what {
            What::Track(event) => Value::Object(event.properties),
            what => panic!("{what:?}"),
        }
    }

    #[test]
    fn a_property_of_another_type_is_set_aside_and_others_stay_as_they_came() {
        let event = visit(json!({"properties": {"page": 42, "referrer": {"deep": [1]}}}));
        assert_eq!(
            seen(event.clone()),
            ["user:u-1", "e.jsonl:7: visited.page: of the wrong type: `42` (send a text in quotes)"]
        );
        assert_eq!(properties(read(&event)), json!({"referrer": {"deep": [1]}}));
        let mail = visit(json!({"event": "Email Link Clicked", "properties": {"email_id": ["x"], "link_id": "book"}}));
        assert_eq!(
            seen(mail.clone()),
            [
                "user:u-1",
                "e.jsonl:7: email_link_clicked.email_id: of the wrong type: `[\"x\"]` (send a text in quotes)"
            ]
        );
        assert_eq!(properties(read(&mail)), json!({"link_id": "book"}));
        assert_eq!(
            seen(visit(json!({"properties": "x"}))),
            ["user:u-1", "e.jsonl:7: properties: of the wrong type: `x` (send an object in braces)"]
        );
        assert_eq!(properties(read(&visit(json!({"properties": null})))), json!({}));
    }

    #[test]
    fn an_event_that_the_program_does_not_know_is_kept_and_noted() {
        let event = visit(json!({"event": "Product Viewed", "properties": {"page": 42}}));
        assert_eq!(seen(event.clone()), ["user:u-1", "e.jsonl:7: Product Viewed: no event of the program"]);
        assert_eq!(properties(read(&event)), json!({"page": 42}));
        assert_eq!(seen(visit(json!({"event": "Requested Demo"}))), ["user:u-1"]);
    }

    #[test]
    fn page_and_screen_views_are_visits() {
        let page = |changes: Value| {
            let arrival = taken(&visit(changes));
            match arrival.what {
                What::Track(event) => (event.name, event.properties.get("page").cloned()),
                what => panic!("{what:?}"),
            }
        };
        let visited = |page: &str| ("visited".to_owned(), Some(json!(page)));
        assert_eq!(page(json!({"type": "page", "properties": {"path": "/a", "title": "A"}})), visited("/a"));
        assert_eq!(page(json!({"type": "page", "properties": {"path": "/a", "page": "/b"}})), visited("/b"));
        let context = json!({"page": {"path": "/c"}});
        assert_eq!(page(json!({"type": "page", "properties": {}, "context": context, "name": "C"})), visited("/c"));
        assert_eq!(page(json!({"type": "screen", "properties": {}, "name": "Start"})), visited("Start"));
        assert_eq!(page(json!({"type": "page", "properties": null})), ("visited".to_owned(), None));
        let odd = visit(json!({"type": "page", "properties": {"path": 42}}));
        assert_eq!(seen(odd), ["user:u-1", "e.jsonl:7: visited.page: of the wrong type: `42` (send a text in quotes)"]);
    }

    #[test]
    fn traits_fill_fields_in_either_style_and_null_changes_nothing() {
        let program = guide_nurture();
        let event = visit(json!({"type": "identify", "traits": {
            "firstName": "Ada", "last_name": null, "hasOpenDeal": true, "employees": 177, "stage": "Customer",
            "address": {"country": "DE", "city": "Berlin"}, "company": {"name": "Acme", "employee_count": "20"}, "title": "CTO",
            "industry": "agritech",
        }}));
        let item = read(&event);
        let notes: Vec<String> = item.findings().map(|finding| finding.to_string()).collect();
        assert_eq!(
            notes,
            [
                "e.jsonl:7: address_city: no field of the program: `Berlin`",
                "e.jsonl:7: employees: said twice: `177` (the first one counts)",
                "e.jsonl:7: industry: not one of the choices: `agritech` (write one of: saas, fintech, ecommerce, manufacturing, \
                 healthcare, education, consulting, logistics)",
            ]
        );
        let What::Identify { values } = item.taken().unwrap().what else { panic!() };
        let text = |value: &str| FieldValue::Text(value.to_owned());
        let mut values = named(&program, &values);
        values.sort_by(|a, b| a.0.cmp(&b.0));
        let expected = [
            ("company_name", text("Acme")),
            ("country", text("DE")),
            ("employees", FieldValue::Int(200_000)),
            ("first_name", text("Ada")),
            ("has_open_deal", FieldValue::Int(1)),
            ("job_title", text("CTO")),
            ("stage", FieldValue::Int(5)),
        ];
        assert_eq!(values, expected.map(|(name, value)| (name.to_owned(), value)));
    }

    /// Any JSON, with the names that matter among its own.
    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            any::<String>().prop_map(Value::from),
            prop::sample::select(vec!["track", "identify", "page", "visited", "2026-03-02T09:30:00Z"])
                .prop_map(Value::from),
        ];
        let names = vec![
            "type",
            "messageId",
            "userId",
            "anonymousId",
            "event",
            "properties",
            "traits",
            "context",
            "page",
            "email",
            "timestamp",
            "originalTimestamp",
            "sentAt",
            "receivedAt",
            "company",
            "path",
            "name",
        ];
        leaf.prop_recursive(3, 40, 8, move |inner| {
            let name = prop::sample::select(names.clone()).prop_map(str::to_owned);
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
                prop::collection::btree_map(name, inner, 0..10)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn any_bytes_give_an_arrival_or_a_rejection(bytes: Vec<u8>) {
            read_line(&bytes);
        }

        #[test]
        fn any_json_gives_an_arrival_with_its_promises_or_a_rejection(changes in any_json(), name in "(traits|properties|context|sentAt|timestamp|userId|event)") {
            for event in [changes.clone(), visit(json!({ name: changes }))] {
                if let Some(arrival) = read(&event).taken() {
                    prop_assert!(!arrival.keys.is_empty());
                    prop_assert!(arrival.occurred_at <= arrival.arrived_at);
                }
            }
        }
    }
}
