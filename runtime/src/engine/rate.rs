//! `rate 200 an hour`: who comes beyond it waits for their turn.
//!
//! Everybody has a place in the order in which they come. The one so many people behind another comes in no sooner than an hour behind
//! them, so no hour, wherever it begins, takes in more:
//!
//! ```text
//! rate 2 an hour     ada 10:00   bob 10:00   cem waits: 11:00   dee waits: 11:00   eve waits: 12:00
//! ```
//!
//! When places were taken is kept by the store in the commit that gives them ([`Places`]); when somebody's turn comes, and what let them in,
//! in their own frame ([`Turn`]). So nobody looks over those who wait: each is due at their own instant.
//!
//! **Turns that were missed.** Places go by a clock of their own. It stands still from the instant of a turn until that turn is taken: if
//! nobody was there for five hours, all later turns come five hours later, and not all at once.

use super::again;
use super::contact::Contact;
use super::enrol::{Enrolment, OWN_ENTRY, Refusal};
use super::error::EngineError;
use super::event::is_history;
use super::joint::Arrived;
use super::late::is_late;
use super::plan::Plan;
use super::reason::{Ignored, LetIn};
use super::touch::{Seen, Touch};
use crate::store::{Actor, DecisionCode, DecisionRecord, HeldEntry};
use crate::time::Instant;
use flow_ir::limits::MAX_TRIGGERS;
use flow_ir::units::MINUTE_MS;
use flow_ir::{CountedSince, Entry, FOREVER, PatternId, Rate, TriggerKept, Turn, WorkflowId};
use std::collections::{BTreeMap, VecDeque};

/// The most instants that are told apart; beyond it they are rounded up to minutes, of which a day has fewer.
const MAX_RUNS: usize = 4_096;
/// What stands for the trigger of an entry that becomes true.
pub(super) const BECAME: u64 = 1;
/// What stands for a start beside an entry of the workflow's own; a start alone is none.
const STARTED: u64 = 1 << 63;
/// What stands beside the triggers of whoever was to come in long before they came.
const LATE: u64 = 1 << 62;
/// All that may stand for triggers of the workflow's own.
const OWN: u64 = !(STARTED | LATE);
const _: () = assert!(MAX_TRIGGERS <= LATE.trailing_zeros());

/// The places of one workflow: who took one last, and how many wait.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Places {
    /// By how much the clock of the places is behind.
    behind_ms: i64,
    /// How many wait for their turn.
    waiting: u64,
    /// From when on an hour counts for those who took a place, and how many they are; the last ones, in order.
    runs: VecDeque<(i64, u32)>,
}

impl Places {
    /// Takes the next place. None where it is free now, else its instant by the clock of the places.
    fn take(&mut self, rate: Rate, now: i64) -> Option<i64> {
        let per = rate.per.ms();
        if self.waiting == 0 {
            self.catch_up();
            while self.runs.front().is_some_and(|(at, _)| at.saturating_add(per) <= now) {
                self.runs.pop_front();
            }
        }
        let free_at = self.nth_last(rate.people).map_or(i64::MIN, |at| at.saturating_add(per));
        if self.waiting == 0 && free_at <= now {
            self.push(minute_after(now), rate);
            return None;
        }
        // Nobody overtakes those who wait.
        let last = self.runs.back().filter(|_| self.waiting > 0).map_or(i64::MIN, |(at, _)| *at);
        let at = free_at.max(last);
        let at = if self.runs.len() < MAX_RUNS { at } else { minute_after(at) };
        self.push(at, rate);
        self.waiting += 1;
        Some(at)
    }

    /// When the place was taken that lies so many before the next one.
    fn nth_last(&self, people: u32) -> Option<i64> {
        let mut left = people;
        for (at, many) in self.runs.iter().rev() {
            if *many >= left {
                return Some(*at);
            }
            left -= many;
        }
        None
    }

