//! Of each handoff that somebody took there is a decision, and the other way round.

use super::Check;
use super::context::Context;
use super::finding::{Findings, Kind};
use super::mark::Mark;
use crate::engine::reason::{HandedTo, PassedOn};
use crate::store::{ContactId, DecisionCode, DecisionRecord, JourneyKey};

/// Handoffs and their decisions, of one window.
#[derive(Default)]
pub(super) struct Handoffs {
    taken: Vec<JourneyKey>,
    decided: Vec<JourneyKey>,
}

/// Whether a decision says that somebody of a team took a contact.
pub(super) fn is_taken(decision: &DecisionRecord) -> bool {
    let by_somebody = HandedTo::from_number(decision.reason).is_some_and(HandedTo::is_somebody);
    let is_passed_on = decision.reason == PassedOn::Backup.number();
    match decision.code {
        DecisionCode::HandedOff => by_somebody,
        DecisionCode::PassedOn => is_passed_on,
        _ => false,
    }
}

impl Check for Handoffs {
    fn mark(&mut self, _: &Context<'_>, contact: ContactId, mark: Mark, _: &mut Findings) {
        match mark {
            Mark::HandedOff((workflow, run)) => self.decided.push((contact, workflow, run)),
            Mark::Handoff((workflow, run)) => self.taken.push((contact, workflow, run)),
            _ => {}
        }
    }

    fn window_over(&mut self, cx: &Context<'_>, found: &mut Findings) {
        let (mut taken, mut decided) = (std::mem::take(&mut self.taken), std::mem::take(&mut self.decided));
        taken.sort_unstable();
        decided.sort_unstable();
        let (mut taken, mut decided) = (taken.into_iter().peekable(), decided.into_iter().peekable());
        while let Some((contact, workflow, run)) = taken.peek().into_iter().chain(decided.peek()).min().copied() {
            let key = (contact, workflow, run);
            let pair = (taken.next_if_eq(&key).is_some(), decided.next_if_eq(&key).is_some());
            let words = match pair {
                (true, false) => "was handed to a team, and no decision says so",
                (false, true) => "was handed to a team by a decision, and no handoff says to whom",
                (true, true) | (false, false) => continue,
            };
            found.add(Kind::WrongHandoff, cx.journey(contact, workflow, run), words);
        }
    }
}
