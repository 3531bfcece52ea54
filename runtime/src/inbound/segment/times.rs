//! When an event arrived and when it happened, by two clocks (see [`super`]).

use serde_json::{Map, Value};

use super::super::finding::{Fault, Reason};
use super::super::value;
use super::{Notes, shown};
use crate::time::Instant;

/// An event by two clocks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Times {
    pub(super) arrived_at: i64,
    /// Never after it arrived.
    pub(super) occurred_at: i64,
    /// What the sender's clock said, which stays the same however often the event is sent; none where it says nothing.
    pub(super) claimed_at: Option<i64>,
}

/// When the event arrived, and when it happened. Where one of its times is good, another that is none is set aside alone.
pub(super) fn times_of(event: &Map<String, Value>, notes: &mut Notes<'_>) -> Result<Times, Fault> {
    let timestamp = instant(event, "timestamp")?;
    let mut other = |name: &str| match (instant(event, name), timestamp) {
        (Err(fault), Some(_)) => {
            notes.add(fault, name, &event.get(name).map(shown).unwrap_or_default());
            Ok(None)
        }
        (read, _) => read,
    };
    let (original, sent, received) = (other("originalTimestamp")?, other("sentAt")?, other("receivedAt")?);
    let given = timestamp.or(original).or(received);
    let Some(given) = given else {
        return Err(Fault::new(Reason::NoTimestamp, "there is neither a `timestamp` nor a `receivedAt` in it"));
    };
    let arrived = received.unwrap_or(given);
    let occurred = match (original.or(timestamp), sent) {
        (Some(original), Some(sent)) if received.is_some() => arrived.sub_ms(sent.ms_since(original)),
        _ => given,
    };
    if occurred > arrived {
        notes.add(Fault::new(Reason::DatedAhead, "it counts as of its arrival"), "timestamp", &occurred.to_string());
    }
    let claimed_at = original.or(timestamp).map(|claimed| claimed.0);
    Ok(Times { arrived_at: arrived.0, occurred_at: occurred.min(arrived).0, claimed_at })
}

fn instant(event: &Map<String, Value>, name: &str) -> Result<Option<Instant>, Fault> {
    let bad = |help: &str| Fault::new(Reason::BadTimestamp, format!("`{name}`: {help}"));
    match event.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => value::instant(text.trim()).map(Some).map_err(|error| bad(&error.help)),
        Some(_) => Err(bad("write it like `2026-03-02T09:30:00Z`, in quotes")),
    }
}
