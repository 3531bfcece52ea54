//! Who enters: entries that an event triggers or that become true, and the reasons not to follow them (E4).

use super::bits::Bits;
use super::contact::Journey;
use super::engagement::last_senders;
use super::event::Trigger;
use super::plan::Becoming;
use super::rate::BECAME;
use super::reason::{HeldOut, Ignored, Lacked};
use super::touch::{Seen, Touch};
use super::trigger::Said;
use crate::store::{DecisionCode, DecisionRecord, JourneyRecord, JourneyStatus};
use flow_ir::backend::Verdict;
use flow_ir::{Entry, FOREVER, FieldId, FieldValue, Reenter, TriggerKept, WorkflowId};
use std::collections::BTreeSet;

/// The reason of those who enter by the workflow's own `enter`.
pub(super) const OWN_ENTRY: u32 = 0;

/// How many ended journeys of one workflow are kept with a contact because their goal still counts; of more the newest. What a contact keeps is
/// written with each of their steps.
const ENDED_KEPT_MAX: usize = 16;

/// The reason of fields that are lacked because the workflow requires them.
const REQUIRED: u32 = 0;

/// Somebody who comes in.
pub(super) struct Enrolment {
    pub(super) workflow: WorkflowId,
    /// The number of what lets them in.
    pub(super) by: u32,
    /// What of the workflow's own entry let them in, as a turn keeps it ([`Turn::triggers`](flow_ir::Turn)).
    pub(super) triggers: u64,
    /// When the event occurred that does; now, where it is none.
    pub(super) triggered_at: i64,
    /// With what the journey begins, of those who came before they could come in.
    pub(super) memory: Option<Vec<u8>>,
    /// The record with which that was, as journeys keep it; none where it is now.
    pub(super) since: Option<u64>,
    /// Whether they have waited for their turn.
    pub(super) waited: bool,
    /// What the event said that lets them in.
    pub(super) said: Said,
    /// Whether they were to come in long before.
    pub(super) late: bool,
}

impl Enrolment {
    /// Of what lets somebody in now.
    pub(super) fn now(workflow: WorkflowId, by: u32, triggers: u64, triggered_at: i64) -> Enrolment {
        Enrolment {
            workflow,
            by,
            triggers,
            triggered_at,
            memory: None,
            since: None,
            waited: false,
            said: Said::new(),
            late: false,
        }
    }

    /// By the workflow's own entry.
    pub(super) fn of_event(trigger: Trigger) -> Enrolment {
        let Trigger { workflow, bits, occurred_at, said } = trigger;
        Enrolment { said, ..Enrolment::now(workflow, OWN_ENTRY, bits, occurred_at) }
    }
}

/// Why an entry is not followed.
pub(super) enum Refusal {
    /// These fields are required and not known.
    Lacking(Vec<FieldId>),
    /// With the number of the exit that holds.
    Objection(Ignored, Option<u32>),
}

