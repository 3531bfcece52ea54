//! E8: windows, quiet hours, blackouts and caps are applied at the moment of leaving, over all workflows; nothing is held longer than it may be.

use flow_runtime::engine::reason::Withheld;
use flow_runtime::store::{ContactId, DecisionCode, DecisionRecord, OutboxRecord, OutboxState};
use jiff::ToSpan as _;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde_json::Value;

use crate::seen::Seen;
use crate::world::people::DAY;
use crate::world::policy::{Blackout, Cap, FIRST_DAY, Policy};
use crate::world::program::Window;
use crate::world::wider::spacing;

/// The project's zone.
const HOME: &str = "Europe/Berlin";

pub(super) fn broken(seen: &Seen<'_>) -> Option<String> {
    outside_its_window(seen).or_else(|| too_close(seen)).or_else(|| {
        let policy = seen.policy()?;
        in_quiet_hours(seen, policy).or_else(|| too_late(seen, policy)).or_else(|| over_a_cap(seen, policy))
    })
}

/// A mail that has left.
struct Left<'a> {
    decision: &'a DecisionRecord,
    row: &'a OutboxRecord,
    /// When it was handed over for the last time.
    at: i64,
}

impl Left<'_> {
    fn told(&self, why: &str) -> String {
        format!("{:?}, attempted at {}, {why}", self.decision, self.at)
    }
}

