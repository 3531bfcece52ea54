//! What follows from a change: goals, exits, waits and entries look again, in rounds, until nothing changes any more.
//!
//! A round is judged on one picture before any step of it runs (E1): first who leaves, then which waits are over, then who comes in. Then the
//! journeys that go on and those that begin run their steps, by the policy's order of groups and then by the names of their workflows; the order
//! in which these are declared decides nothing. A step may change what another workflow waits for, so one round is not enough. Each hands on only what it changed, and
//! only those who read it look.

use super::bits::Bits;
use super::contact::Journey;
use super::enrol::Enrolment;
use super::event::Triggers;
use super::reason::{Ignored, Woken};
use super::touch::{Seen, Touch};
use crate::broken::{Rule, is_broken};
use crate::store::{DecisionCode, JourneyStatus};
use flow_ir::{Wait, WorkflowId};
use smallvec::SmallVec;

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

/// A journey whose wait is over, or that has ended and has steps for that.
struct GoingOn {
    workflow: WorkflowId,
    run: u32,
    woken: Woken,
}

/// What runs steps in a round.
enum Run {
    On(GoingOn),
    In(Enrolment),
    /// A journey that has begun before the steps of the others, since it keeps them from theirs; none where it has to wait for its turn.
    Begun(WorkflowId, Option<u32>),
}

