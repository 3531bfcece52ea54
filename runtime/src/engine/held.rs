//! Events that come before who they are about: held for an address, an identity or a required field (E4).
//!
//! To track and then to identify is the usual order, and a second lies between them. So an entry by an event is not refused while what it
//! lacks may be on its way:
//!
//! - a field that the workflow requires, where that alone is what keeps them out;
//! - an address, where the workflow sends mail;
//! - who they are, where the condition beside the event does not hold of somebody of whom neither a user id nor an address is known.
//!
//! As soon as it lacks nothing more it is judged like one that comes at that instant, but for its triggers, the instant at which they
//! occurred and what was counted since they came, which stay its own. One is held for each person and workflow, and for each value where these are told apart: a later one joins it, and the ten minutes begin anew. It is kept
//! with the contact by the same commit, and its last instant is one at which the contact is looked at by itself (E14).

use super::contact::Contact;
use super::enrol::{Enrolment, Refusal};
use super::event::{Trigger, is_history};
use super::joint::Arrived;
use super::plan::Plan;
use super::reason::Ignored;
use super::several::value_held;
use super::touch::{Seen, Touch};
use super::trigger::Said;
use crate::store::HeldEntry;
use flow_ir::units::MINUTE_MS;
use flow_ir::{CountedSince, Entry, FOREVER, FieldId, PatternId, Reenter, SlotId, TriggerKept, WorkflowId};

/// How long after its arrival an event is held.
pub(super) const HOLD_MS: i64 = 10 * MINUTE_MS;

impl Contact {
    /// Holds an entry, or joins it to the one of its workflow and value. Whether the journey would begin with what this one is.
    fn hold(&mut self, plan: &Plan, entry: HeldEntry) -> bool {
        self.dirty = true;
        let key = |held: &HeldEntry| (held.workflow, value_held(plan, held));
        match self.held.binary_search_by_key(&key(&entry), key) {
            Ok(place) => {
                let Some(held) = self.held.get_mut(place) else { return false };
                held.triggers |= entry.triggers;
                held.occurred_at = held.occurred_at.min(entry.occurred_at);
                held.until = held.until.max(entry.until);
                let is_first = entry.since < held.since;
                if is_first {
                    (held.since, held.memory) = (entry.since, entry.memory);
                }
                is_first
            }
            Err(place) => {
                self.held.insert(place, entry);
                true
            }
        }
    }

    /// Counts an event for the journeys that may begin, as [`Journey::count`](super::contact::Journey::count) does for those that have.
    pub(super) fn count_held(
        &mut self,
        plan: &Plan,
        (pattern, asked): (PatternId, Option<i64>),
        occurred_at: i64,
        arrived: Arrived,
    ) {
        for held in self.held.iter_mut().filter(|held| Contact::is_asked_of(plan, held, asked)) {
            let workflow = WorkflowId(held.workflow);
            let Some(counts) = plan.workflow(workflow).counts.get(&pattern) else { continue };
            if is_history(occurred_at, held.occurred_at, plan.program.policy.late_by_ms())
                || !arrived.is_after(held.since, held.occurred_at)
            {
                continue;
            }
            let layout = &plan.program.workflows.at(workflow).journey;
            for count in counts.iter().filter(|count| count.since == CountedSince::Entry) {
                let so_far = layout.read(&held.memory, count.slot);
                if so_far < i64::from(count.enough) {
                    layout.write(&mut held.memory, count.slot, so_far + 1);
                    self.dirty = true;
                }
            }
        }
    }

    pub(super) fn release(&mut self, plan: &Plan, released: &HeldEntry) {
        let key = |held: &HeldEntry| (held.workflow, value_held(plan, held));
        self.held.retain(|held| key(held) != key(released));
        self.dirty = true;
    }
}

