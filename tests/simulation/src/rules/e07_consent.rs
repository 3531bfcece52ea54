//! E7: who has refused mail gets none that is marketing, from any path, and who has refused a topic none about it; under an opt-in nobody gets any
//! of whom nothing says that they want it; who is not to be contacted gets none at all and is handed to nobody.

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
    let mail = seen.outbox(row.send?)?;
    if seen.is_marketing(mail) {
        let is_opt_in = seen.wider().is_some_and(|rules| rules.opt_in == Some(true));
        let refused_topic = seen.topic(mail).filter(|topic| seen.has_refused_topic(row.contact, topic, at));
        if seen.has_refused(row.contact, at) {
            return Some(format!("{row:?}, attempted at {at}, though the person had refused"));
        }
        if let Some(topic) = refused_topic {
            return Some(format!("{row:?}, attempted at {at}, though the person had refused {topic}"));
        }
        if is_opt_in && !seen.may_have_wanted(row.contact, at) {
            return Some(format!("{row:?}, attempted at {at}, though nothing says that the person wants it"));
        }
    }
    seen.is_off_limits(row.contact, at).then(|| format!("{row:?}, attempted at {at}, to somebody not to be contacted"))
}

fn handed_off(seen: &Seen<'_>, row: &DecisionRecord) -> Option<String> {
    let is_taken = HandedTo::from_number(row.reason).is_some_and(HandedTo::is_somebody);
    let off_limits = seen.is_off_limits(row.contact, row.at - 1);
    (is_taken && off_limits).then(|| format!("{row:?}, of somebody not to be contacted"))
}
