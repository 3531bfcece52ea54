//! E1: events and timers of a contact are handled one after another; nothing is done at an instant before the engine's clock.

use crate::seen::Seen;
use crate::world::Clock;

pub(super) fn broken(seen: &Seen<'_>) -> Option<String> {
    time_goes_back(seen).or_else(|| before_its_arrival(seen))
}

/// The records of a contact, in the order of the log, never go back in time; of two who were joined each has their own.
fn time_goes_back(seen: &Seen<'_>) -> Option<String> {
    let mut pairs = seen.decisions().flat_map(|(_, rows)| rows.windows(2));
    let wrong = pairs.find(|pair| pair[0].at > pair[1].at)?;
    Some(format!("{:?} comes behind {:?}", wrong[1], wrong[0]))
}

/// What stands behind an event in the log was decided no earlier than the event arrived.
fn before_its_arrival(seen: &Seen<'_>) -> Option<String> {
    // On the wall an event that is late is handled when it is heard; both clocks go on from there.
    let is_virtual = matches!(seen.world.clock, Clock::Virtual(_));
    for (contact, rows) in seen.decisions().filter(|_| is_virtual) {
        for event in seen.events_of(contact) {
            let early = rows.iter().find(|row| row.id > event.id && row.at < event.received_at.min(event.occurred_at));
            if let Some(early) = early {
                return Some(format!("{early:?} stands behind {event:?}"));
            }
        }
    }
    None
}
