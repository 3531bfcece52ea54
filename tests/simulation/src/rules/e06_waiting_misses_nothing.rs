//! E6: a wait until something happens is over as soon as it has happened, and a wait that timed out missed nothing.

use flow_runtime::store::{ContactId, DecisionCode, JourneyRecord, JourneyStatus};

use crate::seen::{Seen, is};
use crate::world::program::{Cond, Period, Step};
use crate::world::wider::may_pause;
use crate::world::words;

pub(super) fn broken(seen: &Seen<'_>) -> Option<String> {
    for (contact, rows) in seen.decisions().filter(|(contact, _)| seen.is_alone(*contact)) {
        for row in rows.iter().filter(|row| row.code == DecisionCode::TimedOut) {
            if let Some(told) = missed(seen, contact, row.workflow?, row.step?, seen.journey(row)?, row.at) {
                return Some(format!("{row:?}, {told}"));
            }
        }
    }
    still_waiting(seen)
}

/// Somebody who still waits at the end has nothing to wait for any more.
fn still_waiting(seen: &Seen<'_>) -> Option<String> {
    let waiting = seen.snapshot().journeys().into_iter().filter(|journey| journey.status == JourneyStatus::Awaiting);
    for journey in waiting.filter(|journey| seen.is_alone(journey.contact)) {
        let told = missed(seen, journey.contact, journey.workflow, journey.step, journey, i64::MAX);
        if let Some(told) = told {
            return Some(format!("{journey:?} waits on, {told}"));
        }
    }
    None
}

/// What a wait should have seen before an instant.
fn missed(
    seen: &Seen<'_>,
    contact: ContactId,
    workflow: u32,
    step: u32,
    journey: &JourneyRecord,
    at: i64,
) -> Option<String> {
    let label = seen.label(workflow, step)?;
    let of = |plan: &crate::world::program::Plan| {
        let workflow = plan.workflows.iter().find(|one| one.name == seen.name(workflow));
        workflow.and_then(|workflow| wait(&workflow.steps, label).cloned())
    };
    // Who stands still goes on when the pause ends.
    let number = workflow;
    if seen.workflow(number).is_none_or(|workflow| may_pause(&seen.world.plan, workflow)) {
        return None;
    }
    // A changed program may call another wait so.
    let condition = of(&seen.world.plan).filter(|_| !seen.lived.is_changed)?;
    let Cond::Happened(test, count, Period::Bare) = &condition else { return None };
    let since = |event: &&&flow_runtime::store::EventRecord| {
        is(test, event)
            && event.counts
            && event.id > journey.since
            && event.received_at > journey.entered_at
            && event.occurred_at >= journey.entered_at
            && event.received_at <= at
    };
    let so_many = seen.events_of(contact).iter().filter(since).count();
    (so_many >= *count as usize).then(|| format!("though `{}` {so_many} times", condition.text()))
}

fn wait<'s>(steps: &'s [Step], label: &str) -> Option<&'s Cond> {
    steps.iter().find_map(|step| match step {
        Step::Until(number, condition, _, _) if words::label(*number) == label => Some(condition),
        Step::Until(_, _, _, otherwise) => wait(otherwise, label),
        Step::If(_, then, otherwise) => wait(then, label).or_else(|| wait(otherwise, label)),
        _ => None,
    })
}
