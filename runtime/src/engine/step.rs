//! Running the steps of a journey: from where it stands to its next suspension or its end.

use super::contact::Journey;
use super::host::{Leaves, StepHost};
use super::let_out::Door;
use super::own::Held;
use super::reason::{Converted, FinishedBy, Ignored, Woken};
use super::touch::Touch;
use crate::store::{ChangedBy, DecisionCode, DecisionRecord, JourneyRecord, JourneyStatus, Trace};
use flow_ir::backend::{Memory, Stop};
use flow_ir::{CountedSince, Ending, FieldId, SlotId, Wait, WaitId, WorkflowId};
use smallvec::SmallVec;

/// What set a journey going, and where it stood before.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wake {
    pub(super) woken: Woken,
    pub(super) was: JourneyStatus,
    pub(super) stood_at: u32,
    /// Whether the message that it waited for has its answer, and the steps begin behind it.
    pub(super) answered: bool,
}

/// Slots with what they hold.
type Slots = SmallVec<[(SlotId, Held); 8]>;

/// How far a run of steps came.
pub(super) struct Ran {
    pub(super) stop: Stop,
    leaves: Option<Leaves>,
    /// Whether it stands before a step that may not let anything out yet.
    stands_back: bool,
    /// Until when the send at which it stands is held.
    held_until: Option<i64>,
    /// Whether its last handoff found nobody.
    is_untaken: bool,
}

