//! Every row is about somebody who is there, and whoever was joined leads to somebody who stayed.

use super::Check;
use super::context::Context;
use super::finding::{Findings, Kind, Mend, Subject};
use crate::store::{
    ContactId, DecisionRecord, EventRecord, HandoffRecord, JourneyRecord, OutboxRecord, ScoreRecord, StageRecord,
};
use std::collections::BTreeMap;

/// Rows of nobody.
#[derive(Default)]
pub(super) struct Nobody;

impl Check for Nobody {
    fn message(&mut self, cx: &Context<'_>, row: &OutboxRecord, found: &mut Findings) {
        must_be_there(cx, row.contact, || Subject::Message(row.id), found);
    }

    fn key(&mut self, cx: &Context<'_>, key: &str, contact: ContactId, found: &mut Findings) {
        must_be_there(cx, contact, || Subject::Named(key.to_owned()), found);
    }

    fn ended(&mut self, cx: &Context<'_>, journey: &JourneyRecord, found: &mut Findings) {
        let subject = || cx.journey(journey.contact, journey.workflow, journey.run);
        must_be_there(cx, journey.contact, subject, found);
    }

    fn event(&mut self, cx: &Context<'_>, event: &EventRecord, found: &mut Findings) {
        must_be_there(cx, event.contact, || Subject::Record(event.id), found);
    }

    fn decision(&mut self, cx: &Context<'_>, decision: &DecisionRecord, found: &mut Findings) {
        must_be_there(cx, decision.contact, || Subject::Record(decision.id), found);
    }

    fn stage(&mut self, cx: &Context<'_>, stage: &StageRecord, found: &mut Findings) {
        must_be_there(cx, stage.contact, || Subject::Named("a change of a stage".to_owned()), found);
    }

    fn score(&mut self, cx: &Context<'_>, score: &ScoreRecord, found: &mut Findings) {
        must_be_there(cx, score.contact, || Subject::Named("a change of a score".to_owned()), found);
    }

    fn handoff(&mut self, cx: &Context<'_>, handoff: &HandoffRecord, found: &mut Findings) {
        must_be_there(cx, handoff.contact, || Subject::Named(format!("the handoff {}", handoff.key)), found);
    }

    fn over(&mut self, cx: &Context<'_>, found: &mut Findings) {
        let ends = ends(&cx.joined);
        for (contact, into) in &cx.joined {
            must_be_there(cx, *contact, || Subject::Contact(*contact), found);
            must_be_there(cx, *into, || Subject::Contact(*contact), found);
            match ends.get(contact).copied().flatten() {
                None => found.add(
                    Kind::JoinedInACircle,
                    Subject::Contact(*contact),
                    "was joined into somebody who leads back to them",
                ),
                Some(stayed) if stayed != *into => {
                    let words = format!("was joined into contact {}, who was joined into somebody else", into.0);
                    found.add(Kind::JoinedOn, Subject::Contact(*contact), words);
                    found.mend(Mend::Joined(*contact, stayed));
                }
                Some(_) => {}
            }
        }
    }
}

fn must_be_there(cx: &Context<'_>, contact: ContactId, subject: impl FnOnce() -> Subject, found: &mut Findings) {
    if !cx.is_there(contact) {
        found.add(Kind::OfNobody, subject(), format!("is about contact {}, who is not there", contact.0));
    }
}

/// Whom everybody leads to who was joined; none where that is a circle. Each join is gone along once, however long a chain is.
fn ends(joined: &BTreeMap<ContactId, ContactId>) -> BTreeMap<ContactId, Option<ContactId>> {
    let mut ends: BTreeMap<ContactId, Option<ContactId>> = BTreeMap::new();
    for contact in joined.keys() {
        let (mut way, mut at) = (Vec::new(), *contact);
        let end = loop {
            if let Some(known) = ends.get(&at) {
                break *known;
            }
            let Some(into) = joined.get(&at) else { break Some(at) };
            // Until it is known better, whoever comes back here has gone in a circle.
            ends.insert(at, None);
            way.push(at);
            at = *into;
        };
        ends.extend(way.into_iter().map(|contact| (contact, end)));
    }
    ends
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_is_led_to_the_last_one_and_nobody_out_of_a_circle() {
        let joined = [(1, 2), (2, 3), (5, 6), (6, 7), (7, 6), (8, 8), (9, 1)];
        let joined = joined.map(|(contact, into)| (ContactId(contact), ContactId(into)));
        let ends: Vec<(u64, Option<u64>)> =
            ends(&BTreeMap::from(joined)).into_iter().map(|(contact, end)| (contact.0, end.map(|end| end.0))).collect();
        let (stays, circle) = (Some(3), None);
        assert_eq!(ends, [(1, stays), (2, stays), (5, circle), (6, circle), (7, circle), (8, circle), (9, stays)]);
    }

    /// Each step of each chain again would be half a million times a million.
    #[test]
    fn a_chain_of_a_million_is_gone_along_once() {
        const LAST: u64 = 1_000_000;
        let joined = (1..LAST).map(|contact| (ContactId(contact), ContactId(contact + 1))).collect();
        assert!(ends(&joined).into_values().all(|end| end == Some(ContactId(LAST))));
    }
}