    fn push(&mut self, at: i64, rate: Rate) {
        match self.runs.back_mut() {
            Some((last, many)) if *last >= at => *many = many.saturating_add(1),
            _ => self.runs.push_back((at, 1)),
        }
        // As many as decide about the next place.
        let mut kept: u64 = self.runs.iter().map(|(_, many)| u64::from(*many)).sum();
        while let Some((_, many)) = self.runs.front()
            && kept - u64::from(*many) >= u64::from(rate.people)
        {
            kept -= u64::from(*many);
            self.runs.pop_front();
        }
    }

    /// Nobody waits, so the places may go by the engine's clock again.
    fn catch_up(&mut self) {
        let behind = std::mem::take(&mut self.behind_ms);
        self.runs.iter_mut().for_each(|(at, _)| *at = at.saturating_add(behind));
    }

    /// When a turn comes.
    fn instant_of(&self, at: i64) -> i64 {
        at.saturating_add(self.behind_ms)
    }

    /// Somebody's turn has come. Where it was missed, the clock of the places stood still: what was before is that much further back.
    fn come(&mut self, at: i64, now: i64) {
        self.waiting = self.waiting.saturating_sub(1);
        let late = now.saturating_sub(self.instant_of(at));
        if late > 0 {
            self.behind_ms = self.behind_ms.saturating_add(late);
            for (before, _) in self.runs.iter_mut().take_while(|(before, _)| *before < at) {
                *before = before.saturating_sub(late);
            }
        }
    }

    /// Somebody does not wait any more. Their place is spent.
    fn give_up(&mut self) {
        self.waiting = self.waiting.saturating_sub(1);
    }

    /// From what actors keep.
    pub(super) fn load(actors: &BTreeMap<Actor, Vec<u8>>, workflow: &str) -> Result<Places, EngineError> {
        match actors.get(&Places::actor(workflow)) {
            None => Ok(Places::default()),
            Some(bytes) => {
                Places::of(bytes).ok_or_else(|| EngineError::Damaged { name: format!("the rate of {workflow}") })
            }
        }
    }

    /// As whom the places of a workflow are kept.
    pub(super) fn actor(workflow: &str) -> Actor {
        Actor::Rate(workflow.to_owned())
    }

    pub(super) fn bytes(&self) -> Vec<u8> {
        let mut bytes = self.behind_ms.to_le_bytes().to_vec();
        bytes.extend(self.waiting.to_le_bytes());
        for (at, many) in &self.runs {
            bytes.extend(at.to_le_bytes());
            bytes.extend(many.to_le_bytes());
        }
        bytes
    }

    fn of(bytes: &[u8]) -> Option<Places> {
        let (behind_ms, rest) = bytes.split_first_chunk()?;
        let (waiting, mut rest) = rest.split_first_chunk()?;
        let mut runs = VecDeque::new();
        while !rest.is_empty() {
            let (at, behind) = rest.split_first_chunk()?;
            let (many, behind) = behind.split_first_chunk()?;
            runs.push_back((i64::from_le_bytes(*at), u32::from_le_bytes(*many)));
            rest = behind;
        }
        Some(Places { behind_ms: i64::from_le_bytes(*behind_ms), waiting: u64::from_le_bytes(*waiting), runs })
    }
}

/// The next full minute, now where it is one: so an hour has few instants at which places were taken.
fn minute_after(at: i64) -> i64 {
    match at.rem_euclid(MINUTE_MS) {
        0 => at,
        over => at.saturating_add(MINUTE_MS - over),
    }
}

/// How many wait for their turn in a workflow, and when the last one's comes; none where nobody does.
pub(crate) fn waiting(
    actors: &BTreeMap<Actor, Vec<u8>>,
    workflow: &str,
) -> Result<Option<(u64, Instant)>, EngineError> {
    let places = Places::load(actors, workflow)?;
    let last = places.runs.back().map(|(at, _)| Instant(places.instant_of(*at)));
    Ok(last.filter(|_| places.waiting > 0).map(|last| (places.waiting, last)))
}