impl Touch<'_> {
    /// Brings the contact to rest. Whoever comes to let something out stands before it ([`Touch::let_out`]).
    pub(super) fn react(&mut self, cause: &Cause) {
        let due = *cause == Cause::Due;
        self.importing = *cause == Cause::Import;
        let triggers = match cause {
            Cause::Change(triggers) => triggers.clone(),
            Cause::Due | Cause::Import => Triggers::new(),
        };
        if *cause == Cause::Import && !self.joining {
            // History and files let nobody in.
            self.by_hand.clear();
        }
        let triggers_nobody = triggers.is_empty() && self.by_hand.is_empty();
        if !due && triggers_nobody && self.contact.held.is_empty() && self.is_settled() {
            return;
        }
        self.settle_due_segments();
        // From here on it is our own steps that move people.
        self.importing = false;
        self.written.clear();
        self.rounds(due, triggers, *cause == Cause::Import);
    }

    /// Looks and goes on until nothing changes any more, but for what lets something out.
    pub(super) fn rounds(&mut self, mut due: bool, mut triggers: Triggers, import: bool) {
        let mut changed = Bits::default();
        for _ in 0..self.plan.max_rounds {
            self.written_before = std::mem::take(&mut self.written);
            // Whoever enters or leaves a segment does so before anyone looks at it.
            self.settle_segments();
            std::mem::take(&mut self.crossed).into_iter().for_each(|crossed| crossed.join(&mut triggers));
            std::mem::swap(&mut changed, &mut self.contact.changed);
            self.contact.changed.clear();
            self.settle_changes(&changed, due, import, &mut triggers);
            self.plan_dates(&changed);
            self.judge_lapses(due);
            let going_on = self.judge_journeys(&changed, due);
            self.look_at_ended(&changed, due);
            // Whose turn has come has a place: whatever else lets them in takes no other.
            let mut coming_in = self.judge_turns();
            if !self.joining {
                coming_in.extend(self.judge_held(due));
            }
            coming_in.extend(self.judge_events(&triggers));
            coming_in.extend(self.judge_starts());
            // A join is no trigger: whom it is about comes in with what brought it.
            if !self.joining {
                coming_in.extend(self.judge_by_hand());
            }
            coming_in.extend(self.judge_dates(due));
            coming_in.extend(self.judge_again());
            coming_in.extend(self.judge_becoming(&changed, due, import));
            self.run_all(going_on, coming_in);
            if self.is_settled() {
                break;
            }
            (due, triggers) = (false, Triggers::new());
        }
        if !self.is_settled() {
            self.give_up_rounds();
            // Whatever is not followed any more, what is stored must be true.
            self.settle_segments();
            self.crossed.clear();
            self.contact.changed.clear();
            self.contact.entry_instants.forget();
            self.contact.journeys.iter_mut().for_each(|journey| journey.touched = false);
        }
        debug_assert!(self.contact.pending.is_as_in(self.plan, &self.contact.frame), "a slot was not followed");
        self.next_change = self.next_change.min(self.next_change_of_segments()).min(self.next_start());
        self.next_change = self.next_change.min(self.next_held()).min(self.next_turn()).min(self.next_owed());
        self.next_change = self.next_change.min(self.next_date()).min(self.next_lapse());
    }

    fn is_settled(&self) -> bool {
        self.contact.changed.is_empty()
            && self.crossed.is_empty()
            && !self.contact.journeys.iter().any(|journey| journey.touched)
    }

    /// Ends those whose goal or exit holds, and tells which of the others go on.
    fn judge_journeys(&mut self, changed: &Bits, due: bool) -> SmallVec<[GoingOn; 2]> {
        self.follow_dates(changed);
        for index in 0..self.contact.journeys.len() {
            if self.stands_back(index) {
                // What ends it is asked when it comes to let something out.
                self.journey_mut(index).touched = false;
            }
        }
        let concerned = self.by_name(|index, journey| {
            let concerned = || journey.touched || self.plan.workflow(journey.workflow()).live.meets(changed);
            journey.is_live() && !self.stands_back(index) && (due || concerned())
        });
        concerned.into_iter().filter_map(|index| self.judge_journey(index, due)).collect()
    }

    /// The places of these journeys, by the names of their workflows.
    pub(super) fn by_name(&self, is_it: impl Fn(usize, &Journey) -> bool) -> SmallVec<[usize; 4]> {
        let journeys = self.contact.journeys.iter().enumerate().filter(|(index, journey)| is_it(*index, journey));
        let mut places: SmallVec<[usize; 4]> = journeys.map(|(index, _)| index).collect();
        places.sort_by_key(|index| (self.plan.place(self.journey(*index).workflow()), *index));
        places
    }

    fn judge_journey(&mut self, index: usize, due: bool) -> Option<GoingOn> {
        self.journey_mut(index).touched = false;
        let is_let_out_unasked = is_broken(Rule::LastLook) && self.journey(index).record.outbox.is_some();
        let ended = if is_let_out_unasked { None } else { self.ends(index) };
        let (workflow, run) = (self.journey(index).workflow(), self.journey(index).record.run);
        if let Some(woken) = ended {
            // What is done at the end is done with the steps of this round.
            return self.closing(index, woken).map(|_| GoingOn { workflow, run, woken });
        }
        let (is_kept_back, goes_on) = self.judge_kept_back(index);
        if is_kept_back {
            return None;
        }
        self.sit(index);
        let record = &self.journey(index).record;
        let status = record.status;
        let overdue = due && record.due_at.is_some_and(|at| at <= self.now);
        let woken = match status {
            _ if let Some(woken) = goes_on => woken,
            JourneyStatus::Awaiting if self.is_satisfied(index) => Woken::Satisfied,
            // Another round is nothing that somebody is late for.
            JourneyStatus::Awaiting if overdue && matches!(self.wait_of(index), Some(Wait::Round { .. })) => Woken::Due,
            JourneyStatus::Awaiting if overdue => Woken::TimedOut,
            JourneyStatus::Waiting if overdue => self.woken_by_time(index),
            JourneyStatus::Held if overdue => Woken::Released,
            JourneyStatus::Sending if overdue => Woken::Retried,
            JourneyStatus::Sending => self.journey_mut(index).answer.take()?,
            _ => return None,
        };
        Some(GoingOn { workflow, run, woken })
    }

    /// Runs the steps of a round. What an earlier journey of it does may still end a later one.
    fn run_all(&mut self, going_on: SmallVec<[GoingOn; 2]>, coming_in: Vec<Enrolment>) {
        let plan = self.plan;
        self.stopping.clear();
        let mut runs: SmallVec<[(usize, Run); 2]> =
            going_on.into_iter().map(|on| (plan.place(on.workflow), Run::On(on))).collect();
        let (mut keepers, others): (Vec<_>, Vec<_>) =
            coming_in.into_iter().partition(|enrolment| plan.keeps_others(enrolment.workflow));
        // Whoever is stopped does not come in, and so keeps nobody.
        keepers.sort_by_key(|enrolment| (plan.stopped_behind(enrolment.workflow), plan.place(enrolment.workflow)));
        for enrolment in keepers {
            let workflow = enrolment.workflow;
            self.close_before(workflow, &mut runs);
            let begun = self.begin(&enrolment).map(|index| self.journey(index).record.run);
            runs.push((plan.place(workflow), Run::Begun(workflow, begun)));
        }
        runs.extend(others.into_iter().map(|enrolment| (plan.place(enrolment.workflow), Run::In(enrolment))));
        runs.sort_by_key(|(place, _)| *place);
        for (_, run) in runs {
            match run {
                Run::On(on) => self.go_on(&on),
                Run::In(enrolment) => {
                    let index = self.begin(&enrolment);
                    self.let_in(enrolment.workflow, index);
                }
                Run::Begun(workflow, run) => {
                    let index = run.and_then(|run| self.live_journey(workflow, run));
                    self.let_in(workflow, index);
                }
            }
        }
    }

    /// What is done at the end of a journey comes before the next one in its workflow begins, also where that begins before the steps of others:
    /// the next one forgets it, and what had let it in.
    fn close_before(&mut self, workflow: WorkflowId, runs: &mut SmallVec<[(usize, Run); 2]>) {
        let is_end = |run: &Run| match run {
            Run::On(on) => on.workflow == workflow && matches!(on.woken, Woken::GoalMet | Woken::Left),
            Run::In(_) | Run::Begun(..) => false,
        };
        while let Some(place) = runs.iter().position(|(_, run)| is_end(run)) {
            if let (_, Run::On(on)) = runs.remove(place) {
                self.close_ended(on.workflow, on.run, on.woken);
            }
        }
    }

    /// Whom another journey has stopped at the moment at which they come in does nothing more, whatever its name is.
    fn let_in(&mut self, workflow: WorkflowId, begun: Option<usize>) {
        let stopped = self.stopping.iter().find(|(stopped, _)| *stopped == workflow);
        let by = stopped.map(|(_, by)| *by);
        match (begun, by) {
            (Some(index), Some(by)) => self.stop(index, by),
            (Some(index), None) if self.is_kept_back(index, Woken::Entered) => {}
            (Some(index), None) => self.resume(index, Woken::Entered),
            // Who has to wait for their turn does not wait any more.
            (None, Some(by)) => self.stop_turns(by, &[workflow]),
            (None, None) => {}
        }
    }

    fn go_on(&mut self, on: &GoingOn) {
        if matches!(on.woken, Woken::GoalMet | Woken::Left) {
            return self.close_ended(on.workflow, on.run, on.woken);
        }
        match (self.live_journey(on.workflow, on.run), on.woken) {
            (Some(index), woken) if self.is_kept_back(index, woken) => {}
            (Some(index), Woken::TimedOut) => self.time_out(index),
            (Some(index), woken) => self.resume(index, woken),
            // Another journey has stopped it.
            (None, _) => {}
        }
    }

    pub(super) fn live_journey(&self, workflow: WorkflowId, run: u32) -> Option<usize> {
        let is_it = |journey: &Journey| journey.workflow() == workflow && journey.record.run == run;
        self.contact.journeys.iter().position(|journey| is_it(journey) && journey.is_live())
    }

    /// Ends it by its goal, else by an exit; tells by which.
    fn ends(&mut self, index: usize) -> Option<Woken> {
        if self.ends_by_goal(index) {
            return Some(Woken::GoalMet);
        }
        self.ends_by_exit(index).then_some(Woken::Left)
    }

    /// The one primary conversion; recorded once, also where the journey goes on.
    fn ends_by_goal(&mut self, index: usize) -> bool {
        let Some(goal) = &self.workflow(self.journey(index).workflow()).goal else { return false };
        if self.journey(index).record.goal_met || !self.holds(goal.when, Seen::Journey(index)) {
            return false;
        }
        let code = if goal.continues { DecisionCode::GoalMet } else { DecisionCode::Converted };
        self.decide_in(index, code, Some(self.journey(index).record.step), 0);
        self.tell_conversion(index);
        if goal.continues {
            self.journey_mut(index).set_goal_met();
            return false;
        }
        self.forget_trigger(self.journey(index).workflow(), Ignored::GoalHolds);
        self.end(index, true);
        true
    }

    fn ends_by_exit(&mut self, index: usize) -> bool {
        let exits = &self.workflow(self.journey(index).workflow()).exits;
        for (number, exit) in (0..).zip(exits) {
            if self.holds(*exit, Seen::Journey(index)) {
                self.tell_exit(index, number, self.journey(index).record.step);
                self.forget_trigger(self.journey(index).workflow(), Ignored::ExitHolds);
                self.end(index, false);
                return true;
            }
        }
        false
    }

    fn is_satisfied(&mut self, index: usize) -> bool {
        let when = self.wait_of(index).and_then(Wait::when);
        when.is_some_and(|when| self.holds(when, Seen::Journey(index)))
    }

    /// A wait of some length is over, or one by the calendar is over or past.
    fn woken_by_time(&self, index: usize) -> Woken {
        let is_by_calendar = self.wait_of(index).is_some_and(|wait| wait.appointment().is_some());
        if is_by_calendar && self.is_past(index) { Woken::Past } else { Woken::Due }
    }

    fn time_out(&mut self, index: usize) {
        let step = self.journey(index).record.step;
        self.decide_in(index, DecisionCode::TimedOut, Some(step), 0);
        self.resume(index, Woken::TimedOut);
    }

    /// The goal still counts for a while after the entry, though the journey has ended.
    fn look_at_ended(&mut self, changed: &Bits, due: bool) {
        let concerned = self.by_name(|_, journey| {
            let concerned = || journey.touched || self.plan.workflow(journey.workflow()).goal.meets(changed);
            journey.record.goal_until.is_some_and(|until| until >= self.now) && (due || concerned())
        });
        for index in concerned {
            self.attribute(index);
        }
        for journey in self.contact.journeys.iter_mut().filter(|journey| !journey.is_live()) {
            journey.touched = false;
        }
    }

    /// A goal that comes true by itself is looked at again at that instant.
    fn attribute(&mut self, index: usize) {
        let Some(until) = self.journey(index).record.goal_until else { return };
        let Some(goal) = &self.workflow(self.journey(index).workflow()).goal else { return };
        self.settle_segments();
        let verdict = self.ask(goal.when, Seen::Journey(index), 0);
        if !verdict.holds && verdict.next_change > self.now && verdict.next_change <= until {
            self.next_change = self.next_change.min(verdict.next_change);
        }
        if verdict.holds {
            self.decide_in(index, DecisionCode::Attributed, None, 0);
            self.tell_conversion(index);
            let journey = self.journey_mut(index);
            (journey.record.goal_met, journey.record.goal_open, journey.record.goal_until) = (true, false, None);
            journey.dirty = true;
        }
    }
}
