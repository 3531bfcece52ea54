//! What keeps journeys from their steps: `pause while P`, `pauses GROUP` and `stops GROUP`.
//!
//! While somebody is in a workflow that pauses a group, or the condition of their own one holds, a journey stands still: goal, exits, consent and
//! events are taken as ever, steps are not. It keeps what it was waiting for, and goes on with that when nothing pauses it any more, so of several
//! the last to end decides: waits of some length are over later by as long as it stood still, and what goes by the calendar is worked out anew.
//! Whoever is in a workflow that stops a group leaves its workflows, and does not come in.
//!
//! All of it is asked of what lives now and of nothing that is remembered, so a change of the project reaches everybody, and the order in which
//! workflows are declared decides nothing.

use super::plan::Plan;
use super::reason::{PausedBy, Woken};
use super::touch::{Seen, Touch};
use crate::store::{DecisionCode, DecisionRecord, JourneyRecord, JourneyStatus};
use flow_ir::{Appointment, FOREVER, NEVER, PausedSlots, Program, Wait, WorkflowId};

/// By what a journey stands still.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cause {
    /// The condition of its own workflow.
    Condition,
    /// The contact is in this one.
    Workflow(WorkflowId),
}

/// What a journey was waiting for before it stood still; the numbers are kept with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i64)]
enum Was {
    Waiting = 1,
    Awaiting = 2,
    /// Its mail was held, or waited for another attempt, or it was about to let something out.
    AtAMessage = 3,
    /// Its mail had its answer.
    Delivered = 4,
    Undelivered = 5,
    /// It had just begun.
    Entered = 6,
}

impl Was {
    fn of(number: i64) -> Was {
        let all = [Self::Awaiting, Self::AtAMessage, Self::Delivered, Self::Undelivered, Self::Entered];
        all.into_iter().find(|was| *was as i64 == number).unwrap_or(Self::Waiting)
    }
}

/// The workflows that keep those of one from their steps, and those that it keeps from theirs.
#[derive(Debug, Default)]
pub(super) struct KeptBack {
    paused_by: Vec<WorkflowId>,
    stopped_by: Vec<WorkflowId>,
    keeps: Vec<WorkflowId>,
}

impl KeptBack {
    /// Those of a workflow, in the order of all.
    pub(super) fn of(program: &Program, by_name: &[WorkflowId], id: WorkflowId) -> KeptBack {
        let is_of = |group: &Vec<String>, id: WorkflowId| {
            program.workflows.at(id).group.as_ref().is_some_and(|own| group.contains(own))
        };
        let others = || by_name.iter().copied().filter(move |other| *other != id);
        let own = program.workflows.at(id);
        KeptBack {
            paused_by: others().filter(|other| is_of(&program.workflows.at(*other).pauses, id)).collect(),
            stopped_by: others().filter(|other| is_of(&program.workflows.at(*other).stops, id)).collect(),
            keeps: others().filter(|other| is_of(&own.pauses, *other) || is_of(&own.stops, *other)).collect(),
        }
    }
}

impl Plan {
    /// Where journeys of a workflow keep what they were before they stood still.
    fn paused(&self, id: WorkflowId) -> Option<PausedSlots> {
        self.program.workflows.at(id).slots.paused
    }

    /// Whether whoever comes into a workflow keeps others from their steps.
    pub(super) fn keeps_others(&self, id: WorkflowId) -> bool {
        !self.workflow(id).kept_back.keeps.is_empty()
    }

    /// Whether those in a workflow may be kept from their steps.
    pub(super) fn may_be_kept_back(&self, id: WorkflowId) -> bool {
        self.paused(id).is_some() || !self.workflow(id).kept_back.stopped_by.is_empty()
    }
}

