//! E14: every live journey has exactly one reason to be alive, as `flow doctor` proves it over a store, and here once more.

use flow_runtime::store::{JourneyRecord, JourneyStatus};

use crate::seen::Seen;
use crate::world::Clock;
use crate::world::wider::may_pause;

pub(super) fn broken(seen: &Seen<'_>) -> Option<String> {
    if let Some(first) = seen.lived.unsound.first() {
        return Some(format!("the doctor finds {}, first {first}", seen.lived.unsound.len()));
    }
    let live = seen.snapshot().journeys().into_iter().filter(|journey| journey.status != JourneyStatus::Ended);
    live.into_iter().find_map(|journey| without_reason(seen, journey))
}

fn without_reason(seen: &Seen<'_>, journey: &JourneyRecord) -> Option<String> {
    if journey.status == JourneyStatus::Sending {
        let row = journey.outbox.and_then(|row| seen.outbox(row));
        return match row.is_some_and(|row| row.state.is_unsettled()) {
            true => None,
            false => Some(format!("{journey:?} waits for no answer")),
        };
    }
    // Its cause ends it, which the doctor asks.
    let program = seen.world.next.as_ref().filter(|_| seen.lived.is_changed).unwrap_or(&seen.world.plan);
    let name = seen.name(journey.workflow);
    let may_stand = program.workflows.iter().any(|workflow| workflow.name == name && may_pause(program, workflow));
    if matches!(journey.status, JourneyStatus::Paused | JourneyStatus::PausedByOther) && may_stand {
        return None;
    }
    let Some(due_at) = journey.due_at else { return Some(format!("{journey:?} waits for nothing")) };
    let contact = seen.snapshot().contacts.iter().find(|contact| contact.id == journey.contact)?;
    if contact.next_at.is_none_or(|next_at| next_at > due_at) {
        return Some(format!("{journey:?} is not in the due queue"));
    }
    let now = match &seen.world.clock {
        Clock::Virtual(at) => at.iter().copied().max()? - 1,
        Clock::Wall(at) => at.iter().copied().max()?,
    };
    (due_at <= now).then(|| format!("{journey:?} was due by {now} and stands still"))
}
