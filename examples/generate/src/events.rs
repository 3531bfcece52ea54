//! The event stream: Segment-shaped lines in the order of their arrival, with the faults that streams have.
//!
//! Faults are drawn before the lines are ordered, since a late event arrives elsewhere in the file; the text is written afterwards,
//! when every line knows its message id. The JSON is written by hand, so that the order of keys is ours on any build.

use std::collections::BTreeMap;

use crate::Plan;
use crate::calendar::{self, DAY, HOUR, MINUTE, Ms, SECOND};
use crate::contacts::user_id;
use crate::faults::{self, Counts, Fault, File};
use crate::rng::{Purpose, Rng};

/// What comes in takes lines up to this size.
const LINE_LIMIT_BYTES: usize = 32 * 1024;
/// A repeated message comes at most so many lines after the first.
const REPEAT_WITHIN_LINES: u64 = 1500;
/// A share of the sources names events in Title Case, as the Segment specs do.
const TITLE_CASE_PERCENT: u64 = 35;

pub(crate) struct Event {
    pub(crate) at: Ms,
    pub(crate) received: Ms,
    pub(crate) user: u32,
    /// How far the sender's clock is ahead of UTC.
    pub(crate) offset: Ms,
    pub(crate) body: Body,
}

pub(crate) type Property = (&'static str, &'static str);