impl Touch<'_> {
    /// The workflow that keeps the contact out of one.
    pub(super) fn stopper_of(&self, id: WorkflowId) -> Option<WorkflowId> {
        self.plan.workflow(id).kept_back.stopped_by.iter().copied().find(|by| self.contact.live_in(*by))
    }

    /// By what a journey has to stand still. Whatever did so first is told for as long as it does.
    fn cause_of(&mut self, index: usize) -> Option<Cause> {
        let plan = self.plan;
        let id = self.journey(index).workflow();
        let slots = plan.paused(id)?;
        let noted = self.journey(index).read(plan, slots.by);
        let paused_by = &plan.workflow(id).kept_back.paused_by;
        let goes_on = |by: &WorkflowId| number_of(Cause::Workflow(*by)) == noted && self.contact.live_in(*by);
        if let Some(by) = paused_by.iter().copied().find(goes_on) {
            return Some(Cause::Workflow(by));
        }
        if self.workflow(id).pause.is_some_and(|when| self.holds(when, Seen::Journey(index))) {
            return Some(Cause::Condition);
        }
        paused_by.iter().copied().find(|by| self.contact.live_in(*by)).map(Cause::Workflow)
    }

    /// Looks whether a journey is stopped, stands still, or goes on from where it stood still. Whether anything keeps it from its steps, and what
    /// wakes it otherwise, where that is over now.
    pub(super) fn judge_kept_back(&mut self, index: usize) -> (bool, Option<Woken>) {
        let id = self.journey(index).workflow();
        if !self.plan.may_be_kept_back(id) {
            return (false, None);
        }
        if let Some(by) = self.stopper_of(id) {
            self.stop(index, by);
            return (true, None);
        }
        let cause = self.cause_of(index);
        match (self.journey(index).record.status.is_paused(), cause) {
            (false, None) => (false, None),
            (true, None) => (false, self.go_on_from_pause(index)),
            (true, Some(cause)) => {
                self.note_cause(index, cause);
                (true, None)
            }
            // What a channel has in its hands has left, or will: its answer is waited for.
            (false, Some(_)) if self.is_in_hands(index) => (false, None),
            (false, Some(cause)) => {
                let answer = self.journey_mut(index).answer.take();
                self.keep_back(index, cause, answer);
                (true, None)
            }
        }
    }

    fn is_in_hands(&self, index: usize) -> bool {
        let row = self.journey(index).record.outbox.and_then(|row| self.outbox.in_hands(row));
        row.is_some() && self.journey(index).answer.is_none()
    }

    /// The same of a journey that was woken and has not gone on yet: whether something keeps it back after all.
    pub(super) fn is_kept_back(&mut self, index: usize, woken: Woken) -> bool {
        let id = self.journey(index).workflow();
        if !self.plan.may_be_kept_back(id) {
            return false;
        }
        if let Some(by) = self.stopper_of(id) {
            self.stop(index, by);
            return true;
        }
        let cause = self.cause_of(index);
        if let Some(cause) = cause {
            self.tell_stood_back(index);
            self.keep_back(index, cause, Some(woken));
        }
        cause.is_some()
    }

    /// Those in the workflows that one keeps from their steps look again: somebody has come into it, or left it.
    pub(super) fn look_at_kept_back(&mut self, id: WorkflowId) {
        let keeps = &self.plan.workflow(id).kept_back.keeps;
        for journey in self.contact.journeys.iter_mut().filter(|journey| journey.is_live()) {
            journey.touched |= keeps.contains(&journey.workflow());
        }
    }

    /// From now on a journey stands still, which was about to go on where it was woken.
    fn keep_back(&mut self, index: usize, cause: Cause, woken: Option<Woken>) {
        let plan = self.plan;
        let Some(slots) = plan.paused(self.journey(index).workflow()) else { return };
        let JourneyRecord { status, due_at, outbox, .. } = self.journey(index).record;
        let was = match (woken, status) {
            (Some(Woken::Entered), _) => Was::Entered,
            (Some(Woken::Delivered), _) => Was::Delivered,
            (Some(Woken::Undelivered), _) => Was::Undelivered,
            (_, JourneyStatus::Awaiting) => Was::Awaiting,
            (_, JourneyStatus::Held | JourneyStatus::Sending) => Was::AtAMessage,
            _ => Was::Waiting,
        };
        let now = self.now;
        let journey = self.journey_mut(index);
        journey.write(plan, slots.since, now);
        journey.write(plan, slots.was, was as i64);
        journey.write(plan, slots.due, due_at.unwrap_or(FOREVER));
        (journey.record.due_at, journey.sending, journey.dirty) = (None, false, true);
        // It leaves when the journey goes on; how long it may be held counts from its step.
        outbox.into_iter().for_each(|row| self.outbox.hold(self.batch, row, FOREVER));
        self.tell_cause(index, cause);
        self.journey_mut(index).touched = false;
    }

    /// Another cause than before is told.
    fn note_cause(&mut self, index: usize, cause: Cause) {
        let Some(slots) = self.plan.paused(self.journey(index).workflow()) else { return };
        if self.journey(index).read(self.plan, slots.by) != number_of(cause) {
            self.tell_cause(index, cause);
            self.journey_mut(index).touched = false;
        }
    }

    fn tell_cause(&mut self, index: usize, cause: Cause) {
        let plan = self.plan;
        let Some(slots) = plan.paused(self.journey(index).workflow()) else { return };
        let (status, reason, about) = match cause {
            Cause::Condition => (JourneyStatus::Paused, PausedBy::Condition, None),
            Cause::Workflow(by) => (JourneyStatus::PausedByOther, PausedBy::Workflow, Some(by.0)),
        };
        let journey = self.journey_mut(index);
        journey.write(plan, slots.by, number_of(cause));
        (journey.record.status, journey.dirty) = (status, true);
        let (step, reason) = (Some(journey.record.step), reason.number());
        let decision = self.about(index, DecisionCode::Paused);
        self.batch.decide(DecisionRecord { step, reason, about, ..decision });
    }

    /// Nothing pauses a journey any more: it waits for what it was waiting for. What wakes it at once, if anything does.
    fn go_on_from_pause(&mut self, index: usize) -> Option<Woken> {
        let plan = self.plan;
        let slots = plan.paused(self.journey(index).workflow())?;
        let step = Some(self.journey(index).record.step);
        self.decide_in(index, DecisionCode::Resumed, step, 0);
        let journey = self.journey_mut(index);
        let [since, was, due] = [slots.since, slots.was, slots.due].map(|slot| journey.read(plan, slot));
        for (slot, empty) in [(slots.since, NEVER), (slots.by, 0), (slots.was, 0), (slots.due, FOREVER)] {
            journey.write(plan, slot, empty);
        }
        (journey.dirty, journey.touched) = (true, false);
        let stood_ms = self.now.saturating_sub(since);
        let (status, woken) = match Was::of(was) {
            was @ (Was::Waiting | Was::Awaiting) => {
                self.wait_on(index, was, due, stood_ms);
                return None;
            }
            Was::AtAMessage => {
                self.ask_for_message(index);
                return None;
            }
            Was::Delivered => (JourneyStatus::Sending, Woken::Delivered),
            Was::Undelivered => (JourneyStatus::Sending, Woken::Undelivered),
            Was::Entered => (JourneyStatus::Waiting, Woken::Entered),
        };
        self.journey_mut(index).record.status = status;
        Some(woken)
    }

    /// A wait goes on that was due at an instant, so much later than it would have.
    fn wait_on(&mut self, index: usize, was: Was, due: i64, stood_ms: i64) {
        let plan = self.plan;
        let slots = &self.workflow(self.journey(index).workflow()).slots;
        let wait = self.wait_of(index);
        let later = |at: i64| if at > NEVER && at < FOREVER { at.saturating_add(stood_ms).min(FOREVER) } else { at };
        let journey = self.journey_mut(index);
        let status = if was == Was::Awaiting { JourneyStatus::Awaiting } else { JourneyStatus::Waiting };
        (journey.record.status, journey.record.due_at) = (status, Some(later(due)));
        if let (Some(Wait::Round { .. }), Some(slot)) = (wait, slots.round_began) {
            let began = journey.read(plan, slot);
            journey.write(plan, slot, later(began));
        }
        let appointment = wait.and_then(Wait::appointment);
        // Business time goes on where it stood; a day or an hour of the calendar is the next one from now on.
        let is_counted = !matches!(appointment, Some(appointment) if !is_business(appointment));
        let since = journey.read(plan, slots.waiting_since);
        let since = if is_counted { later(since) } else { self.now };
        self.journey_mut(index).write(plan, slots.waiting_since, since);
        if let Some(appointment) = appointment {
            let due = self.due(index, appointment);
            self.wait_until(index, due);
        }
        // What it waits for may have happened meanwhile.
        self.journey_mut(index).touched = true;
    }

    /// The message at which a journey stands is asked for again, at the end of the instant.
    fn ask_for_message(&mut self, index: usize) {
        let now = self.now;
        let row = self.row_of(index).map(|row| row.id);
        row.into_iter().for_each(|row| self.outbox.hold(self.batch, row, now));
        let journey = self.journey_mut(index);
        journey.record.status = JourneyStatus::Sending;
        journey.record.due_at = row.is_none().then_some(now);
    }
}

/// What is kept of a cause.
fn number_of(cause: Cause) -> i64 {
    match cause {
        Cause::Condition => 0,
        Cause::Workflow(by) => i64::from(by.0) + 1,
    }
}

fn is_business(appointment: &Appointment) -> bool {
    matches!(appointment, Appointment::BusinessDays(_) | Appointment::BusinessHours(_))
}
