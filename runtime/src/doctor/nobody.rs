//! Every row is about somebody who is there, and whoever was joined leads to somebody who stayed.

use super::Check;
use super::context::Context;
use super::finding::{Findings, Kind, Mend, Subject};
use crate::store::{
    ContactId, DecisionRecord, EventRecord, HandoffRecord, JourneyRecord, OutboxRecord, ScoreRecord, StageRecord,
};
use std::collections::BTreeSet;

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
        for (contact, into) in &cx.joined {
            must_be_there(cx, *contact, || Subject::Contact(*contact), found);
            must_be_there(cx, *into, || Subject::Contact(*contact), found);
            match leads_to(cx, *contact) {
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

/// Whom somebody leads to who was joined; none where that is a circle.
fn leads_to(cx: &Context<'_>, contact: ContactId) -> Option<ContactId> {
    let mut met = BTreeSet::from([contact]);
    let mut at = contact;
    while let Some(into) = cx.joined.get(&at) {
        if !met.insert(*into) {
            return None;
        }
        at = *into;
    }
    Some(at)
}