pub(crate) enum Body {
    Track { name: &'static str, properties: [Option<Property>; 2] },
    Identify(Vec<(&'static str, Trait)>),
}

pub(crate) enum Trait {
    Text(String),
    YesNo(bool),
    Number(u32),
}

/// An event and what is wrong with its line.
struct Arrival {
    event: Event,
    fault: Option<Fault>,
}

impl Arrival {
    /// A line without `receivedAt` counts as arrived when it happened.
    fn instant(&self) -> Ms {
        if self.fault == Some(Fault::MissingReceivedAt) { self.event.at } else { self.event.received }
    }
}

pub(crate) fn write(seed: u64, plan: &Plan, events: Vec<Event>, counts: &mut Counts) -> Vec<u8> {
    let mut arrivals: Vec<Arrival> = events
        .into_iter()
        .enumerate()
        .map(|(index, event)| {
            let mut rng = Rng::stream(seed, Purpose::Fault, index as u64);
            let fault = faults::draw(&mut rng, File::Events);
            with_fault(event, fault, plan.end(), &mut rng)
        })
        .collect();
    // The sort is stable: events of one instant stay in the order of the people.
    arrivals.sort_by_key(Arrival::instant);
    write_lines(seed, &arrivals, counts)
}

/// Moves the instants of an event as its fault says; a fault that the event cannot have is dropped.
fn with_fault(mut event: Event, fault: Option<Fault>, end: Ms, rng: &mut Rng) -> Arrival {
    let Some(fault) = fault.filter(|fault| can_have(&event, *fault)) else { return Arrival { event, fault: None } };
    match fault {
        Fault::LateByHours => event.received = event.at + rng.between(2 * HOUR, 20 * HOUR),
        Fault::LateByDays => event.received = event.at + rng.between(DAY, 9 * DAY),
        Fault::Future => event.at = event.received + ahead(rng),
        _ => {}
    }
    if event.received >= end {
        event.received = event.at;
        return Arrival { event, fault: None };
    }
    Arrival { event, fault: Some(fault) }
}

fn can_have(event: &Event, fault: Fault) -> bool {
    match (&event.body, fault) {
        (Body::Identify(_), Fault::MissingEventName | Fault::UnknownEvent | Fault::WrongPropertyType) => false,
        // Strange names replace page visits alone: a shop's own events would not look like a demo request.
        (Body::Track { name, .. }, Fault::UnknownEvent) => *name == "visited",
        (Body::Track { properties, .. }, Fault::WrongPropertyType) => properties[0].is_some(),
        _ => true,
    }
}

/// A clock that is minutes fast, a date typed wrong, a device set to another year.
fn ahead(rng: &mut Rng) -> Ms {
    match rng.below(3) {
        0 => rng.between(5 * MINUTE, 3 * HOUR),
        1 => rng.between(DAY, 40 * DAY),
        _ => rng.between(365 * DAY, 5 * 365 * DAY),
    }
}

fn write_lines(seed: u64, arrivals: &[Arrival], counts: &mut Counts) -> Vec<u8> {
    let mut out = Vec::new();
    let mut repeats: BTreeMap<u64, Vec<String>> = BTreeMap::new();
    for (index, arrival) in arrivals.iter().enumerate() {
        let index = index as u64;
        let mut rng = Rng::stream(seed, Purpose::Line, index);
        let line = line(&arrival.event, arrival.fault, index + 1, &mut rng);
        out.extend(line.as_bytes());
        out.push(b'\n');
        if let Some(fault) = arrival.fault {
            counts.add(fault);
        }
        if arrival.fault == Some(Fault::RepeatedMessage) {
            let due = index + rng.below(REPEAT_WITHIN_LINES);
            repeats.entry(due).or_default().push(line);
        }
        write_repeats(&mut out, repeats.remove(&index));
    }
    for lines in repeats.into_values() {
        write_repeats(&mut out, Some(lines));
    }
    out
}

fn write_repeats(out: &mut Vec<u8>, lines: Option<Vec<String>>) {
    for line in lines.into_iter().flatten() {
        out.extend(line.as_bytes());
        out.push(b'\n');
    }
}

fn line(event: &Event, fault: Option<Fault>, number: u64, rng: &mut Rng) -> String {
    let mut json = Object::new();
    let kind = if matches!(event.body, Body::Track { .. }) { "track" } else { "identify" };
    json.text("type", kind);
    json.text("messageId", &format!("m-{number:06}"));
    write_user(&mut json, event.user, fault, rng);
    match &event.body {
        Body::Track { name, properties } => write_track(&mut json, name, properties, fault, rng),
        Body::Identify(traits) => json.raw("traits", &traits_object(traits)),
    }
    if fault == Some(Fault::OverlongLine) {
        json.text("context", &"pasted from a spreadsheet; ".repeat(LINE_LIMIT_BYTES / 27 + 10));
    }
    write_instants(&mut json, event, fault, rng);
    let line = json.close();
    if fault == Some(Fault::BrokenJson) { broken(&line, rng) } else { line }
}

fn write_user(json: &mut Object, user: u32, fault: Option<Fault>, rng: &mut Rng) {
    if fault != Some(Fault::MissingUserId) {
        return json.text("userId", &user_id(user));
    }
    match rng.below(3) {
        0 => json.raw("userId", "null"),
        1 => json.text("userId", ""),
        _ => {}
    }
}

fn write_track(json: &mut Object, name: &str, properties: &[Option<Property>; 2], fault: Option<Fault>, rng: &mut Rng) {
    match fault {
        Some(Fault::MissingEventName) if rng.percent(50) => {}
        Some(Fault::MissingEventName) => json.text("event", ""),
        Some(Fault::UnknownEvent) => json.text("event", rng.pick(&UNKNOWN_EVENTS)),
        // Mail events have one spelling, the stream's own events have two.
        _ if name.contains(' ') || !rng.percent(TITLE_CASE_PERCENT) => json.text("event", name),
        _ => json.text("event", &title_case(name)),
    }
    let mut inner = Object::new();
    for (place, (key, value)) in properties.iter().flatten().enumerate() {
        if place == 0 && fault == Some(Fault::WrongPropertyType) {
            inner.raw(key, rng.pick(&["42", "true", "[\"/pricing\"]", "{\"id\":7}"]));
        } else {
            inner.text(key, value);
        }
    }
    json.raw("properties", &inner.close());
}

const UNKNOWN_EVENTS: [&str; 5] =
    ["Product Viewed", "Cart Viewed", "Session Started", "support_ticket_opened", "Page Vistied"];

fn title_case(name: &str) -> String {
    let words: Vec<String> = name
        .split('_')
        .map(|word| {
            let (first, rest) = word.split_at(1);
            format!("{}{rest}", first.to_ascii_uppercase())
        })
        .collect();
    words.join(" ")
}

fn traits_object(traits: &[(&'static str, Trait)]) -> String {
    let mut json = Object::new();
    for (key, value) in traits {
        match value {
            Trait::Text(text) => json.text(key, text),
            Trait::YesNo(value) => json.raw(key, if *value { "true" } else { "false" }),
            Trait::Number(number) => json.raw(key, &number.to_string()),
        }
    }
    json.close()
}

fn write_instants(json: &mut Object, event: &Event, fault: Option<Fault>, rng: &mut Rng) {
    let timestamp = match fault {
        Some(Fault::BadTimestamp) => rng.pick(&BAD_TIMESTAMPS).to_owned(),
        Some(Fault::OtherTimeForm) => other_form(event, rng),
        _ => utc_millis(event.at),
    };
    json.text("timestamp", &timestamp);
    if fault != Some(Fault::MissingReceivedAt) {
        json.text("receivedAt", &utc_millis(event.received));
    }
}

const BAD_TIMESTAMPS: [&str; 5] =
    ["yesterday", "2026-13-45T00:00:00Z", "2026-02-30T10:00:00Z", "02/03/2026 09:15", "2026-03-09T25:61:00.000Z"];

fn utc_millis(at: Ms) -> String {
    format!("{}.{:03}Z", calendar::date_time(at), at.rem_euclid(SECOND))
}

/// The same instant as other clients write it; whole seconds round down.
fn other_form(event: &Event, rng: &mut Rng) -> String {
    let millis = event.at.rem_euclid(SECOND);
    match rng.below(3) {
        0 => format!("{}Z", calendar::date_time(event.at)),
        1 => format!("{}.{millis:03}{:03}Z", calendar::date_time(event.at), rng.below(1000)),
        _ => {
            let local = calendar::date_time(event.at + event.offset);
            let sign = if event.offset < 0 { '-' } else { '+' };
            let minutes = event.offset.abs() / MINUTE;
            format!("{local}.{millis:03}{sign}{:02}:{:02}", minutes / 60, minutes % 60)
        }
    }
}

/// What is left of a line when a writer dies or a person edits it. Every form is invalid JSON.
fn broken(line: &str, rng: &mut Rng) -> String {
    match rng.below(4) {
        0 => line.chars().take(line.chars().count() * 3 / 5).collect(),
        1 => line.trim_end_matches('}').to_owned(),
        2 => line.replace('"', "'"),
        _ => format!("WARN flush failed, retrying: {line}"),
    }
}

/// One JSON object, written key by key.
struct Object(String);

impl Object {
    fn new() -> Object {
        Object(String::from("{"))
    }

    fn key(&mut self, key: &str) {
        if self.0.len() > 1 {
            self.0.push(',');
        }
        push_text(&mut self.0, key);
        self.0.push(':');
    }

    fn text(&mut self, key: &str, value: &str) {
        self.key(key);
        push_text(&mut self.0, value);
    }

    fn raw(&mut self, key: &str, json: &str) {
        self.key(key);
        self.0.push_str(json);
    }

    fn close(mut self) -> String {
        self.0.push('}');
        self.0
    }
}

/// The pools hold no control characters, so quotes and backslashes are all there is to escape.
fn push_text(out: &mut String, text: &str) {
    out.push('"');
    for letter in text.chars() {
        if matches!(letter, '"' | '\\') {
            out.push('\\');
        }
        out.push(letter);
    }
    out.push('"');
}
