//! E3: an event with a known message id changes nothing; a future `occurred at` is clamped; history triggers nothing.

use std::collections::BTreeSet;

use flow_runtime::store::{DecisionCode, MessageId};

use crate::run::arrivals;
use crate::seen::{Seen, is};
use crate::world::Clock;
use crate::world::program::Entry;

pub(super) fn broken(seen: &Seen<'_>) -> Option<String> {
    each_once(seen).or_else(|| ahead_of_its_arrival(seen)).or_else(|| history_triggers(seen))
}

/// Every message that has arrived is in the log, once.
fn each_once(seen: &Seen<'_>) -> Option<String> {
    let until = match &seen.world.clock {
        Clock::Virtual(stretches) => stretches.iter().max()? - 1,
        Clock::Wall(looks) => *looks.iter().max()?,
    };
    let arrived = arrivals(seen.world, seen.program()).ok()?;
    let sent: BTreeSet<MessageId> =
        arrived.iter().filter(|arrival| arrival.arrived_at <= until).map(|arrival| arrival.message).collect();
    let kept: Vec<MessageId> = seen.snapshot().events.iter().map(|event| event.message.id).collect();
    let once: BTreeSet<MessageId> = kept.iter().copied().collect();
    if once.len() != kept.len() {
        return Some(format!("{} events are kept of {} messages", kept.len(), once.len()));
    }
    (once != sent).then(|| format!("{} messages arrived, {} are kept", sent.len(), once.len()))
}

fn ahead_of_its_arrival(seen: &Seen<'_>) -> Option<String> {
    let ahead = seen.snapshot().events.iter().find(|event| event.occurred_at > event.received_at)?;
    Some(format!("{ahead:?} occurred after it arrived"))
}

/// Who did nothing but history of an entry's kind is not in it.
fn history_triggers(seen: &Seen<'_>) -> Option<String> {
    for (contact, rows) in seen.decisions().filter(|(contact, _)| seen.is_alone(*contact)) {
        let entered = rows.iter().filter(|row| row.code == DecisionCode::Entered && row.reason == 0);
        for entry in entered {
            let Some(Entry::Event(test, _)) = seen.workflow(entry.workflow?).map(|workflow| &workflow.entry) else {
                continue;
            };
            let mut triggers =
                seen.events_of(contact).iter().filter(|event| is(test, event) && !seen.is_history(event));
            if !triggers.any(|event| event.received_at <= entry.at) {
                return Some(format!("{entry:?} has no trigger but history"));
            }
        }
    }
    None
}
