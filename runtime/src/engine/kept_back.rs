//! What keeps journeys from their steps: `pause while P`, `pauses GROUP` and `stops GROUP`.
//!
//! While somebody is in a workflow that pauses a group, or the condition of their own one holds, a journey stands still: goal, exits, consent and
//! events are taken as ever, steps are not. It keeps what it was waiting for, and goes on with that when nothing pauses it any more, so of several
//! the last to end decides: waits of some length are over later by as long as it stood still, and what goes by the calendar is worked out anew.
//! Whoever is in a workflow that stops a group leaves its workflows, and does not come in.
//!
//! All of it is asked of what lives now and of nothing that is remembered, so a change of the project reaches everybody, and the order in which
//! workflows are declared decides nothing.

use super::identify::on_the_wall;
use super::plan::Plan;
use super::reason::{PausedBy, Woken};
use super::touch::{Seen, Touch};
use crate::store::{DecisionCode, DecisionRecord, JourneyRecord, JourneyStatus};
use crate::time::{Instant, Zone, civil};
use flow_ir::{Appointment, BUSINESS_MINUTES, FOREVER, NEVER, PausedSlots, Program, Wait, WorkflowId};
use std::collections::BTreeMap;

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
    /// How many stand before it of whom each stops the next one.
    stopped_behind: usize,
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
            stopped_behind: 0,
        }
    }

    /// Puts those of all workflows into an order in which whoever stops another comes before them.
    pub(super) fn put_in_order(workflows: &mut BTreeMap<WorkflowId, &mut KeptBack>) {
        let stopped_by: BTreeMap<WorkflowId, Vec<WorkflowId>> =
            workflows.iter().map(|(id, kept_back)| (*id, kept_back.stopped_by.clone())).collect();
        let mut known = BTreeMap::new();
        for (id, kept_back) in workflows.iter_mut() {
            kept_back.stopped_behind = stopped_behind(*id, &stopped_by, &mut known);
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

    /// How many stand before a workflow of whom each stops the next one.
    pub(super) fn stopped_behind(&self, id: WorkflowId) -> usize {
        self.workflow(id).kept_back.stopped_behind
    }

    /// Whether those in a workflow may be kept from their steps.
    pub(super) fn may_be_kept_back(&self, id: WorkflowId) -> bool {
        self.paused(id).is_some() || !self.workflow(id).kept_back.stopped_by.is_empty()
    }
}

impl Touch<'_> {
    /// The workflow that keeps the contact out of one.
    pub(super) fn stopper_of(&self, id: WorkflowId) -> Option<WorkflowId> {
        self.plan.workflow(id).kept_back.stopped_by.iter().copied().find(|by| self.keeps_others_now(*by))
    }

    /// Whether the contact is in a workflow that keeps others from their steps. Of whom nothing is done it keeps nobody: they are to be as if it were
    /// not.
    fn keeps_others_now(&self, by: WorkflowId) -> bool {
        let mut own = self.contact.journeys.iter().filter(|journey| journey.workflow() == by && journey.is_live());
        own.any(|journey| !self.plan.is_held_out(journey))
    }

    /// By what a journey has to stand still. Whatever did so first is told for as long as it does.
    fn cause_of(&mut self, index: usize) -> Option<Cause> {
        let plan = self.plan;
        let id = self.journey(index).workflow();
        let slots = plan.paused(id)?;
        let noted = self.journey(index).read(plan, slots.by);
        let paused_by = &plan.workflow(id).kept_back.paused_by;
        let goes_on = |by: &WorkflowId| number_of(Cause::Workflow(*by)) == noted && self.keeps_others_now(*by);
        if let Some(by) = paused_by.iter().copied().find(goes_on) {
            return Some(Cause::Workflow(by));
        }
        if self.workflow(id).pause.is_some_and(|when| self.holds(when, Seen::Journey(index))) {
            return Some(Cause::Condition);
        }
        paused_by.iter().copied().find(|by| self.keeps_others_now(*by)).map(Cause::Workflow)
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
        let [since, was, due] = [slots.since, slots.was, slots.due].map(|slot| self.journey(index).read(plan, slot));
        let ended_at = self.pause_ended_at(index, since);
        let journey = self.journey_mut(index);
        for (slot, empty) in [(slots.since, NEVER), (slots.by, 0), (slots.was, 0), (slots.due, FOREVER)] {
            journey.write(plan, slot, empty);
        }
        (journey.dirty, journey.touched) = (true, false);
        self.lengthen_round(index, ended_at.saturating_sub(since));
        self.note_late_from(index, ended_at);
        let (status, woken) = match Was::of(was) {
            was @ (Was::Waiting | Was::Awaiting) => {
                self.wait_on(index, was, due, (since, ended_at));
                return None;
            }
            Was::AtAMessage => {
                self.ask_for_message(index, ended_at);
                return None;
            }
            Was::Delivered => (JourneyStatus::Sending, Woken::Delivered),
            Was::Undelivered => (JourneyStatus::Sending, Woken::Undelivered),
            Was::Entered => (JourneyStatus::Waiting, Woken::Entered),
        };
        self.journey_mut(index).record.status = status;
        Some(woken)
    }

    /// A round of a `repeat` is over so much later, wherever in it the journey stood still.
    fn lengthen_round(&mut self, index: usize, stood_ms: i64) {
        let plan = self.plan;
        let Some(slot) = self.workflow(self.journey(index).workflow()).slots.round_began else { return };
        let journey = self.journey_mut(index);
        let began = journey.read(plan, slot);
        journey.write(plan, slot, later(began, stood_ms));
    }

    /// When what paused a journey was over: now, unless time alone has ended it while nobody was there. It goes on late then.
    fn pause_ended_at(&self, index: usize, since: i64) -> i64 {
        let is_own = |slots: PausedSlots| self.journey(index).read(self.plan, slots.by) == number_of(Cause::Condition);
        let workflow = self.journey(index).workflow();
        let own = self.workflow(workflow).pause.filter(|_| self.plan.paused(workflow).is_some_and(is_own));
        own.map_or(self.now, |when| self.so_since(when, Seen::Journey(index), false)).max(since)
    }

    /// A wait goes on that was due at an instant, so much later than it would have as the journey stood still.
    fn wait_on(&mut self, index: usize, was: Was, due: i64, (paused_at, ended_at): (i64, i64)) {
        let plan = self.plan;
        let slots = &self.workflow(self.journey(index).workflow()).slots;
        let appointment = self.wait_of(index).and_then(Wait::appointment);
        let journey = self.journey_mut(index);
        let status = if was == Was::Awaiting { JourneyStatus::Awaiting } else { JourneyStatus::Waiting };
        let stood_ms = ended_at.saturating_sub(paused_at);
        (journey.record.status, journey.record.due_at) = (status, Some(later(due, stood_ms)));
        let since = journey.read(plan, slots.waiting_since);
        let since = match appointment {
            None => later(since, stood_ms),
            Some(appointment) => self.waits_since(appointment, (since, due), (paused_at, ended_at)),
        };
        self.journey_mut(index).write(plan, slots.waiting_since, since);
        if let Some(appointment) = appointment {
            let due = self.due_as_of(ended_at, index, appointment);
            self.wait_until(index, due);
        }
        // What it waits for may have happened meanwhile.
        self.journey_mut(index).touched = true;
    }

    /// Since when a wait by the calendar counts that goes on behind a pause: what of its business time was over when that began is over now. A day or
    /// an hour of the calendar is the next one behind the pause.
    fn waits_since(
        &self,
        appointment: &Appointment,
        (since, due): (i64, i64),
        (paused_at, ended_at): (i64, i64),
    ) -> i64 {
        let (holidays, zone) = (self.holidays(), self.contact.zone);
        let [since, due, paused_at, ended] = [since, due, paused_at, ended_at].map(Instant);
        match appointment {
            Appointment::BusinessDays(_) => {
                let days = civil::business_days_between(since, paused_at, holidays, zone);
                civil::business_days_before(ended, days, due, holidays, zone).0
            }
            Appointment::BusinessHours(_) => {
                let ms = civil::business_time_between((since, paused_at), BUSINESS_MINUTES, holidays, zone);
                civil::business_time_before(ended, ms, BUSINESS_MINUTES, holidays, zone).0
            }
            Appointment::Weekday { .. }
            | Appointment::OnDay { .. }
            | Appointment::Clock { .. }
            | Appointment::Tomorrow { .. }
            | Appointment::Day { .. }
            | Appointment::Date { .. } => ended_at,
        }
    }

    /// What a journey that stands still was waiting for moves with the zone, as it would otherwise: when it is over is what clocks on the wall show.
    /// What goes by the calendar is worked out when it goes on.
    pub(super) fn rezone_paused(&mut self, index: usize, from: Zone) {
        let (plan, to) = (self.plan, self.contact.zone);
        let Some(slots) = plan.paused(self.journey(index).workflow()) else { return };
        let [was, due] = [slots.was, slots.due].map(|slot| self.journey(index).read(plan, slot));
        let wait =
            self.wait_of(index).filter(|_| matches!(Was::of(was), Was::Waiting | Was::Awaiting) && due < FOREVER);
        let anew = match wait.and_then(Wait::appointment) {
            Some(Appointment::BusinessDays(_)) => Some(civil::same_on_the_wall(Instant(due), from, to).0),
            Some(_) => None,
            None => wait.and_then(Wait::span).and_then(|span| on_the_wall(span, due, from, to)),
        };
        if let Some(anew) = anew {
            let journey = self.journey_mut(index);
            journey.write(plan, slots.due, anew);
            journey.dirty = true;
        }
    }

    /// The message at which a journey stands is asked for again, at the end of the instant.
    fn ask_for_message(&mut self, index: usize, at: i64) {
        let row = self.row_of(index).map(|row| row.id);
        row.into_iter().for_each(|row| self.outbox.hold(self.batch, row, at));
        let journey = self.journey_mut(index);
        journey.record.status = JourneyStatus::Sending;
        journey.record.due_at = row.is_none().then_some(at);
    }
}

/// How many stand before one of whom each stops the next. Of workflows that stop each other in a circle the first that is asked stands behind the
/// others.
fn stopped_behind(
    id: WorkflowId,
    stopped_by: &BTreeMap<WorkflowId, Vec<WorkflowId>>,
    known: &mut BTreeMap<WorkflowId, usize>,
) -> usize {
    if let Some(known) = known.get(&id) {
        return *known;
    }
    known.insert(id, 0);
    let before = stopped_by.get(&id).into_iter().flatten();
    let behind = before.map(|by| stopped_behind(*by, stopped_by, known) + 1).max().unwrap_or(0);
    known.insert(id, behind);
    behind
}

/// So much later, if it is an instant.
fn later(at: i64, by_ms: i64) -> i64 {
    if at > NEVER && at < FOREVER { at.saturating_add(by_ms).min(FOREVER) } else { at }
}

/// What is kept of a cause.
fn number_of(cause: Cause) -> i64 {
    match cause {
        Cause::Condition => 0,
        Cause::Workflow(by) => i64::from(by.0) + 1,
    }
}
