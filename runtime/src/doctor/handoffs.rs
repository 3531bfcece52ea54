//! Of each handoff that somebody took there is a decision, and the other way round.

use super::Check;
use super::context::Context;
use super::finding::{Findings, Kind};
use crate::engine::reason::HandedTo;
use crate::store::{DecisionCode, DecisionRecord, HandoffRecord, JourneyKey};

/// Handoffs and their decisions, of one window.
#[derive(Default)]
pub(super) struct Handoffs {
    taken: Vec<JourneyKey>,
    decided: Vec<JourneyKey>,
}

impl Check for Handoffs {
    fn decision(&mut self, _: &Context<'_>, decision: &DecisionRecord, _: &mut Findings) {
        let is_taken = [HandedTo::Member, HandedTo::Backup].iter().any(|to| to.number() == decision.reason);
        if let Some(workflow) = decision.workflow.filter(|_| decision.code == DecisionCode::HandedOff && is_taken) {
            self.decided.push((decision.contact, workflow, decision.run));
        }
    }

    fn handoff(&mut self, _: &Context<'_>, handoff: &HandoffRecord, _: &mut Findings) {
        self.taken.push((handoff.contact, handoff.workflow, handoff.run));
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