impl Touch<'_> {
    /// Whom an event lets in; none where it is refused, or held for what it lacks.
    pub(super) fn judge_event(&mut self, trigger: Trigger) -> Option<Enrolment> {
        let Trigger { workflow, occurred_at, .. } = trigger;
        if self.plan.come_back == Some(workflow) {
            return self.judge_coming_back(trigger);
        }
        let bits = self.triggers_of_others(workflow, trigger.bits);
        if bits == 0 {
            self.refuse(workflow, &Refusal::Objection(Ignored::OwnSteps, None));
            return None;
        }
        let holds = self.holds_entry(workflow, bits)?;
        if self.is_incomplete(workflow, holds) {
            // What an event does not say, nothing that comes later says for it.
            if let Some(refusal) = self.unsaid(workflow, &trigger.said) {
                self.refuse(workflow, &refusal);
                return None;
            }
            let until = self.now.saturating_add(HOLD_MS);
            let (since, memory) = (self.batch.last_record(), self.plan.workflow(workflow).blank.clone());
            let entry = HeldEntry { workflow: workflow.0, triggers: bits, occurred_at, until, since, memory };
            self.hold(entry, &trigger.said);
            return None;
        }
        self.judge_complete(Enrolment::of_event(Trigger { bits, ..trigger }), holds)
    }

    fn hold(&mut self, mut entry: HeldEntry, said: &Said) {
        let (plan, workflow) = (self.plan, WorkflowId(entry.workflow));
        if let (Some(slots), Reenter::Per { again }) = (plan.several(workflow), self.workflow(workflow).reenter) {
            self.workflow(workflow).journey.write(&mut entry.memory, slots.value, plan.value_said(workflow, said));
            if self.takes_seat_of_held(&mut entry) {
                if self.contact.hold(plan, entry.clone()) {
                    self.contact.keep_for_held(plan, &entry, said);
                }
            } else if let Some(reason) = self.was_in_with(workflow, again, said) {
                self.refuse(workflow, &Refusal::Objection(reason, None));
            } else if self.seat_held(workflow, &mut entry.memory, said) {
                self.contact.hold(plan, entry);
            }
        } else if self.contact.hold(plan, entry) {
            self.contact.keep_said(plan, workflow, TriggerKept::Held, said);
        }
    }

    /// Whom the events let in that were held and lack nothing more. At an instant of the contact's own those are refused whose time is over:
    /// what arrives at that instant came before.
    pub(super) fn judge_held(&mut self, due: bool) -> Vec<Enrolment> {
        let mut enrolments = Vec::new();
        let mut entries = self.contact.held.clone();
        entries.sort_by_key(|held| self.plan.place(WorkflowId(held.workflow)));
        for held in entries {
            let (workflow, bits) = (WorkflowId(held.workflow), held.triggers);
            let holds = self.holds_entry(workflow, bits).unwrap_or(false);
            let is_incomplete = self.is_incomplete(workflow, holds);
            if is_incomplete && !(due && held.until <= self.now) {
                continue;
            }
            let said = self.contact.said_to_held(self.plan, &held);
            self.contact.release(self.plan, &held);
            if is_incomplete {
                self.refuse_incomplete(workflow, holds);
            } else {
                let enrolment = Enrolment::of_event(Trigger { workflow, bits, occurred_at: held.occurred_at, said });
                let (memory, since) = (Some(held.memory), Some(held.since));
                enrolments.extend(self.judge_complete(Enrolment { memory, since, ..enrolment }, holds));
            }
        }
        enrolments
    }

    /// The last instant of the one that is held for the shortest time. It may be now: then it is over once nothing more arrives.
    pub(super) fn next_held(&self) -> i64 {
        self.contact.held.iter().map(|held| held.until).min().unwrap_or(FOREVER)
    }

    /// What another contact's events wait for may be what this one has.
    pub(super) fn join_held(&mut self, other: &Contact) {
        for held in &other.held {
            let workflow = WorkflowId(held.workflow);
            if self.plan.several(workflow).is_some() {
                let said = other.said_to_held(self.plan, held);
                self.hold(held.clone(), &said);
            } else if self.contact.hold(self.plan, held.clone()) {
                self.contact.take_said(self.plan, workflow, TriggerKept::Held, other);
            }
        }
    }

    /// Another workflow stops those that are held too.
    pub(super) fn stop_held(&mut self, by: WorkflowId, stopped: &[WorkflowId]) {
        let mut entries = self.contact.held.clone();
        entries.sort_by_key(|held| self.plan.place(WorkflowId(held.workflow)));
        for held in entries {
            let workflow = WorkflowId(held.workflow);
            if workflow == by || !stopped.contains(&workflow) {
                continue;
            }
            self.contact.release(self.plan, &held);
            self.refuse(workflow, &Refusal::Objection(Ignored::TakenBack, None));
        }
    }

    pub(super) fn judge_complete(&mut self, enrolment: Enrolment, holds: bool) -> Option<Enrolment> {
        if !holds {
            self.refuse_unjudged(enrolment.workflow);
            return None;
        }
        if let Some(refusal) = self.unsaid(enrolment.workflow, &enrolment.said) {
            self.refuse(enrolment.workflow, &refusal);
            return None;
        }
        self.judge(enrolment)
    }

    fn refuse_incomplete(&mut self, workflow: WorkflowId, holds: bool) {
        match self.missing(workflow, holds) {
            missing if missing.is_empty() => self.refuse_unjudged(workflow),
            missing => self.refuse(workflow, &Refusal::Lacking(missing)),
        }
    }

    fn is_incomplete(&self, workflow: WorkflowId, holds: bool) -> bool {
        let program = &self.plan.program;
        let is_nobody = || ![program.system.identified, program.system.reachable].iter().any(|slot| self.is(*slot));
        !self.missing(workflow, holds).is_empty() || (!holds && is_nobody())
    }

    /// The fields without which the entry is not followed. As long as the condition does not hold, only those that it reads matter.
    fn missing(&self, workflow: WorkflowId, holds: bool) -> Vec<FieldId> {
        let plan = self.plan.workflow(workflow);
        if !holds {
            return self.lacked(&plan.required.by_entry);
        }
        let mut missing = self.lacked(&plan.required.fields);
        if plan.sends && !self.is(self.plan.program.system.reachable) {
            missing.extend(self.plan.email_field.filter(|email| !missing.contains(email)));
        }
        missing
    }

    fn is(&self, slot: SlotId) -> bool {
        self.contact.is(self.plan, slot)
    }

    /// Whether the condition beside the event holds; none where no event lets anybody in.
    pub(super) fn holds_entry(&mut self, workflow: WorkflowId, triggers: u64) -> Option<bool> {
        let when = match self.workflow(workflow).entry {
            Entry::Event { when, .. } | Entry::Dated { when: Some(when), .. } => when,
            Entry::Dated { when: None, .. } | Entry::Becomes { .. } | Entry::ByHand => return None,
        };
        let blank = &self.plan.workflow(workflow).blank;
        Some(self.holds_once(when, Seen::Blank(blank), triggers))
    }
}