/// Which triggers somebody waits by, the program of then knew: under another one any of the entry's stands for theirs.
pub(super) fn forget_triggers(plan: &Plan, frame: &mut [u8]) {
    let layout = &plan.program.frame;
    let turns = plan.turns.iter().filter_map(|workflow| plan.turn(*workflow));
    for turn in turns.chain(plan.agains.iter().filter_map(|workflow| plan.again(*workflow))) {
        // What is left of a turn that came says nothing any more.
        let is_waiting = layout.read(frame, turn.at) < FOREVER;
        let triggers = layout.read(frame, turn.triggers).cast_unsigned();
        if is_waiting && triggers & OWN != 0 {
            layout.write(frame, turn.triggers, (triggers | OWN).cast_signed());
        }
    }
}

impl Touch<'_> {
    /// Whether somebody whom nothing refuses comes in now; else they wait for their turn.
    pub(super) fn may_begin(&mut self, enrolment: &Enrolment) -> bool {
        let workflow = enrolment.workflow;
        let Some(turn) = self.plan.turn(workflow).filter(|_| !enrolment.waited) else { return true };
        let Some(rate) = self.workflow(workflow).rate else {
            // Nobody paces them any more, and whoever waits need not.
            if self.waits_by(turn) {
                self.give_up(workflow, turn);
            }
            return true;
        };
        if self.waits_by(turn) {
            let (own, theirs) = (self.contact.read(self.plan, turn.triggers), enrolment.triggers.cast_signed());
            self.contact.write(self.plan, turn.triggers, either(own, theirs));
            self.refuse(workflow, &Refusal::Objection(Ignored::Waiting, None));
            return false;
        }
        let Some(at) = self.batch.places(workflow).take(rate, self.now) else { return true };
        self.contact.write(self.plan, turn.at, at);
        let late = if enrolment.late { LATE } else { 0 };
        let triggers = if enrolment.triggers == 0 && late != 0 { STARTED } else { enrolment.triggers };
        self.contact.write(self.plan, turn.triggers, (triggers | late).cast_signed());
        self.contact.write(self.plan, turn.triggered_at, enrolment.triggered_at);
        let layout = &self.workflow(workflow).journey;
        for (count, kept) in &turn.counts {
            let so_far = enrolment.memory.as_ref().map_or(0, |memory| layout.read(memory, *count));
            self.contact.write(self.plan, *kept, so_far);
        }
        self.contact.keep_said(self.plan, workflow, TriggerKept::Turn, &enrolment.said);
        let run = self.last_run(workflow);
        let decision = self.about_run(workflow, run, DecisionCode::Held);
        self.batch.decide(DecisionRecord { reason: rate.number(), ..decision });
        false
    }

    /// Whose turn has come by the instant at which the contact was due: everything is asked as of now. Turns are taken in their order, so one
    /// that comes later is not taken beside something else that is due, however late it is.
    pub(super) fn judge_turns(&mut self) -> Vec<Enrolment> {
        let plan = self.plan;
        let mut enrolments = Vec::new();
        for (workflow, turn) in self.turns() {
            let at = self.contact.read(plan, turn.at);
            let places = self.batch.places(workflow);
            let comes_at = places.instant_of(at);
            if comes_at > self.due_at {
                continue;
            }
            places.come(at, self.now);
            self.contact.write(plan, turn.at, FOREVER);
            let is_missed = is_late(comes_at, self.now);
            enrolments.extend(self.judge_turn(workflow, turn, is_missed));
        }
        enrolments
    }

    fn judge_turn(&mut self, workflow: WorkflowId, turn: &Turn, is_missed: bool) -> Option<Enrolment> {
        let plan = self.plan;
        let triggers = self.contact.read(plan, turn.triggers).cast_unsigned();
        let (is_started, own) = started_and_own(triggers);
        let late = is_missed || triggers & LATE != 0;
        let triggered_at = self.contact.read(plan, turn.triggered_at);
        let memory = self.memory_of(workflow, turn);
        let becomes = match self.workflow(workflow).entry {
            Entry::Becomes { when, owed, .. } if own != 0 => Some((when, owed)),
            _ => None,
        };
        let still_so = becomes.is_some_and(|(when, _)| self.holds_once(when, Seen::Blank(&memory), 0));
        let holds = match becomes {
            _ if is_started => true,
            Some(_) => still_so,
            None => self.holds_entry(workflow, own).unwrap_or(true),
        };
        if !holds {
            self.refuse_unjudged(workflow);
            return None;
        }
        let said = self.contact.said(plan, workflow, TriggerKept::Turn);
        let Some(refusal) = self.refusal(workflow, &memory, &said) else {
            let by = if is_started { LetIn::Started.number() } else { OWN_ENTRY };
            let enrolment = Enrolment::now(workflow, by, own, triggered_at);
            // With which record they came is not kept: of what another contact did, instants tell.
            return Some(Enrolment { memory: Some(memory), since: Some(0), waited: true, said, late, ..enrolment });
        };
        // What is so of them still lets them in when the refusal ends.
        if let Some((_, owed)) = becomes.filter(|_| still_so && self.can_end(workflow, &refusal)) {
            self.contact.write(plan, owed, 1);
        }
        self.refuse(workflow, &refusal);
        None
    }

    /// The journey that may begin, with what was counted since they came.
    pub(super) fn memory_of(&self, workflow: WorkflowId, turn: &Turn) -> Vec<u8> {
        let mut memory = self.plan.workflow(workflow).blank.clone();
        let layout = &self.workflow(workflow).journey;
        for (count, kept) in &turn.counts {
            layout.write(&mut memory, *count, self.contact.read(self.plan, *kept));
        }
        memory
    }

    /// The instant of the first turn. It may be over: then nobody was there when it came.
    pub(super) fn next_turn(&mut self) -> i64 {
        let mut next = FOREVER;
        for (workflow, turn) in self.turns() {
            let at = self.contact.read(self.plan, turn.at);
            next = next.min(self.batch.places(workflow).instant_of(at));
        }
        next
    }

    /// Another contact's turn is this one's: the earlier of both, where each has one. What either did counts for both already
    /// ([`Touch::count_joint`]).
    pub(super) fn join_turns(&mut self, other: &Contact) {
        let plan = self.plan;
        for (workflow, turn) in waiting_in(plan, other) {
            let waited = self.waits_by(turn);
            let read = |contact: &Contact, slot| contact.read(plan, slot);
            let of_both = |own: &Contact, slot, both: fn(i64, i64) -> i64| match waited {
                true => both(read(own, slot), read(other, slot)),
                false => read(other, slot),
            };
            let (at, triggers) =
                (of_both(self.contact, turn.at, i64::min), of_both(self.contact, turn.triggers, either));
            let triggered_at = of_both(self.contact, turn.triggered_at, i64::min);
            // What the earlier of the two said is what the journey goes by.
            if !waited || read(other, turn.triggered_at) < read(self.contact, turn.triggered_at) {
                self.contact.take_said(plan, workflow, TriggerKept::Turn, other);
            }
            let counts: Vec<i64> = turn.counts.iter().map(|(_, kept)| of_both(self.contact, *kept, i64::max)).collect();
            self.contact.write(plan, turn.at, at);
            self.contact.write(plan, turn.triggers, triggers);
            self.contact.write(plan, turn.triggered_at, triggered_at);
            for ((_, kept), count) in turn.counts.iter().zip(counts) {
                self.contact.write(plan, *kept, count);
            }
            if waited {
                self.batch.places(workflow).give_up();
                self.refuse(workflow, &Refusal::Objection(Ignored::Waiting, None));
            }
        }
    }

    /// Another workflow stops those who wait too.
    pub(super) fn stop_turns(&mut self, by: WorkflowId, stopped: &[WorkflowId]) {
        for (workflow, turn) in self.turns() {
            if workflow != by && stopped.contains(&workflow) {
                self.give_up(workflow, turn);
                self.refuse(workflow, &Refusal::Objection(Ignored::TakenBack, None));
            }
        }
    }

    /// Nobody comes into a workflow that is gone from the project: whoever waits for their turn in it, or is held for it, is told so once, and
    /// nothing of it comes back where it is put back.
    pub(super) fn refuse_gone(&mut self) {
        let plan = self.plan;
        for workflow in plan.program.lineage.gone.iter().map(|workflow| WorkflowId(*workflow)) {
            let turn = plan.program.workflows.get(workflow).and_then(|workflow| workflow.turn.as_ref());
            let turn = turn.filter(|turn| self.waits_by(turn));
            let again = plan.program.workflows.get(workflow).and_then(|workflow| workflow.again.as_ref());
            let again = again.filter(|again| self.contact.read(plan, again.at) < FOREVER);
            if let Some(again) = again {
                self.contact.write(plan, again.at, FOREVER);
            }
            let held: Vec<HeldEntry> =
                self.contact.held.iter().filter(|held| held.workflow == workflow.0).cloned().collect();
            if let Some(turn) = turn {
                self.give_up(workflow, turn);
            }
            held.iter().for_each(|held| self.contact.release(plan, held));
            if turn.is_some() || again.is_some() || !held.is_empty() {
                self.refuse(workflow, &Refusal::Objection(Ignored::Gone, None));
            }
        }
    }

    fn give_up(&mut self, workflow: WorkflowId, turn: &Turn) {
        self.contact.write(self.plan, turn.at, FOREVER);
        self.batch.places(workflow).give_up();
    }

    fn waits_by(&self, turn: &Turn) -> bool {
        self.contact.read(self.plan, turn.at) < FOREVER
    }
}

