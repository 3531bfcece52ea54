//! E8: windows are applied at the moment of leaving.

use flow_ir::EmailId;
use flow_runtime::store::{ContactId, DecisionCode};
use jiff::tz::TimeZone;
use serde_json::Value;

use crate::seen::Seen;
use crate::world::program::{MAILS, Window};

/// The project's zone.
const HOME: &str = "Europe/Berlin";

pub(super) fn broken(seen: &Seen<'_>) -> Option<String> {
    for (contact, rows) in seen.decisions() {
        for row in rows.iter().filter(|row| row.code == DecisionCode::Sent) {
            let Some(window) = seen.workflow(row.workflow?).and_then(|workflow| workflow.window) else { continue };
            let (Some(at), Some(sent)) = (seen.attempted_at(row), row.send.and_then(|send| seen.outbox(send))) else {
                continue;
            };
            let is_marketing = seen
                .program()
                .emails
                .get(EmailId(sent.email))
                .is_some_and(|email| MAILS.last() != Some(&email.name.as_str()));
            let zones = zones(seen, contact);
            if is_marketing && !zones.iter().any(|zone| is_open(window, zone, at)) {
                return Some(format!("{row:?}, attempted at {at}, outside {window:?} in {zones:?}"));
            }
        }
    }
    None
}

/// Every zone that was ever said of a contact, and the project's.
fn zones(seen: &Seen<'_>, contact: ContactId) -> Vec<String> {
    let whole = |id: ContactId| seen.of_now(id) == seen.of_now(contact);
    let said = seen.snapshot().events.iter().filter(|event| whole(event.contact) && event.name == "identify");
    let mut zones: Vec<String> = said
        .filter_map(|event| {
            let said: Value = serde_json::from_str(&event.properties).ok()?;
            Some(said.get("timezone")?.as_str()?.to_owned())
        })
        .collect();
    let rows = seen.world.people.rows.iter().chain(&seen.world.people.grown);
    let own = rows.filter(|row| seen.owner(&format!("user:u{}", row.user)).is_some_and(whole));
    zones.extend(own.map(|row| row.cells[0].clone()).filter(|zone| !zone.is_empty()));
    zones.push(HOME.to_owned());
    zones
}

fn is_open(window: Window, zone: &str, at: i64) -> bool {
    let Ok(zone) = TimeZone::get(zone) else { return true };
    let Ok(at) = jiff::Timestamp::from_millisecond(at) else { return true };
    let local = at.to_zoned(zone);
    let hour = local.hour() as u32;
    let passes_midnight = window.to <= window.from;
    let is_in =
        if passes_midnight { hour >= window.from || hour < window.to } else { hour >= window.from && hour < window.to };
    // The hours behind midnight are of the day on which it opened.
    let opened = if passes_midnight && hour < window.to { local.yesterday() } else { Ok(local) };
    let weekday = opened.map(|opened| opened.weekday().to_monday_zero_offset()).unwrap_or_default();
    is_in && !(window.weekdays && weekday >= 5)
}