impl Touch<'_> {
    /// Wakes a journey.
    pub(super) fn resume(&mut self, index: usize, woken: Woken) {
        let JourneyRecord { status: was, step: stood_at, .. } = self.journey(index).record;
        self.batch.tally.steps += 1;
        self.sit(index);
        self.note_late(index, woken);
        self.prepare(index, woken);
        let answered = matches!(woken, Woken::Delivered | Woken::Undelivered);
        self.go(index, Wake { woken, was, stood_at, answered }, self.door);
    }

    /// Runs the steps of a journey that is awake, up to where it waits or stands before what it may not let out yet.
    pub(super) fn go(&mut self, index: usize, wake: Wake, door: Door) {
        let Ran { stop, leaves, stands_back, held_until, is_untaken } = self.walk(index, wake, door);
        if stands_back {
            return self.stand_back(index, wake, stop);
        }
        let stood = matches!(wake.was, JourneyStatus::Held | JourneyStatus::Sending);
        let held_again = stood && matches!(stop, Stop::Held { step, .. } if step.0 == wake.stood_at);
        self.record_step(index, wake.woken, stop, held_again);
        match leaves {
            Some(leaves) => self.leave(index, leaves, stop),
            None => self.settle(index, stop, held_until, is_untaken),
        }
    }

    /// Runs steps, and notes what they have changed.
    pub(super) fn walk(&mut self, index: usize, wake: Wake, door: Door) -> Ran {
        let before = self.written_slots(index);
        let ran = self.run(index, wake, door);
        self.mark_written(index, &before);
        let JourneyRecord { workflow, run, .. } = self.journey(index).record;
        self.note_changes(ChangedBy { journey: Some((workflow, run)) });
        // Its own slots changed with every step, so its conditions look again.
        let journey = self.journey_mut(index);
        (journey.dirty, journey.touched) = (true, true);
        ran
    }

    pub(super) fn prepare(&mut self, index: usize, woken: Woken) {
        let plan = self.plan;
        let slots = &self.workflow(self.journey(index).workflow()).slots;
        let journey = self.journey_mut(index);
        for trace in &slots.trace {
            journey.write(plan, *trace, 0);
        }
        match woken {
            // The same wake goes on.
            Woken::Entered | Woken::Delivered | Woken::Undelivered | Woken::Retried => return,
            // Nor is the end another one.
            Woken::GoalMet | Woken::Left => return,
            // Whether it was past stands there already.
            Woken::Released | Woken::Due | Woken::Past => {}
            Woken::Satisfied | Woken::TimedOut => {
                journey.write(plan, slots.timed_out, i64::from(woken == Woken::TimedOut));
            }
        }
        journey.record.visit += 1;
    }

    #[expect(
        clippy::indexing_slicing,
        reason = "walks count to the number of journeys, and one is let in only between them (`react`)"
    )]
    fn run(&mut self, index: usize, wake: Wake, door: Door) -> Ran {
        let left_before = self.left_before(index);
        self.sit(index);
        let journey = &mut self.contact.journeys[index];
        let (workflow, block, run) = (journey.workflow(), journey.record.block, journey.record.run);
        let held_at = (wake.was == JourneyStatus::Held).then_some(wake.stood_at);
        let mut host = StepHost {
            left_before,
            held_at,
            goal_met: journey.record.goal_met,
            row: journey.record.outbox,
            answered: wake.answered,
            in_turn: wake.woken == Woken::Released && self.plan.has_caps(),
            door,
            ..StepHost::new(
                (self.plan, self.backend),
                (&mut *self.batch, &mut *self.outbox),
                (self.contact.id, &mut self.contact.texts, self.contact.zone),
                (workflow, run, journey.record.visit),
                self.now,
            )
        };
        let memory = Memory::of(&mut self.contact.frame, &mut journey.record.memory);
        let stop = self.backend.step(workflow, memory, block, self.now, &mut host);
        let (problem, written, stopped) = (host.problem, host.written, host.stopped);
        let texts_before = host.texts_before;
        let (leaves, goal_met, newly_met) = (host.leaves, host.goal_met, host.newly_met);
        let (row, sending, sends, stands_back) = (host.row, host.sending, host.sends, host.stands_back);
        let held_until = host.held_until.or(host.comes_again.then_some(self.now));
        let is_untaken = host.is_untaken;
        if goal_met {
            self.contact.journeys[index].set_goal_met();
        }
        let journey = &mut self.contact.journeys[index];
        journey.sending = sending;
        journey.record.sends.extend(sends);
        if leaves.is_none() {
            // Only who stands at a send has a row that is still to leave.
            journey.record.outbox = row.filter(|_| matches!(stop, Stop::Held { .. }));
        }
        if newly_met {
            self.tell_conversion(index);
        }
        written.into_iter().for_each(|slot| self.contact.mark(self.plan, slot));
        texts_before.into_iter().for_each(|(field, before)| self.note_text(workflow, field, before));
        self.stop_others(workflow, &stopped);
        if stop == Stop::Failed {
            self.fail((workflow, run), problem.unwrap_or_else(|| format!("no journey resumes at block {block}")));
        }
        Ran { stop, leaves, stands_back, held_until, is_untaken }
    }

    /// Ends a journey whose goal or exit an earlier step of the instant has made true.
    fn leave(&mut self, index: usize, leaves: Leaves, stop: Stop) {
        if let (Leaves::Exit(number), Stop::Held { step, .. }) = (leaves, stop) {
            self.tell_exit(index, number, step.0);
        }
        let why = if leaves == Leaves::Converted { Ignored::GoalHolds } else { Ignored::ExitHolds };
        self.forget_trigger(self.journey(index).workflow(), why);
        self.end(index, leaves == Leaves::Converted);
        self.close(index, if leaves == Leaves::Converted { Woken::GoalMet } else { Woken::Left });
    }

    /// Records that an exit holds, and where the journey stood.
    pub(super) fn tell_exit(&mut self, index: usize, number: u32, step: u32) {
        let (step, about) = (Some(step), Some(number));
        self.batch.decide(DecisionRecord { step, about, ..self.about(index, DecisionCode::ExitedWhen) });
    }

    /// The values of the slots that the workflow may write.
    fn written_slots(&self, index: usize) -> Slots {
        let writes = &self.workflow(self.journey(index).workflow()).writes;
        writes.iter().map(|slot| (*slot, Held::read(self.plan, &self.contact.frame, *slot))).collect()
    }

    /// A step has set a text, which was another one before.
    fn note_text(&mut self, workflow: WorkflowId, id: FieldId, before: Option<String>) {
        let Some(text) = self.plan.program.fields.at(id).text else { return };
        self.contact.mark_text(self.plan, text);
        self.contact.said_at.note(id.0, self.now);
        let after = self.contact.text_at(text).map(str::to_owned);
        self.written.note_text(workflow, text, before, after);
    }

    fn mark_written(&mut self, index: usize, before: &[(SlotId, Held)]) {
        let workflow = self.journey(index).workflow();
        for (slot, old) in before {
            let new = Held::read(self.plan, &self.contact.frame, *slot);
            if *old != new {
                self.contact.mark(self.plan, *slot);
                self.note_set(*slot);
                self.written.note(workflow, *slot, *old, new);
            }
        }
    }

    /// What ran, as the trace has it. A send that is held again is no news.
    pub(super) fn record_step(&mut self, index: usize, woken: Woken, stop: Stop, held_again: bool) {
        let journey = self.journey(index);
        let slots = &self.workflow(journey.workflow()).slots;
        let trace: Trace = slots.trace.iter().map(|slot| journey.read(self.plan, *slot)).collect();
        if held_again && trace.iter().all(|word| *word == 0) {
            return;
        }
        let step = match stop {
            Stop::Waiting { step, .. } | Stop::Held { step, .. } => Some(step.0),
            Stop::Ended { step, .. } => step.map(|step| step.0),
            Stop::Failed => None,
        };
        let decision = self.about(index, DecisionCode::Stepped);
        self.batch.decide(DecisionRecord { step, reason: woken.number(), trace, ..decision });
    }

    /// `held_until`: when what is held is asked again; `is_untaken`: whether a handoff found nobody.
    fn settle(&mut self, index: usize, stop: Stop, held_until: Option<i64>, is_untaken: bool) {
        match stop {
            Stop::Waiting { step, wait, block } => self.suspend_wait(index, step.0, wait, block),
            Stop::Held { step, block } if self.journey(index).sending => {
                self.suspend(index, JourneyStatus::Sending, step.0, block, held_until);
            }
            Stop::Held { step, block } => {
                let held_until = held_until.unwrap_or(self.now);
                let row = self.journey(index).record.outbox;
                row.into_iter().for_each(|row| self.outbox.hold(self.batch, row, held_until));
                self.suspend(index, JourneyStatus::Held, step.0, block, Some(held_until));
            }
            Stop::Ended { step, ending } => {
                let goal_met = self.journey(index).record.goal_met;
                let (code, reason) = match ending {
                    Ending::HandedOff if self.plan.is_held_out(self.journey(index)) => {
                        (DecisionCode::Finished, FinishedBy::HeldOut.number())
                    }
                    ending => decision_of(ending, goal_met, is_untaken),
                };
                self.decide_in(index, code, step.map(|step| step.0), reason);
                if ending == Ending::Converted && !self.journey(index).record.goal_met {
                    self.tell_conversion(index);
                }
                if ending == Ending::Converted {
                    self.forget_trigger(self.journey(index).workflow(), Ignored::GoalHolds);
                }
                self.end(index, ending == Ending::Converted);
                match ending {
                    Ending::Converted => self.close(index, Woken::GoalMet),
                    Ending::Exited => self.close(index, Woken::Left),
                    Ending::Finished | Ending::HandedOff => {}
                }
            }
            Stop::Failed => {}
        }
    }

    fn suspend_wait(&mut self, index: usize, step: u32, wait: WaitId, block: u32) {
        let (plan, now) = (self.plan, self.now);
        let workflow = self.workflow(self.journey(index).workflow());
        // Where a send was before it, this is the instant of its answer.
        self.journey_mut(index).write(plan, workflow.slots.waiting_since, now);
        match workflow.waits.at(wait) {
            Wait::For(span) => {
                let due_at = self.after(self.now, *span);
                self.suspend(index, JourneyStatus::Waiting, step, block, Some(due_at));
            }
            Wait::On(appointment) => {
                let due = self.due(index, appointment);
                self.suspend(index, JourneyStatus::Waiting, step, block, Some(due.at));
                self.wait_until(index, due);
            }
            // The next round looks whether it is satisfied already (E6): the journey is touched.
            Wait::Until { up_to, .. } => {
                let deadline = self.after(self.now, *up_to);
                let journey = self.journey_mut(index);
                journey.write(plan, workflow.slots.timed_out, 0);
                journey.count_anew(plan, CountedSince::Wait);
                self.suspend(index, JourneyStatus::Awaiting, step, block, Some(deadline));
            }
            // A round that took longer than that is followed by the next at once.
            Wait::Round { every, until } => {
                let began = workflow.slots.round_began.map_or(now, |slot| self.journey(index).read(plan, slot));
                let due_at = self.after(began, *every).max(now);
                let status = if until.is_some() { JourneyStatus::Awaiting } else { JourneyStatus::Waiting };
                self.suspend(index, status, step, block, Some(due_at));
            }
        }
    }

    /// Every live journey has an instant at which it acts by itself, or an answer to come (E14).
    pub(super) fn suspend(&mut self, index: usize, status: JourneyStatus, step: u32, block: u32, due_at: Option<i64>) {
        let journey = self.journey_mut(index);
        journey.record.block = block;
        journey.record.status = status;
        journey.record.step = step;
        journey.record.due_at = due_at;
    }

    /// Ends the contact's journeys in some workflows, never that in the one that says so.
    fn stop_others(&mut self, by: WorkflowId, stopped: &[WorkflowId]) {
        if stopped.is_empty() {
            return;
        }
        self.stopping.extend(stopped.iter().filter(|workflow| **workflow != by).map(|workflow| (*workflow, by)));
        self.stop_held(by, stopped);
        self.stop_turns(by, stopped);
        let is_stopped = |journey: &Journey| journey.workflow() != by && stopped.contains(&journey.workflow());
        for index in self.by_name(|_, journey| journey.is_live() && is_stopped(journey)) {
            self.stop(index, by);
        }
    }

    /// Ends a journey that a step of another workflow stops.
    pub(super) fn stop(&mut self, index: usize, by: WorkflowId) {
        let (step, about) = (Some(self.journey(index).record.step), Some(by.0));
        self.batch.decide(DecisionRecord { step, about, ..self.about(index, DecisionCode::Stopped) });
        self.tell_stood_back(index);
        self.forget_trigger(self.journey(index).workflow(), Ignored::TakenBack);
        self.end(index, false);
    }

    /// The goal of a journey is met: counted by when it began.
    pub(super) fn tell_conversion(&mut self, index: usize) {
        let record = self.journey(index).record.clone();
        self.batch.convert(&record, self.now);
        self.tell_met_all_the_same(index);
    }

    /// Ends a journey. Where the goal was not met, it still counts for as long as it says, from the entry on.
    pub(super) fn end(&mut self, index: usize, converted: bool) {
        self.withdraw(index);
        self.note_had(index);
        let (plan, now) = (self.plan, self.now);
        let is_met = converted || self.journey(index).record.goal_met;
        let until = self.contact.goal_counts_until(plan, self.journey(index), now).filter(|_| !is_met);
        let journey = self.journey_mut(index);
        journey.record.status = JourneyStatus::Ended;
        journey.record.ended_at = Some(now);
        journey.record.due_at = None;
        (journey.record.goal_met, journey.record.goal_open, journey.record.goal_until) = (is_met, !is_met, until);
        // Its goal counts on, and may come true by itself.
        let workflow = journey.workflow();
        // Nor does it keep others out any more.
        (journey.dirty, journey.touched) = (true, until.is_some() || plan.keeps_others(workflow));
        self.call_next(workflow);
        self.look_at_kept_back(workflow);
    }
}

fn decision_of(ending: Ending, goal_met: bool, is_untaken: bool) -> (DecisionCode, u32) {
    match ending {
        Ending::Finished => (DecisionCode::Finished, FinishedBy::Steps.number()),
        // The handoff itself has a decision of its own. One that is refused lets the journey go on (LANGUAGE.md 12): no step is behind it.
        Ending::HandedOff if is_untaken => (DecisionCode::Finished, FinishedBy::NobodyTook.number()),
        Ending::HandedOff => (DecisionCode::Finished, FinishedBy::Handoff.number()),
        Ending::Exited => (DecisionCode::Exited, 0),
        Ending::Converted if goal_met => (DecisionCode::Converted, Converted::GoalMetBefore.number()),
        Ending::Converted => (DecisionCode::Converted, 0),
    }
}