fn left<'a>(seen: &Seen<'a>, rows: &[&'a DecisionRecord]) -> Vec<Left<'a>> {
    let sent = rows.iter().filter(|row| row.code == DecisionCode::Sent);
    sent.filter_map(|decision| {
        let row = seen.outbox(decision.send?)?;
        Some(Left { decision, row, at: row.due_at })
    })
    .collect()
}

fn outside_its_window(seen: &Seen<'_>) -> Option<String> {
    for (contact, rows) in seen.decisions() {
        for left in left(seen, rows).iter().filter(|left| seen.is_marketing(left.row)) {
            let workflow = left.decision.workflow.and_then(|workflow| seen.workflow(workflow));
            let Some(window) = workflow.and_then(|workflow| workflow.window) else { continue };
            let is_open = |wall: DateTime| is_open(window, wall);
            if is_nowhere(seen, contact, left.at, is_open) {
                return Some(left.told(&format!("outside {window:?}")));
            }
        }
    }
    None
}

/// So long after a mail of a workflow with a spacing no other one of it has left.
fn too_close(seen: &Seen<'_>) -> Option<String> {
    for (_, rows) in seen.decisions().filter(|(contact, _)| seen.is_alone(*contact)) {
        let mut mails = left(seen, rows);
        mails.retain(|left| seen.is_marketing(left.row));
        mails.sort_by_key(|left| left.at);
        for (place, left) in mails.iter().enumerate() {
            let Some(number) = left.decision.workflow else { continue };
            let Some(spacing) = seen.workflow(number).and_then(spacing) else { continue };
            let mut own = mails[..place].iter().filter(|other| other.decision.workflow == Some(number));
            // What was in the hands of a process that died counts from when it left, and is recorded by the next one.
            let close = own.rfind(|other| left.at < other.at + spacing);
            if let Some(other) = close {
                return Some(left.told(&format!("{} ms behind another of its workflow", left.at - other.at)));
            }
        }
    }
    None
}

/// Nothing leaves in quiet hours at home, nor on a day of a blackout there.
fn in_quiet_hours(seen: &Seen<'_>, policy: &Policy) -> Option<String> {
    let is_loud = |wall: DateTime| {
        policy.quiet.is_none_or(|(from, to)| {
            let hour = wall.hour() as u32;
            if from < to { hour < from || hour >= to } else { hour < from && hour >= to }
        })
    };
    let is_day = |wall: DateTime| {
        policy.blackout.is_none_or(|Blackout { first, last }| {
            wall.date() < FIRST_DAY + first.days() || wall.date() > FIRST_DAY + last.days()
        })
    };
    for (contact, rows) in seen.decisions() {
        for left in left(seen, rows).iter().filter(|left| seen.is_marketing(left.row)) {
            if is_nowhere(seen, contact, left.at, |wall| is_loud(wall) && is_day(wall)) {
                return Some(left.told(&format!("under {policy:?}")));
            }
        }
    }
    None
}

/// A mail leaves within the time for which it may be held, and is not given up before that is over.
fn too_late(seen: &Seen<'_>, policy: &Policy) -> Option<String> {
    let given_up = [Withheld::HeldTooLong.number(), Withheld::Capped.number()];
    for (_, rows) in seen.decisions() {
        if let Some(late) = left(seen, rows).iter().find(|left| left.at > left.row.held_since + policy.longest_hold()) {
            return Some(late.told(&format!("held since {}, under {policy:?}", late.row.held_since)));
        }
        let withheld = rows.iter().filter(|row| row.code == DecisionCode::Withheld && given_up.contains(&row.reason));
        for decision in withheld {
            let row = seen.outbox(decision.send?)?;
            if decision.at < row.held_since + policy.longest_hold() {
                return Some(format!("{decision:?}, held since {}, under {policy:?}", row.held_since));
            }
        }
    }
    None
}

/// In no period as long as a cap's, wherever it begins, has anybody had more than that; and none is dropped while there is a place.
fn over_a_cap(seen: &Seen<'_>, policy: &Policy) -> Option<String> {
    for (contact, rows) in seen.decisions().filter(|(contact, _)| seen.is_alone(*contact)) {
        let mut mails = left(seen, rows);
        mails.retain(|left| seen.is_marketing(left.row));
        mails.sort_by_key(|left| left.at);
        for (place, left) in mails.iter().enumerate() {
            // What was with the other side then had its place, and has kept it.
            let full = policy.caps.iter().find(|cap| taken(cap, &mails[..place], left.at) >= cap.emails as usize);
            if let Some(cap) = full {
                return Some(left.told(&format!("beyond {cap:?}")));
            }
        }
        let dropped =
            |row: &&&DecisionRecord| row.code == DecisionCode::Withheld && row.reason == Withheld::Dropped.number();
        for row in rows.iter().filter(dropped).filter(|_| is_all_told(seen, contact)) {
            // What was in the hands of a process that died had its place until the next one handed it over.
            let is_in_hands = |left: &Left<'_>| seen.lived.deaths > 0 && left.row.held_since <= row.at;
            let had_its_place = |left: &&Left<'_>| left.at <= row.at || is_in_hands(left);
            let by_then: Vec<Left<'_>> = mails.iter().filter(had_its_place).map(|left| Left { ..*left }).collect();
            let is_full = |cap: &Cap| cap.drops && taken(cap, &by_then, row.at) >= cap.emails as usize;
            if !policy.caps.iter().any(is_full) {
                return Some(format!("{row:?}, though a place was free under {policy:?}"));
            }
        }
    }
    None
}

/// How many places under a cap earlier mails have at an instant: exactly so long after one has left, its place is free.
fn taken(cap: &Cap, earlier: &[Left<'_>], at: i64) -> usize {
    earlier.iter().filter(|left| left.decision.at > at - i64::from(cap.days) * DAY).count()
}

/// Whether no mail to somebody took a place for a while and gave it back, or kept it and never counted as sent.
fn is_all_told(seen: &Seen<'_>, contact: ContactId) -> bool {
    let mut own = seen.snapshot().outbox.iter().map(|(row, _)| row).filter(|row| row.contact == contact);
    own.all(|row| match row.state {
        OutboxState::Delivered => row.attempts <= 1,
        OutboxState::Withheld | OutboxState::Queued => row.attempts == 0,
        _ => false,
    })
}

/// Whether something holds in none of the places where a contact may have been by then: in each zone that was ever said of them, and at home.
fn is_nowhere(seen: &Seen<'_>, contact: ContactId, at: i64, holds: impl Fn(DateTime) -> bool) -> bool {
    let Ok(at) = jiff::Timestamp::from_millisecond(at) else { return false };
    let walls = zones(seen, contact).into_iter().filter_map(|zone| Some(TimeZone::get(&zone).ok()?.to_datetime(at)));
    !walls.into_iter().any(holds)
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

fn is_open(window: Window, wall: DateTime) -> bool {
    let hour = wall.hour() as u32;
    let passes_midnight = window.to <= window.from;
    let is_in =
        if passes_midnight { hour >= window.from || hour < window.to } else { hour >= window.from && hour < window.to };
    // The hours behind midnight are of the day on which it opened.
    let opened = if passes_midnight && hour < window.to { wall.yesterday() } else { Ok(wall) };
    let weekday = opened.map(|opened| opened.weekday().to_monday_zero_offset()).unwrap_or_default();
    is_in && !(window.weekdays && weekday >= 5)
}
