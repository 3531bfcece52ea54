//! E7: who has refused mail gets none that is marketing, from any path; who is not to be contacted gets none at all and is handed to nobody.

use flow_runtime::engine::reason::HandedTo;
use flow_runtime::store::{DecisionCode, DecisionRecord};

use crate::seen::Seen;

pub(super) fn broken(seen: &Seen<'_>) -> Option<String> {
    for (_, rows) in seen.decisions() {
        for row in rows {
            let told = match row.code {
                DecisionCode::Sent => mailed(seen, row),
                DecisionCode::HandedOff => handed_off(seen, row),
                _ => None,
            };
            if told.is_some() {
                return told;
            }
        }
    }
    None
}

fn mailed(seen: &Seen<'_>, row: &DecisionRecord) -> Option<String> {
    let at = seen.attempted_at(row)?;
    if seen.is_marketing(seen.outbox(row.send?)?) && seen.has_refused(row.contact, at) {
        return Some(format!("{row:?}, attempted at {at}, though the person had refused"));
    }
    seen.is_off_limits(row.contact, at).then(|| format!("{row:?}, attempted at {at}, to somebody not to be contacted"))
}

fn handed_off(seen: &Seen<'_>, row: &DecisionRecord) -> Option<String> {
    let is_taken = HandedTo::from_number(row.reason).is_some_and(HandedTo::is_somebody);
    let off_limits = seen.is_off_limits(row.contact, row.at - 1);
    (is_taken && off_limits).then(|| format!("{row:?}, of somebody not to be contacted"))
}
