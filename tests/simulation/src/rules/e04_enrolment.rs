//! E4: at most one live journey per workflow and contact; whoever may not come in again yet does not; every trigger is followed or refused, and
//! the refusal recorded.

use flow_runtime::store::{ContactId, DecisionCode, DecisionRecord};

use crate::seen::{Seen, is};
use crate::world::Clock;
use crate::world::people::{DAY, HOUR};
use crate::world::program::{Entry, Reenter, Workflow};

pub(super) fn broken(seen: &Seen<'_>) -> Option<String> {
    for (contact, rows) in seen.decisions() {
        let mut numbers: Vec<u32> = rows.iter().filter_map(|row| row.workflow).collect();
        numbers.sort_unstable();
        numbers.dedup();
        for number in numbers {
            if let Some(told) = two_at_once(seen, contact, rows, number) {
                return Some(told);
            }
        }
        if let Some(told) = unanswered(seen, contact, rows) {
            return Some(told);
        }
    }
    None
}

fn two_at_once(seen: &Seen<'_>, contact: ContactId, rows: &[&DecisionRecord], number: u32) -> Option<String> {
    let workflow = seen.workflow(number);
    let alone = seen.is_alone(contact);
    let entries: Vec<&&DecisionRecord> = Seen::entries(rows, number).collect();
    let pairs: Vec<_> = match entries.iter().any(|entry| seen.value(entry).is_some()) {
        false => entries.windows(2).map(|pair| (pair[0], pair[1])).collect(),
        // Of those of before its journeys were told apart nobody knows the value.
        true => of_one_value(seen, &entries),
    };
    for (one, next) in pairs {
        let ends = Seen::end_of(rows, number, one.run);
        let Some(end) = ends.first() else {
            return alone.then(|| format!("{next:?} begins while run {} lives", one.run));
        };
        if *end > next.at {
            return Some(format!("{next:?} begins before run {} ends", one.run));
        }
        let too_soon = match workflow.map(|workflow| workflow.reenter) {
            Some(Reenter::Never) => true,
            // By the wall clock a day may be an hour shorter.
            Some(Reenter::Per(None)) => true,
            Some(Reenter::After(days) | Reenter::Per(Some(days))) => next.at - end < i64::from(days) * DAY - HOUR,
            Some(Reenter::Always) | None => false,
        };
        if too_soon && alone {
            return Some(format!("{next:?} begins too soon behind the end at {end}"));
        }
    }
    None
}

/// Each two journeys for one value.
fn of_one_value<'r, 'a>(
    seen: &Seen<'_>,
    entries: &[&'r &'a DecisionRecord],
) -> Vec<(&'r &'a DecisionRecord, &'r &'a DecisionRecord)> {
    let behind = |place: usize| entries.iter().skip(place + 1);
    let pairs = entries.iter().enumerate().flat_map(|(place, one)| behind(place).map(move |next| (*one, *next)));
    pairs.filter(|(one, next)| seen.value(one).is_some_and(|value| seen.value(next) == Some(value))).collect()
}

/// A trigger of somebody who stayed one person: within ten minutes it has let them in, was refused, or waits for its turn.
fn unanswered(seen: &Seen<'_>, contact: ContactId, rows: &[&DecisionRecord]) -> Option<String> {
    // On the wall what is held lapses at a look, whenever that comes.
    if !seen.is_alone(contact) || !matches!(seen.world.clock, Clock::Virtual(_)) || seen.lived.is_changed {
        return None;
    }
    for (number, name) in seen.program().workflows.iter().map(|(id, workflow)| (id.0, &workflow.name)) {
        let Some(Workflow { entry: Entry::Event(test, _), rate: None, .. }) = seen.workflow(number) else { continue };
        for event in seen.events_of(contact).iter().filter(|event| is(test, event) && !seen.is_history(event)) {
            let answers = |row: &&&DecisionRecord| {
                let is_answer = matches!(row.code, DecisionCode::Entered | DecisionCode::Ignored);
                row.workflow == Some(number) && is_answer && row.at >= event.received_at
            };
            let in_time = |row: &&DecisionRecord| row.at <= event.received_at + 2 * Seen::HELD_FOR;
            let is_before_the_end = event.received_at + 2 * Seen::HELD_FOR < last_instant(seen);
            if is_before_the_end && !rows.iter().filter(answers).any(in_time) && !is_held_on(seen, contact, number) {
                return Some(format!("{event:?} was neither followed nor refused by {name}"));
            }
        }
    }
    None
}

/// Each new trigger holds the entry ten minutes longer, so one may wait long for its answer.
fn is_held_on(seen: &Seen<'_>, contact: ContactId, number: u32) -> bool {
    let Some(Workflow { entry: Entry::Event(test, _), .. }) = seen.workflow(number) else { return false };
    let came: Vec<i64> =
        seen.events_of(contact).iter().filter(|event| is(test, event)).map(|event| event.received_at).collect();
    came.windows(2).any(|pair| pair[1] - pair[0] <= Seen::HELD_FOR)
}

fn last_instant(seen: &Seen<'_>) -> i64 {
    match &seen.world.clock {
        Clock::Virtual(at) | Clock::Wall(at) => at.iter().copied().max().unwrap_or_default(),
    }
}
