//! E9: effects leave once. A key is one message; what is kept as delivered has come over, and what came over is kept; a second time only where
//! nobody could know, and under the same key.

use std::collections::BTreeSet;

use flow_runtime::dispatch::channels::{Fate, Uncertain};
use flow_runtime::store::{OutboxKind, OutboxRecord, OutboxState};

use crate::seen::Seen;
use crate::world::Clock;

pub(super) fn broken(seen: &Seen<'_>) -> Option<String> {
    let mut keys = BTreeSet::new();
    let mut mails = BTreeSet::new();
    for (row, _) in &seen.snapshot().outbox {
        if !keys.insert(row.key.as_str()) {
            return Some(format!("the key {} is there twice", row.key));
        }
        // One that was given up in doubt may be followed by another, `if not sent`.
        let is_sent = row.state == OutboxState::Delivered;
        if is_sent && row.kind == OutboxKind::Mail && !mails.insert((row.contact, row.workflow, row.run, row.email)) {
            return Some(format!("{} of one journey came over twice", row.key));
        }
        if let Some(told) = book_differs(seen, row) {
            return Some(told);
        }
    }
    let foreign = seen.lived.book.keys().find(|key| !keys.contains(key.as_str()))?;
    Some(format!("{foreign} came over and is in no outbox"))
}

fn book_differs(seen: &Seen<'_>, row: &OutboxRecord) -> Option<String> {
    let handed = seen.handed(row);
    let taken = handed.iter().filter(|handed| handed.is_taken).count();
    let in_doubt = handed
        .iter()
        .any(|handed| matches!(seen.world.weather.attempt(&row.key, handed.attempt).answer.fate, Fate::Unknown { .. }));
    let died = seen.lived.deaths > 0 || is_begun_again(seen);
    match row.state {
        OutboxState::Delivered if taken == 0 => {
            return Some(format!("{} counts as delivered and never came over", row.key));
        }
        OutboxState::Promised => return Some(format!("{} is still promised at the end", row.key)),
        OutboxState::Claimed if !is_on_its_way(seen, row) => {
            return Some(format!("{} is still claimed at the end", row.key));
        }
        OutboxState::Withheld | OutboxState::Failed | OutboxState::Queued if taken > 0 && !in_doubt && !died => {
            return Some(format!("{} came over and counts as {:?}", row.key, row.state));
        }
        OutboxState::Unknown if seen.world.weather.policy == Uncertain::Resend => {
            return Some(format!("{} is given up as unknown by a channel that sends again", row.key));
        }
        _ => {}
    }
    let again = taken > 1;
    let may_again = seen.world.weather.policy == Uncertain::Resend && (in_doubt || died);
    if again && !may_again {
        return Some(format!("{} came over {taken} times: {handed:?}, {row:?}", row.key));
    }
    let others = handed.iter().filter(|handed| handed.is_taken).map(|handed| &handed.to).collect::<BTreeSet<_>>();
    (others.len() > 1 && !in_doubt && !died).then(|| format!("{} went to {others:?}", row.key))
}

/// Whether a process ended in peace and another went on: an answer that was on its way then was never heard, and its message is made once more.
fn is_begun_again(seen: &Seen<'_>) -> bool {
    let is_changed = seen.world.next.is_some() || !seen.world.people.grown.is_empty();
    match &seen.world.clock {
        Clock::Virtual(stretches) => stretches.len() > 1,
        Clock::Wall(_) => is_changed,
    }
}

/// Its answer comes after the end.
fn is_on_its_way(seen: &Seen<'_>, row: &OutboxRecord) -> bool {
    let after = seen.world.weather.attempt(&row.key, row.attempts + 1).answer.after;
    !after.is_zero()
}
