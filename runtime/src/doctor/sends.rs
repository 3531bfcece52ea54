//! What has left is told once, as a decision and by its journey; and what people did with it, once each.

use super::Check;
use super::context::{Context, Message};
use super::finding::{Findings, Kind, Subject};
use crate::engine::reason::SentWhen;
use crate::store::{ContactId, ContactRecord, DecisionCode, DecisionRecord, JourneyRecord, SendRecord};

/// Notes in the table of messages what is told of each.
#[derive(Default)]
pub(super) struct Sends;

impl Check for Sends {
    fn contact(&mut self, cx: &Context<'_>, _: ContactId, contact: Option<&ContactRecord>, found: &mut Findings) {
        contact.into_iter().flat_map(|contact| &contact.kept).for_each(|journey| note_sends(cx, journey, found));
    }

    fn ended(&mut self, cx: &Context<'_>, journey: &JourneyRecord, found: &mut Findings) {
        note_sends(cx, journey, found);
    }

    fn decision(&mut self, cx: &Context<'_>, decision: &DecisionRecord, found: &mut Findings) {
        if matches!(decision.code, DecisionCode::Sent | DecisionCode::Delivered) {
            let is_late = decision.code == DecisionCode::Sent && decision.reason == SentWhen::JourneyEnded.number();
            note(cx, decision, found, |message| message.note_left(is_late));
        }
        if let Some(place) = SendRecord::TOLD.iter().position(|told| *told == decision.code) {
            let is_new = note(cx, decision, found, |message| message.tell(place)).unwrap_or(true);
            if !is_new {
                found.add(Kind::ToldTwice, Subject::Record(decision.id), "tells of a mail what was told before");
            }
        }
    }

    fn over(&mut self, cx: &Context<'_>, found: &mut Findings) {
        for (row, message) in cx.messages.borrow().each() {
            if let Some(words) = wrong(message) {
                found.add(Kind::WrongSend, Subject::Message(row), words);
            }
        }
    }
}

fn note_sends(cx: &Context<'_>, journey: &JourneyRecord, found: &mut Findings) {
    for send in &journey.sends {
        match cx.messages.borrow_mut().get_mut(send.row) {
            Some(message) => message.note_send(),
            None => {
                let words = format!("has sent outbox row {}, which is not there", send.row);
                found.add(Kind::WrongSend, cx.journey(journey.contact, journey.workflow, journey.run), words);
            }
        }
    }
}

fn note<T>(
    cx: &Context<'_>,
    decision: &DecisionRecord,
    found: &mut Findings,
    note: impl FnOnce(&mut Message) -> T,
) -> Option<T> {
    // An earlier Flow did not say which one.
    let send = decision.send?;
    let noted = cx.messages.borrow_mut().get_mut(send).map(note);
    if noted.is_none() {
        let words = format!("tells of outbox row {send}, which is not there");
        found.add(Kind::WrongSend, Subject::Record(decision.id), words);
    }
    noted
}

fn wrong(message: Message) -> Option<String> {
    let (left, sends) = (message.left(), message.sends());
    match (message.has_left(), left) {
        (true, 0) => return Some("has left, and no decision says so".to_owned()),
        // The decision of a notice follows its answer, that of a mail its step.
        (true, 1) | (false, 0) => {}
        (true, more) => return Some(format!("has left once, and {more} decisions say so")),
        (false, _) => return Some("has not left, and a decision says so".to_owned()),
    }
    let is_mail_of_one = !message.is_notice() && !message.is_of_a_join();
    match (message.has_left(), sends) {
        _ if !is_mail_of_one => None,
        (true, 0) if !message.is_late() => Some("has left, and its journey does not know it".to_owned()),
        (true, 0 | 1) | (false, 0) => None,
        (true, more) => Some(format!("has left once, and {more} journeys have sent it")),
        (false, _) => Some("has not left, and a journey has sent it".to_owned()),
    }
}
