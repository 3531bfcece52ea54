//! What follows from a change: goals, exits, waits and entries look again, in rounds, until nothing changes any more.
//!
//! A step that runs may change what another workflow waits for, so one look is not enough. Each round hands on only what the round
//! before it changed, and only those who read it look.

use super::bits::Bits;
use super::counter;
use super::event::Triggers;
use super::reason::Woken;
use super::touch::{Seen, Touch};
use crate::store::{DecisionCode, JourneyStatus};
use flow_ir::Wait;

/// A contact that is not settled after so many rounds waits for its next event or due instant. Workflows that set each other going
/// for ever come to rest here.
pub const MAX_ROUNDS: usize = 32;

/// Why a contact is looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Cause {
    /// Something changed, perhaps by an event that triggers entries.
    Change(Triggers),
    /// An instant came at which something may change by itself.
    Due,
    /// Contacts who were there before Flow was: who is already what a workflow waits for does not become it.
    Import,
}

impl Touch<'_> {
    /// Brings the contact to rest.
    pub(super) fn react(&mut self, cause: &Cause) {
        let mut due = *cause == Cause::Due;
        self.importing = *cause == Cause::Import;
        let mut triggers = match cause {
            Cause::Change(triggers) => triggers.clone(),
            Cause::Due | Cause::Import => Triggers::new(),
        };
        if !due && triggers.is_empty() && self.is_settled() {
            return;
        }
        self.settle_due_segments();
        // From here on it is our own steps that move people.
        self.importing = false;
        let mut changed = Bits::new(self.plan.changes);
        for _ in 0..MAX_ROUNDS {
            // Whoever enters or leaves a segment does so before anyone looks at it.
            self.settle_segments();
            std::mem::take(&mut self.crossed).into_iter().for_each(|crossed| crossed.join(&mut triggers));
            std::mem::swap(&mut changed, &mut self.contact.changed);
            self.contact.changed.clear();
            // E5: goal, then exit, then the step; journeys before entries, so that who leaves can come back at the same event.
            self.look_at_journeys(&changed, due);
            self.look_at_ended(&changed, due);
            self.follow_events(&triggers);
            self.follow_starts();
            self.look_at_becoming(&changed, due, *cause == Cause::Import);
            if self.is_settled() {
                break;
            }
            (due, triggers) = (false, Triggers::new());
        }
        if !self.is_settled() {
            self.batch.count(counter::ROUNDS_EXHAUSTED);
            // Whatever is not followed any more, what is stored must be true.
            self.settle_segments();
            self.crossed.clear();
            self.contact.changed.clear();
            self.contact.journeys.iter_mut().for_each(|journey| journey.touched = false);
        }
        self.next_change = self.next_change.min(self.next_change_of_segments()).min(self.next_start());
    }

    fn is_settled(&self) -> bool {
        self.contact.changed.is_empty()
            && self.crossed.is_empty()
            && !self.contact.journeys.iter().any(|journey| journey.touched)
    }

    fn look_at_journeys(&mut self, changed: &Bits, due: bool) {
        for index in 0..self.contact.journeys.len() {
            let journey = self.journey(index);
            let concerned = journey.touched || self.plan.workflow(journey.workflow()).live.meets(changed);
            if journey.is_live() && (due || concerned) {
                self.look_at_journey(index, due);
            }
        }
    }

    fn look_at_journey(&mut self, index: usize, due: bool) {
        self.journey_mut(index).touched = false;
        if self.ends_by_goal(index) || self.ends_by_exit(index) {
            return;
        }
        let record = &self.journey(index).record;
        let overdue = due && record.due_at.is_some_and(|at| at <= self.now);
        let status = record.status;
        match status {
            JourneyStatus::Awaiting if self.is_satisfied(index) => self.resume(index, Woken::Satisfied),
            JourneyStatus::Awaiting if overdue => self.time_out(index),
            JourneyStatus::Waiting if overdue => self.resume(index, Woken::Due),
            JourneyStatus::Held if overdue => self.resume(index, Woken::Released),
            _ => {}
        }
    }

    /// The one primary conversion; recorded once, also where the journey goes on.
    fn ends_by_goal(&mut self, index: usize) -> bool {
        let Some(goal) = &self.workflow(self.journey(index).workflow()).goal else { return false };
        if self.journey(index).goal_met() || !self.holds(goal.when, Seen::Journey(index)) {
            return false;
        }
        self.decide_in(index, DecisionCode::Converted, None, 0);
        if goal.continues {
            self.journey_mut(index).set_goal_met();
            return false;
        }
        self.end(index, true);
        true
    }

    fn ends_by_exit(&mut self, index: usize) -> bool {
        let exits = &self.workflow(self.journey(index).workflow()).exits;
        for (number, exit) in (0..).zip(exits) {
            if self.holds(*exit, Seen::Journey(index)) {
                self.decide_in(index, DecisionCode::ExitedWhen, Some(number), 0);
                self.end(index, false);
                return true;
            }
        }
        false
    }

    fn is_satisfied(&mut self, index: usize) -> bool {
        match self.wait_of(index) {
            Some(Wait::Until { when, .. }) => self.holds(*when, Seen::Journey(index)),
            Some(Wait::For(_)) | None => false,
        }
    }

    fn time_out(&mut self, index: usize) {
        let step = self.journey(index).record.step;
        self.decide_in(index, DecisionCode::TimedOut, Some(step), 0);
        self.resume(index, Woken::TimedOut);
    }

    /// The goal still counts for a while after the entry, though the journey has ended.
    fn look_at_ended(&mut self, changed: &Bits, due: bool) {
        for index in 0..self.contact.journeys.len() {
            let journey = self.journey(index);
            let Some(until) = journey.attributable_until() else { continue };
            let concerned = journey.touched || self.plan.workflow(journey.workflow()).goal.meets(changed);
            if until >= self.now && (concerned || due) {
                self.attribute(index, until);
            }
        }
        for journey in self.contact.journeys.iter_mut().filter(|journey| !journey.is_live()) {
            journey.touched = false;
        }
    }

    /// A goal that comes true by itself is looked at again at that instant.
    fn attribute(&mut self, index: usize, until: i64) {
        let Some(goal) = &self.workflow(self.journey(index).workflow()).goal else { return };
        self.settle_segments();
        let verdict = self.ask(goal.when, Seen::Journey(index), 0);
        if !verdict.holds && verdict.next_change > self.now && verdict.next_change <= until {
            self.next_change = self.next_change.min(verdict.next_change);
        }
        if verdict.holds {
            self.decide_in(index, DecisionCode::Attributed, None, 0);
            let journey = self.journey_mut(index);
            journey.record.due_at = None;
            journey.dirty = true;
        }
    }
}