impl<'e> Touch<'e> {
    /// The workflows in which the contact waits for their turn.
    fn turns(&self) -> Vec<(WorkflowId, &'e Turn)> {
        waiting_in(self.plan, self.contact)
    }
}

impl Contact {
    /// Counts an event for those whose turn is still to come, as [`Journey::count`](super::contact::Journey::count) does for the others.
    pub(super) fn count_before_turns(&mut self, plan: &Plan, pattern: PatternId, occurred_at: i64, arrived: Arrived) {
        for (workflow, turn) in waiting_in(plan, self).into_iter().chain(again::remembered_in(plan, self)) {
            let Some(counts) = plan.workflow(workflow).counts.get(&pattern) else { continue };
            let triggered_at = self.read(plan, turn.triggered_at);
            if is_history(occurred_at, triggered_at, plan.program.policy.late_by_ms())
                || !arrived.is_after(0, triggered_at)
            {
                continue;
            }
            for count in counts.iter().filter(|count| count.since == CountedSince::Entry) {
                let Some((_, kept)) = turn.counts.iter().find(|(slot, _)| *slot == count.slot) else { continue };
                let so_far = self.read(plan, *kept);
                if so_far < i64::from(count.enough) {
                    self.write(plan, *kept, so_far + 1);
                }
            }
        }
    }
}

pub(super) fn waiting_in<'p>(plan: &'p Plan, contact: &Contact) -> Vec<(WorkflowId, &'p Turn)> {
    let workflows = contact.pending.turns().filter_map(|place| plan.turns.get(place));
    workflows.filter_map(|workflow| Some((*workflow, plan.turn(*workflow)?))).collect()
}

/// The triggers of two entries.
fn either(one: i64, other: i64) -> i64 {
    let bits = |triggers: i64| if triggers == 0 { STARTED } else { triggers.cast_unsigned() };
    let (one, other) = (bits(one), bits(other));
    // Whoever is let in by something that has just come is late for nothing.
    let late = one & other & LATE;
    ((one | other) & !LATE | late).cast_signed()
}

/// Whether another workflow has started it, at which its own entry is not asked; and what of its own entry let them in besides.
fn started_and_own(triggers: u64) -> (bool, u64) {
    (triggers == 0 || triggers & STARTED != 0, triggers & OWN)
}

#[cfg(test)]
mod tests;
