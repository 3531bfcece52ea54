//! The event stream, line by line, down to what happened to whom.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::{Map, Value};

use crate::calendar::{self, Ms};
use crate::count::{Events, one_more};
use crate::people::{Fields, What, snake};

const LONGEST_LINE_BYTES: usize = 32 * 1024;

#[derive(Debug)]
pub(crate) struct Arrival {
    pub(crate) arrived: Ms,
    pub(crate) occurred: Ms,
    pub(crate) user: String,
    pub(crate) says: Says,
}

#[derive(Debug)]
pub(crate) enum Says {
    Track(What),
    Identify(Fields),
}

/// All lines that are kept, in the order of their arrival.
pub(crate) fn read_events(file: &Path, count: &mut Events) -> Vec<Arrival> {
    let text = std::fs::read(file).unwrap();
    let mut message_ids = BTreeSet::new();
    let mut arrivals = Vec::new();
    for line in text.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty()) {
        match read_line(line, &mut message_ids, count) {
            Ok(Some(arrival)) => {
                count.kept += 1;
                arrivals.push(arrival);
            }
            Ok(None) => {}
            Err(reason) => one_more(&mut count.rejected, reason),
        }
    }
    arrivals.sort_by_key(|arrival| arrival.arrived);
    arrivals
}

/// A kept line, none where it is a repeat, or why it is rejected.
fn read_line(
    line: &[u8],
    message_ids: &mut BTreeSet<String>,
    count: &mut Events,
) -> Result<Option<Arrival>, &'static str> {
    if line.len() > LONGEST_LINE_BYTES {
        return Err("too long");
    }
    let Ok(Value::Object(line)) = serde_json::from_slice(line) else { return Err("not JSON") };
    let user = text(&line, "userId").ok_or("about nobody")?;
    let kind = text(&line, "type").ok_or("unknown type of message")?;
    let occurred = instant(&line, "timestamp")?.ok_or("no timestamp")?;
    let arrived = instant(&line, "receivedAt")?.unwrap_or(occurred);
    let name = match kind {
        "identify" => None,
        "track" => Some(text(&line, "event").ok_or("no event name")?),
        _ => return Err("unknown type of message"),
    };
    if let Some(id) = text(&line, "messageId")
        && !message_ids.insert(id.to_owned())
    {
        count.repeated += 1;
        return Ok(None);
    }
    let says = match name {
        None => Says::Identify(read_traits(&line, count)),
        Some(name) => Says::Track(read_what(name, &line, count)),
    };
    if occurred > arrived {
        count.dated_back += 1;
    }
    Ok(Some(Arrival { arrived, occurred: occurred.min(arrived), user: user.to_owned(), says }))
}

fn text<'a>(line: &'a Map<String, Value>, key: &str) -> Option<&'a str> {
    line.get(key)?.as_str().map(str::trim).filter(|text| !text.is_empty())
}

fn instant(line: &Map<String, Value>, key: &str) -> Result<Option<Ms>, &'static str> {
    match line.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => value.as_str().and_then(calendar::parse).map(Some).ok_or("a timestamp that is none"),
    }
}

fn read_traits(line: &Map<String, Value>, count: &mut Events) -> Fields {
    let mut fields = Fields::default();
    for (key, value) in line.get("traits").and_then(Value::as_object).into_iter().flatten() {
        let text = match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        fields.read(&snake(key), &text, &mut count.set_aside);
    }
    fields
}

/// An event that the program does not declare has no meaning here, but somebody did it.
fn read_what(as_written: &str, line: &Map<String, Value>, count: &mut Events) -> What {
    let name = snake(as_written);
    let mut property = |key: &str| match line.get("properties").and_then(|properties| properties.get(key)) {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) => Some(text.trim().to_lowercase()),
        Some(_) => {
            one_more(&mut count.set_aside, format!("{name}.{key}"));
            None
        }
    };
    match name.as_str() {
        "downloaded" => What::Downloaded { asset: property("asset") },
        "visited" => What::Visited { page: property("page") },
        "requested_demo" => What::RequestedDemo,
        "submitted_form" => means(What::Other, property("form")),
        "attended_webinar" => means(What::Attended, property("webinar")),
        "signed_up" => means(What::SignedUp, property("plan")),
        "email_link_clicked" => What::Clicked { email: property("email_id"), link: property("link_id") },
        "email_opened" => What::Opened { email: property("email_id") },
        "email_bounced" => {
            property("email_id");
            What::Bounced { is_hard: property("bounce_type").as_deref() == Some("hard") }
        }
        "email_marked_as_spam" => {
            property("email_id");
            What::Complained
        }
        "unsubscribed" => What::Unsubscribed,
        _ => {
            one_more(&mut count.unknown, as_written);
            What::Other
        }
    }
}

/// The property is looked at for its type alone.
fn means(what: What, _: Option<String>) -> What {
    what
}