impl Touch<'_> {
    /// Whom an event lets in.
    pub(super) fn judge_events(&mut self, triggers: &[Trigger]) -> Vec<Enrolment> {
        let mut triggers = triggers.to_vec();
        triggers.sort_by_key(|trigger| self.plan.place(trigger.workflow));
        triggers.into_iter().filter_map(|trigger| self.judge_event(trigger)).collect()
    }

    /// The trigger came, and the condition beside it does not hold: perhaps only because it reads what is not known of them.
    pub(super) fn refuse_unjudged(&mut self, workflow: WorkflowId) {
        let plan = self.plan.workflow(workflow);
        let lacked = self.lacked(&plan.required.by_entry);
        if !lacked.is_empty() {
            return self.refuse(workflow, &Refusal::Lacking(lacked));
        }
        self.refuse(workflow, &Refusal::Objection(Ignored::ConditionFails, None));
        let run = self.last_run(workflow);
        for field in self.lacked(&plan.asked_at_entry) {
            self.tell_lacked(workflow, run, field, Lacked::ByCondition.number());
        }
    }

    /// Whom something lets in that becomes true. The frame remembers what was, so writing the same value again is no entry.
    pub(super) fn judge_becoming(&mut self, changed: &Bits, due: bool, import: bool) -> Vec<Enrolment> {
        let plan = self.plan;
        let mut enrolments = Vec::new();
        let mut asked = plan.becoming_readers.of(changed);
        if due {
            asked.extend(self.due_entries());
        }
        // Somebody who was refused for a while comes in when that ends, and what was to wait for the end of its instant is judged then.
        asked.extend(self.contact.pending.entries());
        for (place, entry) in asked.into_iter().filter_map(|place| Some((place, plan.becoming.get(place)?))) {
            enrolments.extend(self.judge_entry(place, entry, import));
        }
        if let Some(instants) = self.contact.entry_instants.known().filter(|_| due) {
            self.next_change = self.next_change.min(instants.next(self.now));
        }
        enrolments
    }

    /// The entries that this instant may bring about. Of a contact just loaded that is any that time can change; from then on it is
    /// remembered when each may, as long as nothing that it reads has changed.
    fn due_entries(&mut self) -> Vec<usize> {
        match self.contact.entry_instants.known() {
            Some(instants) => instants.due(self.now).collect(),
            None => {
                self.contact.entry_instants.learn();
                self.plan.becoming_timed.clone()
            }
        }
    }

    fn judge_entry(&mut self, place: usize, entry: &Becoming, import: bool) -> Option<Enrolment> {
        let plan = self.plan;
        let Verdict { holds, next_change } = self.watch(entry.when, Seen::Blank(&plan.workflow(entry.workflow).blank));
        if import && holds && self.leaves_entry_to_time(place, entry) {
            return None;
        }
        if let Some(instants) = self.contact.entry_instants.known_mut() {
            instants.set(place, next_change);
        }
        if self.is_put_off(entry, holds, import) {
            return None;
        }
        let became = self.contact.write(plan, entry.was, i64::from(holds)) && holds;
        let taken = became && (entry.existing || !import);
        if !holds || !(taken || self.contact.is(plan, entry.owed)) {
            self.contact.write(plan, entry.owed, 0);
            return None;
        }
        if taken && self.is_own_doing(entry.workflow, entry.when) {
            self.contact.write(plan, entry.owed, 0);
            self.refuse(entry.workflow, &Refusal::Objection(Ignored::OwnSteps, None));
            return None;
        }
        let refusal = self.refusal(entry.workflow, &plan.workflow(entry.workflow).blank, &[]);
        let can_end = refusal.as_ref().is_some_and(|refusal| self.can_end(entry.workflow, refusal));
        self.contact.write(plan, entry.owed, i64::from(can_end));
        match refusal {
            None => return Some(Enrolment::now(entry.workflow, OWN_ENTRY, BECAME, self.now)),
            // Recorded once, when it becomes true, and again where it is final.
            Some(refusal) if taken || !can_end => self.refuse(entry.workflow, &refusal),
            Some(_) => {}
        }
        None
    }

    /// When a refusal of an entry that is owed may next end by time alone: a re-entry period is over, or what `skip` asks about has passed.
    pub(super) fn next_owed(&self) -> i64 {
        let entries = self.contact.pending.owed().filter_map(|place| self.plan.becoming.get(place));
        let instants = entries.flat_map(|entry| {
            let blank = Seen::Blank(&self.plan.workflow(entry.workflow).blank);
            let skip = self.workflow(entry.workflow).skip.map(|skip| self.ask(skip, blank, 0).next_change);
            [self.free_at(entry.workflow), skip]
        });
        instants.flatten().filter(|at| *at > self.now).min().unwrap_or(FOREVER)
    }

    /// What was and what is are compared at the ends of instants: what only holds between two events of one is no entry (LANGUAGE.md 5). While
    /// more of the instant is to come, a change is noted, and judged when the contact is due at the same instant, behind whatever
    /// arrives at it.
    fn is_put_off(&mut self, entry: &Becoming, holds: bool, import: bool) -> bool {
        let (plan, Some(unjudged)) = (self.plan, entry.unjudged) else { return false };
        let was_put_off = self.contact.is(plan, unjudged);
        if import {
            // What was already so takes nothing from what has happened at the same instant.
            return was_put_off;
        }
        let is_own = || holds && self.is_own_doing(entry.workflow, entry.when);
        let has_changed = holds != self.contact.is(plan, entry.was) || self.contact.is(plan, entry.owed);
        // What falls between two steps of one instant, one of which comes to let something out, may hold again behind it.
        let has_fallen = !holds && self.contact.is(plan, entry.was) && self.is_anyone_back();
        let waits = has_fallen || self.outbox.is_more_to_come() && (was_put_off || has_changed && !is_own());
        if waits != was_put_off {
            self.contact.write(plan, unjudged, i64::from(waits));
        }
        if waits {
            self.next_change = self.next_change.min(self.now);
        }
        waits
    }

    /// The enrolment that follows, unless something speaks against it.
    pub(super) fn judge(&mut self, enrolment: Enrolment) -> Option<Enrolment> {
        let workflow = enrolment.workflow;
        let blank = &self.plan.workflow(workflow).blank;
        match self.refusal(workflow, enrolment.memory.as_ref().unwrap_or(blank), &enrolment.said) {
            Some(refusal) => {
                self.refuse_or_remember(&enrolment, refusal);
                None
            }
            None => Some(enrolment),
        }
    }

    /// Why this contact is not enrolled. `memory` is that of the journey that would begin, and `said` what its trigger said.
    pub(super) fn refusal(&mut self, workflow: WorkflowId, memory: &[u8], said: &[FieldValue]) -> Option<Refusal> {
        let lacked = self.lacked(&self.plan.workflow(workflow).required.fields);
        if !lacked.is_empty() {
            return Some(Refusal::Lacking(lacked));
        }
        self.objection(workflow, memory, said).map(|(reason, exit)| Refusal::Objection(reason, exit))
    }

    /// Whether a refusal may end by itself or by something that happens. Goal and exit are final, and so is having been in it once (E4).
    pub(super) fn can_end(&self, workflow: WorkflowId, refusal: &Refusal) -> bool {
        match refusal {
            Refusal::Lacking(_) | Refusal::Objection(Ignored::TooSoon | Ignored::Skipped | Ignored::KeptOut, _) => true,
            Refusal::Objection(Ignored::AlreadyIn, _) => self.workflow(workflow).reenter != Reenter::Never,
            Refusal::Objection(..) => false,
        }
    }

    /// Records an entry that is not followed and, where fields are lacked, each of them beside it.
    pub(super) fn refuse(&mut self, workflow: WorkflowId, refusal: &Refusal) {
        self.refuse_beside(workflow, self.last_run(workflow), refusal);
    }

    /// The same beside a run of the workflow.
    pub(super) fn refuse_beside(&mut self, workflow: WorkflowId, run: u32, refusal: &Refusal) {
        match refusal {
            Refusal::Objection(reason, exit) => {
                let decision = self.about_run(workflow, run, DecisionCode::Ignored);
                self.batch.decide(DecisionRecord { about: *exit, reason: reason.number(), ..decision });
            }
            Refusal::Lacking(lacked) => {
                let decision = self.about_run(workflow, run, DecisionCode::Ignored);
                self.batch.decide(DecisionRecord { reason: Ignored::NotIdentified.number(), ..decision });
                for field in lacked {
                    self.tell_lacked(workflow, run, *field, REQUIRED);
                }
            }
        }
    }

    /// Records a field that is not known, and why that matters.
    fn tell_lacked(&mut self, workflow: WorkflowId, run: u32, field: FieldId, reason: u32) {
        let decision = self.about_run(workflow, run, DecisionCode::Lacked);
        self.batch.decide(DecisionRecord { about: Some(field.0), reason, ..decision });
    }

    /// The run beside which an entry is refused; 0 where there was none, and where the latest may be for another value.
    pub(super) fn last_run(&self, workflow: WorkflowId) -> u32 {
        if self.plan.several(workflow).is_some() {
            return 0;
        }
        self.contact.last_in(workflow).map_or(0, |journey| journey.record.run)
    }

    /// Which of these fields are not known of the contact.
    pub(super) fn lacked(&self, required: &[FieldId]) -> Vec<FieldId> {
        let plan = self.plan;
        let has = |id: FieldId| plan.program.fields.get(id).is_some_and(|field| self.contact.has(plan, field));
        required.iter().copied().filter(|field| !has(*field)).collect()
    }

    /// Why this contact, of whom all that is required is known, is not enrolled, with the number of the exit that holds.
    fn objection(&mut self, id: WorkflowId, memory: &[u8], said: &[FieldValue]) -> Option<(Ignored, Option<u32>)> {
        let workflow = self.workflow(id);
        // They are nowhere counted, and leave no trace in what is real.
        if self.plan.is_test_person(&self.contact.frame) {
            return Some((Ignored::TestPerson, None));
        }
        if let Some(reason) = self.was_in(id, said).or_else(|| self.kept_out_of(id)) {
            return Some((reason, None));
        }
        if workflow.skip.is_some_and(|skip| self.holds_once(skip, Seen::Blank(memory), 0)) {
            return Some((Ignored::Skipped, None));
        }
        if workflow.goal.as_ref().is_some_and(|goal| self.holds_once(goal.when, Seen::Blank(memory), 0)) {
            return Some((Ignored::GoalHolds, None));
        }
        let holding = (0..).zip(&workflow.exits).find(|(_, exit)| self.holds_once(**exit, Seen::Blank(memory), 0));
        holding.map(|(number, _)| (Ignored::ExitHolds, Some(number)))
    }

    /// Why somebody who is in another workflow does not come into one.
    fn kept_out_of(&self, id: WorkflowId) -> Option<Ignored> {
        self.stopper_of(id).map(|_| Ignored::KeptOut)
    }

    /// Why somebody who is in a workflow, or was in it before, does not come in now.
    fn was_in(&self, id: WorkflowId, said: &[FieldValue]) -> Option<Ignored> {
        if let Reenter::Per { again } = self.workflow(id).reenter {
            return self.was_in_with(id, again, said);
        }
        self.contact.last_in(id)?;
        if self.contact.live_in(id) {
            return Some(Ignored::AlreadyIn);
        }
        match self.workflow(id).reenter {
            Reenter::Never => Some(Ignored::OnlyOnce),
            Reenter::Always | Reenter::Per { .. } => None,
            Reenter::After(_) => self.free_at(id).is_none_or(|free_at| self.now < free_at).then_some(Ignored::TooSoon),
        }
    }

    /// When somebody who was in a workflow before may come in again; none while they are in it, and for ever.
    fn free_at(&self, id: WorkflowId) -> Option<i64> {
        let Reenter::After(span) = self.workflow(id).reenter else { return None };
        let ended_at = self.contact.last_in(id)?.record.ended_at?;
        Some(self.after(ended_at, span))
    }

    /// Begins a journey and tells its place, unless another enrolment of the same round has begun one in this workflow, which may have ended since,
    /// or they have to wait for their turn.
    pub(super) fn begin(&mut self, enrolment: &Enrolment) -> Option<usize> {
        let Enrolment { workflow, by, triggered_at, .. } = *enrolment;
        if let Some(reason) = self.was_in(workflow, &enrolment.said).or_else(|| self.kept_out_of(workflow)) {
            let refusal = Refusal::Objection(reason, None);
            self.owe(enrolment, &refusal);
            self.refuse_or_remember(enrolment, refusal);
            return None;
        }
        if !self.may_begin(enrolment) {
            return None;
        }
        let run = self.contact.runs_in(workflow) + 1;
        let blank = || self.plan.workflow(workflow).blank.clone();
        let mut memory = enrolment.memory.clone().unwrap_or_else(blank);
        let declared = self.workflow(workflow);
        declared.journey.write(&mut memory, declared.slots.triggered_at, triggered_at);
        let held_out = self.hold_out(workflow, &mut memory);
        if let Some((_, slot)) = self.plan.late(workflow).filter(|_| enrolment.late) {
            declared.journey.write(&mut memory, slot, FOREVER);
        }
        self.seat_earlier(workflow);
        if self.plan.several(workflow).is_none() {
            self.contact.keep_said(self.plan, workflow, TriggerKept::Journey, &enrolment.said);
        }
        self.forget_ended(workflow);
        let decision = self.about_run(workflow, run, DecisionCode::Entered);
        self.batch.decide(DecisionRecord { reason: by, ..decision });
        if let Some(reason) = held_out.map(HeldOut::number) {
            let decision = self.about_run(workflow, run, DecisionCode::HeldOut);
            self.batch.decide(DecisionRecord { reason, ..decision });
        }
        let record = JourneyRecord {
            contact: self.contact.id,
            workflow: workflow.0,
            run,
            version: self.plan.program.lineage.version,
            status: JourneyStatus::Waiting,
            block: self.workflow(workflow).start.0,
            step: 0,
            visit: 0,
            memory,
            due_at: None,
            outbox: None,
            entered_at: self.now,
            ended_at: None,
            goal_met: false,
            goal_open: false,
            goal_until: None,
            sends: Vec::new(),
            since: enrolment.since.unwrap_or_else(|| self.batch.last_record()),
        };
        let index = self.contact.insert_journey(Journey::begun(record));
        self.seat(index, &enrolment.said);
        self.look_at_kept_back(workflow);
        Some(index)
    }

    /// What has become true is not spent by a refusal that can end (E4).
    fn owe(&mut self, enrolment: &Enrolment, refusal: &Refusal) {
        let Entry::Becomes { owed, .. } = self.workflow(enrolment.workflow).entry else { return };
        if enrolment.by == OWN_ENTRY && self.can_end(enrolment.workflow, refusal) {
            self.contact.write(self.plan, owed, 1);
        }
    }

    /// Before another journey in a workflow: of those that have ended only those still matter whose goal counts on, and no more than the newest of
    /// them.
    pub(super) fn forget_ended(&mut self, workflow: WorkflowId) {
        let kept = self.newest_counting(workflow, ENDED_KEPT_MAX - 1);
        self.forget_others(workflow, &kept);
    }

    /// The same with the latest, which stays.
    pub(super) fn forget_too_many(&mut self, workflow: WorkflowId) {
        let mut kept = self.newest_counting(workflow, ENDED_KEPT_MAX);
        kept.extend(self.contact.last_in(workflow).map(|last| last.record.run));
        self.forget_others(workflow, &kept);
    }

    /// The runs of the journeys in a workflow to which what happens now still matters, of many the newest.
    fn newest_counting(&self, workflow: WorkflowId, at_most: usize) -> BTreeSet<u32> {
        let of_workflow = self.contact.journeys.iter().filter(|own| own.workflow() == workflow);
        let counting = of_workflow.filter(|own| own.still_counts(self.now));
        let mut by_age: Vec<(i64, u32)> = counting.map(|own| (own.record.entered_at, own.record.run)).collect();
        by_age.sort_unstable();
        by_age.into_iter().rev().take(at_most).map(|(_, run)| run).collect()
    }

    /// Forgets the journeys in a workflow but for these runs, and for those to which belongs what becomes of a mail from now on.
    fn forget_others(&mut self, workflow: WorkflowId, runs: &BTreeSet<u32>) {
        let senders = last_senders(self.plan, self.contact);
        let sender = self.last_sender_in(workflow);
        // Of several that live at once, one that has ended may have the highest number, which is given to no other.
        let highest = if self.plan.several(workflow).is_some() { self.contact.runs_in(workflow) } else { 0 };
        // Whose mail somebody has in their hands will have sent it.
        let is_sending = |own: &Journey| own.record.outbox.is_some_and(|row| self.outbox.in_hands(row).is_some());
        let matters = |own: &Journey| {
            let run = own.record.run;
            own.is_live()
                || highest == run
                || runs.contains(&run)
                || sender == Some(run)
                || senders.contains(&(own.workflow(), run))
                || is_sending(own)
        };
        let journeys = std::mem::take(&mut self.contact.journeys).into_iter();
        let (kept, forgotten) = journeys.partition(|own| own.workflow() != workflow || matters(own));
        self.contact.journeys = kept;
        let forgotten: Vec<Journey> = forgotten;
        for journey in forgotten {
            self.batch.end_journey(journey.record);
        }
    }
}
