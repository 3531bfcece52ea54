//! E12: every decision keeps a reason; every journey has one beginning and one end; scores and stages are ledgers.

use std::collections::BTreeMap;

use flow_runtime::engine::reason;
use flow_runtime::store::{DecisionCode, DecisionRecord, JourneyStatus};

use crate::seen::Seen;

pub(super) fn broken(seen: &Seen<'_>) -> Option<String> {
    let known: Vec<(DecisionCode, u32)> = reason::all().into_iter().map(|(code, number, _)| (code, number)).collect();
    // Of whoever waits for their turn the reason is the number of what let them in.
    let has_reason = |row: &&&DecisionRecord| row.reason != 0 && row.code != DecisionCode::Held;
    let without = seen
        .snapshot()
        .decisions
        .iter()
        .filter(|row| has_reason(&row))
        .find(|row| !known.contains(&(row.code, row.reason)));
    if let Some(row) = without {
        return Some(format!("{row:?} has a reason without words"));
    }
    ends(seen).or_else(|| outcomes(seen))
}

/// Each ended journey has one record of its end, each live one none.
fn ends(seen: &Seen<'_>) -> Option<String> {
    let mut counts: BTreeMap<(u64, u32, u32), (u32, u32)> = BTreeMap::new();
    for row in &seen.snapshot().decisions {
        let Some(workflow) = row.workflow else { continue };
        let count = counts.entry((row.contact.0, workflow, row.run)).or_default();
        count.0 += u32::from(row.code == DecisionCode::Entered);
        count.1 += u32::from(row.code.is_end());
    }
    for journey in seen.snapshot().journeys() {
        // Of two who were joined the journeys of one moved to the other, with other numbers.
        if !seen.is_alone(journey.contact) {
            continue;
        }
        let (begun, ended) =
            counts.get(&(journey.contact.0, journey.workflow, journey.run)).copied().unwrap_or_default();
        let expected = u32::from(journey.status == JourneyStatus::Ended);
        if (begun, ended) != (1, expected) {
            return Some(format!("{journey:?} began {begun} times and ended {ended} times"));
        }
    }
    None
}

/// Each mail of a journey has its outcome, once it is settled.
fn outcomes(seen: &Seen<'_>) -> Option<String> {
    let outcome = |code| {
        matches!(
            code,
            DecisionCode::Sent | DecisionCode::Withheld | DecisionCode::Undelivered | DecisionCode::Delivered
        )
    };
    for (row, _) in seen.snapshot().outbox.iter().filter(|(row, _)| !row.state.is_unsettled()) {
        let told = seen
            .snapshot()
            .decisions
            .iter()
            .filter(|decision| decision.send == Some(row.id) && outcome(decision.code))
            .count();
        if told != 1 {
            return Some(format!("{} is {:?} and has {told} outcomes", row.key, row.state));
        }
    }
    None
}
