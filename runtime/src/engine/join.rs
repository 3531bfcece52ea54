//! Two contacts prove to be one (E11): what is known of the one without a user id becomes the other's.
//!
//! Histories and points are added, the stage is the higher one, consent the more restrictive one, and of two values of a field the one that
//! occurred later holds: without times, that of the one who stays.
//! Of two journeys in one workflow the older goes on, and knows what the other has sent. Joining may make conditions true and is no trigger.

use super::batch::Batch;
use super::contact::{Contact, Journey, Told};
use super::counter;
use super::plan::Plan;
use super::touch::Touch;
use crate::store::{ChangedBy, DecisionCode, DecisionRecord, JourneyRecord, JourneyStatus, OutboxKind, OutboxState};
use flow_ir::{
    CountedSince, EmailId, Entry, Field, FieldId, FieldType, NEVER, Reenter, SlotId, SlotRole, SystemSlot, TriggerKept,
    WorkflowId,
};
use std::collections::{BTreeMap, BTreeSet};

impl Touch<'_> {
    /// Takes over what another contact has, who then has nothing any more.
    pub(super) fn join(&mut self, other: &mut Contact) {
        let plan = self.plan;
        self.join_owners(other);
        // What a trigger said goes with what keeps it.
        let refused_all = self.refuses_all();
        let fields = plan.program.fields.iter().filter(|(_, field)| field.trigger.is_none());
        fields.for_each(|(id, field)| self.join_field(other, id, field));
        plan.roles.iter().for_each(|(slot, role)| self.join_slot(other, *slot, *role));
        self.join_topics(other, refused_all);
        // What one of them asked for is not to be confirmed after the other has refused all mail.
        if self.refuses_all() {
            self.withdraw_pending(self.contact.read(plan, plan.program.system.refused_at));
        }
        self.refresh();
        self.see_all();
        self.join_dates(other);
        self.join_journeys(other);
        self.join_held(other);
        self.join_turns(other);
        self.join_agains(other);
        self.join_had(other);
        self.join_handed(other);
        self.batch.changes.joined.push((other.id, self.contact.id));
        self.batch.count(counter::JOINED);
        self.write_off(other);
        self.contact.is_looked_at_for(other);
        other.empty(plan);
    }

    /// What the ledgers say of the other is this one's from now on, and stands there once.
    fn write_off(&mut self, other: &Contact) {
        let (before, blank) = (other.told, Told::read(self.plan, &self.plan.blank));
        self.batch.change(other.id, self.now, (before, blank), ChangedBy::default());
    }

    /// What becomes of a slot of the frame, by what it is.
    fn join_slot(&mut self, other: &Contact, slot: SlotId, role: SlotRole) {
        let (plan, theirs) = (self.plan, other.read(self.plan, slot));
        let own = self.contact.read(plan, slot);
        let joined = match role {
            // With the columns of texts.
            SlotRole::Field(_) => return,
            SlotRole::System(system) => match system_of_both(system, own, theirs) {
                Some(joined) => joined,
                None => return,
            },
            SlotRole::Fact(_, _) if theirs == NEVER => return,
            SlotRole::Fact(fact, _) => return self.remember(fact, theirs),
            // Segments are settled anew by what is known of both.
            SlotRole::Holds(_) | SlotRole::NextChange(_) => return,
            // Behind everything else.
            SlotRole::Seen(_) => return,
            // It is asked of both as one, and what becomes true by that is no entry.
            SlotRole::Was(_) => return,
            SlotRole::Owed(workflow) => return self.join_entry(other, workflow, slot),
            SlotRole::Unjudged(workflow) => return self.join_unjudged(other, workflow, slot),
            // One start is followed; where they are in it already, it is refused then.
            SlotRole::Started(workflow) => {
                if theirs < own {
                    self.contact.take_said(plan, workflow, TriggerKept::Start, other);
                }
                own.min(theirs)
            }
            // The one who stays goes on as they are parted already; else as the other was.
            SlotRole::Drawn(_) => {
                if own == 0 {
                    theirs
                } else {
                    own
                }
            }
            // Worked out by what is known of both.
            SlotRole::Date(_) | SlotRole::Decided(_) => return,
            // As one turn, as one trigger, as one handoff, and by who is the older.
            SlotRole::Turn(..) | SlotRole::Again(..) | SlotRole::Handed(..) => return,
            SlotRole::Owner(_) | SlotRole::Lapses(_) => return,
        };
        if joined != own {
            self.contact.write(plan, slot, joined);
        }
    }

    /// What is still to be judged of one of them at the end of the instant is judged of both: that it holds no more counts as well. Where it was true
    /// of the other and is spent, it was true of the one they are.
    fn join_unjudged(&mut self, other: &Contact, workflow: WorkflowId, slot: SlotId) {
        let plan = self.plan;
        let Entry::Becomes { was, owed, .. } = self.workflow(workflow).entry else { return };
        if !self.contact.is(plan, slot) && !other.is(plan, slot) {
            return;
        }
        if other.is(plan, was) && !other.is(plan, owed) {
            self.contact.write(plan, was, 1);
        }
        self.contact.write(plan, slot, 1);
    }

    /// An entry that one of them waits to be let in by stays so, unless it was true of the other and is
    /// spent: of one person it becomes true once. Whether they come in is asked with everything that is known of both.
    fn join_entry(&mut self, other: &Contact, workflow: WorkflowId, slot: SlotId) {
        let plan = self.plan;
        let Entry::Becomes { was, owed, .. } = self.workflow(workflow).entry else { return };
        let is_spent = |contact: &Contact| contact.is(plan, was) && !contact.is(plan, owed);
        let is_either = self.contact.is(plan, slot) || other.is(plan, slot);
        let joined = is_either && !is_spent(self.contact) && !is_spent(other);
        if joined != self.contact.is(plan, slot) {
            self.contact.write(plan, slot, i64::from(joined));
        }
    }

    /// Of two values the one that occurred later holds. The address of the one who stays is how the person is known, so theirs fills a gap alone.
    fn join_field(&mut self, other: &Contact, id: FieldId, field: &Field) {
        let plan = self.plan;
        if plan.program.derived_of(id).is_some() {
            // It is worked out anew from what is known of both.
            return;
        }
        let is_address = plan.email_field == Some(id) && self.contact.has(plan, field);
        let is_later = !is_address && other.said_at.of(id.0) > self.contact.said_at.of(id.0);
        let is_taken = other.has(plan, field) && (is_later || !self.contact.has(plan, field));
        if let Some(at) = other.said_at.of(id.0).filter(|_| is_taken) {
            self.contact.said_at.note(id.0, at);
        }
        let system = &plan.program.system;
        if let Some(slot) = field.slot.filter(|_| !field.ty.is_text()) {
            let (own, theirs) = (self.contact.read(plan, slot), other.read(plan, slot));
            let joined = match slot {
                slot if slot == system.score => own.saturating_add(theirs),
                slot if slot == system.stage => own.max(theirs),
                // Tags and the refusals of mail; whatever else is yes or no stays as it is where it is known.
                _ if field.tag.is_some() || is_refusal(plan, slot) => own | theirs,
                _ if !other.has(plan, field) => return,
                slot if plan.is_pause(slot) => own.max(theirs),
                // The more restrictive has the higher number. Where nobody knows, that says nothing.
                slot if plan.is_consent(slot) => own.max(theirs),
                slot if plan.confirming.as_ref().is_some_and(|confirming| confirming.keeps(slot)) => own | theirs,
                // With what both have said of all mail.
                slot if plan.is_topic(slot) => return,
                _ if is_later || !self.contact.has(plan, field) => theirs,
                _ if field.ty == FieldType::YesNo && self.is_unsaid(id) && self.is_initial(slot) => own | theirs,
                _ => return,
            };
            if joined != own || !self.contact.has(plan, field) {
                self.contact.write(plan, slot, joined);
            }
        } else if let Some(text) = field.text.and_then(|text| other.text_at(text))
            && (is_later || !self.contact.has(plan, field))
        {
            self.contact.write_text(plan, field, text);
        }
    }

    fn is_unsaid(&self, id: FieldId) -> bool {
        self.contact.said_at.of(id.0).is_none()
    }

    /// Whether a slot holds what it begins with.
    fn is_initial(&self, slot: SlotId) -> bool {
        let layout = &self.plan.program.frame;
        self.contact.read(self.plan, slot) == layout.slots.at(slot).initial
    }

    fn join_journeys(&mut self, other: &mut Contact) {
        let plan = self.plan;
        let key = |journey: &Journey| (journey.workflow(), journey.value(plan));
        let both: BTreeSet<(WorkflowId, i64)> = self.contact.journeys.iter().map(key).collect();
        // Of several journeys each value stands for itself; those that began before there were values are of one.
        let is_of_both = |journey: &Journey| both.contains(&key(journey));
        let own_runs: BTreeMap<WorkflowId, u32> =
            both.iter().map(|(workflow, _)| (*workflow, self.contact.runs_in(*workflow))).collect();
        let mut latest: BTreeMap<(WorkflowId, i64), &Journey> = BTreeMap::new();
        for journey in other.journeys.iter().filter(|journey| is_of_both(journey)) {
            let known = latest.entry(key(journey)).or_insert(journey);
            if known.lateness() < journey.lateness() {
                *known = journey;
            }
        }
        let latest: BTreeSet<(WorkflowId, u32)> =
            latest.values().map(|journey| (journey.workflow(), journey.record.run)).collect();
        let mut past = Vec::new();
        for journey in std::mem::take(&mut other.journeys) {
            self.batch.forget(&journey);
            if !is_of_both(&journey) {
                let after = own_runs.get(&journey.workflow()).copied().unwrap_or_default();
                self.take_seat_of(&journey, other);
                self.adopt(journey, after, other);
            } else if latest.contains(&(journey.workflow(), journey.record.run)) {
                past.extend(self.join_journey(journey, other));
            } else {
                past.push(journey);
            }
        }
        past.into_iter().for_each(|journey| self.join_past(journey, other));
    }

    /// Of the latest journeys that both had in a workflow one goes on. Theirs, where it had ended and does not.
    fn join_journey(&mut self, mut journey: Journey, other: &Contact) -> Option<Journey> {
        let plan = self.plan;
        let own = self.place_beside(&journey)?;
        if !self.gives_way(own, &journey) {
            self.withdraw_of(&journey);
            self.tell_given(&journey);
            let leaving = self.in_hands(&journey);
            self.journey_mut(own).take_over(&journey, plan, leaving);
            return Some(journey).filter(|journey| !journey.is_live());
        }
        self.withdraw(own);
        let runs = self.contact.runs_in(journey.workflow());
        // One that had ended before is another run, whose goal may count on.
        if self.journey(own).ran_beside(&journey) {
            let given = self.contact.journeys.remove(own);
            self.tell_given(&given);
            self.batch.forget(&given);
            journey.take_over(&given, plan, self.in_hands(&given));
        }
        self.forget_ended(journey.workflow());
        self.take_seat_of(&journey, other);
        self.adopt(journey, runs, other);
        None
    }

    /// A journey of theirs that had ended is a run of its own, whose goal may count on or whose mail the next one leaves some time after, unless it ran
    /// beside one of this person: two at once were one.
    fn join_past(&mut self, journey: Journey, other: &Contact) {
        let (plan, workflow) = (self.plan, journey.workflow());
        let is_beside = |own: &&Journey| own.workflow() == workflow && own.value(plan) == journey.value(plan);
        let mut own = self.contact.journeys.iter().filter(is_beside);
        let matters = journey.still_counts(self.now) || self.spaces_by(&journey);
        if matters && !own.any(|own| own.ran_beside(&journey)) {
            let runs = self.contact.runs_in(workflow);
            self.adopt(journey, runs, other);
            self.forget_too_many(workflow);
        }
    }

    /// A journey that gives way sends nothing more.
    fn withdraw_of(&mut self, journey: &Journey) {
        let row = journey.record.outbox.and_then(|row| self.outbox.row(row));
        if let Some(row) = row.filter(|row| row.state != OutboxState::Claimed).cloned() {
            self.withdraw_row(&row);
        }
    }

    /// The mail of a journey that somebody has in their hands, and now: it is taken to have left, so that nobody gets it twice while its answer is to
    /// come (E7: doubt means no).
    fn in_hands(&self, journey: &Journey) -> Option<(EmailId, i64)> {
        let row = self.outbox.in_hands(journey.record.outbox?)?;
        (row.kind == OutboxKind::Mail).then_some((EmailId(row.email), self.now))
    }

    /// A live journey that gives way ends without an end of its own.
    pub(super) fn tell_given(&mut self, journey: &Journey) {
        if journey.is_live() {
            let JourneyRecord { run, step, .. } = journey.record;
            let decision = self.about_run(journey.workflow(), run, DecisionCode::GaveWay);
            self.batch.decide(DecisionRecord { step: Some(step), ..decision });
        }
    }

    /// Whether the latest journey of one's own makes room for that of the other. Of two that live the older goes on. Where one's own has ended, theirs
    /// is the next, if it lives and might have begun after that end, or has ended later.
    fn gives_way(&self, own: usize, theirs: &Journey) -> bool {
        let own = self.journey(own);
        match (own.record.ended_at, theirs.record.ended_at) {
            (None, None) => theirs.record.entered_at < own.record.entered_at,
            (None, Some(_)) => false,
            (Some(ended_at), None) => own.ran_beside(theirs) || self.might_begin(theirs, ended_at),
            (Some(own_end), Some(their_end)) => their_end > own_end,
        }
    }

    /// Whether a journey might have begun when it did, had one of the same person ended then.
    fn might_begin(&self, theirs: &Journey, ended_at: i64) -> bool {
        match self.workflow(theirs.workflow()).reenter {
            Reenter::Never | Reenter::Per { again: None } => false,
            Reenter::Always => ended_at <= theirs.record.entered_at,
            Reenter::After(span) | Reenter::Per { again: Some(span) } => {
                self.after(ended_at, span) <= theirs.record.entered_at
            }
        }
    }

    /// Where there is one journey at a time, what the trigger of theirs said is what steps and mails read from now on.
    fn take_seat_of(&mut self, journey: &Journey, other: &Contact) {
        if self.plan.several(journey.workflow()).is_none() {
            self.contact.take_said(self.plan, journey.workflow(), TriggerKept::Journey, other);
        }
    }

    /// It has waited by the clocks of the other until now.
    fn adopt(&mut self, journey: Journey, after: u32, other: &Contact) {
        let (said, zone) = (other.said_to_journey(self.plan, &journey), other.zone);
        let record = JourneyRecord { contact: self.contact.id, run: after + journey.record.run, ..journey.record };
        let (workflow, run) = (WorkflowId(record.workflow), record.run);
        self.seat_earlier(workflow);
        self.contact.insert_journey(Journey { touched: true, ..Journey::begun(record) });
        // Before it takes a seat: of more than there are seats none is anybody's.
        self.give_up_beyond(workflow);
        let is_it = |own: &Journey| own.workflow() == workflow && own.record.run == run;
        let Some(place) = self.contact.journeys.iter().position(is_it) else { return };
        self.seat(place, &said);
        self.look_at_kept_back(workflow);
        if zone != self.contact.zone {
            self.rezone(place, zone);
        }
        // It has waited for a date of somebody else until now.
        self.follow_date(place, |_| true);
        self.follow_country(place);
    }
}

impl Journey {
    /// Knows what another journey of its workflow has sent, which gives way to it: one person gets each mail once, and what they do with it is told
    /// once. Where one had ended before the other began, they were two journeys all the same. `leaving` is what it has on its way.
    fn take_over(&mut self, given: &Journey, plan: &Plan, leaving: Option<(EmailId, i64)>) {
        if !self.ran_beside(given) {
            return;
        }
        let workflow = plan.program.workflows.at(self.workflow());
        for (email, slot) in &workflow.slots.sent_at {
            let left = leaving.filter(|(leaving, _)| leaving == email).map_or(NEVER, |(_, now)| now);
            let sent_at = given.read(plan, *slot).max(left);
            if sent_at > self.read(plan, *slot) {
                self.write(plan, *slot, sent_at);
                // What is counted since then is what the other has counted.
                for count in workflow.counts.iter().filter(|count| count.since == CountedSince::Sent(*email)) {
                    self.write(plan, count.slot, given.read(plan, count.slot));
                }
            }
        }
        for asked in &workflow.engagements {
            self.write(plan, asked.slot, self.read(plan, asked.slot).max(given.read(plan, asked.slot)));
        }
        let sends = &mut self.record.sends;
        sends.extend(&given.record.sends);
        sends.sort_by_key(|send| send.row);
        let told = |email| sends.iter().filter(|send| send.email == email).fold(0, |told, send| told | send.told);
        let told: Vec<u32> = sends.iter().map(|send| told(send.email)).collect();
        sends.iter_mut().zip(told).for_each(|(send, told)| send.told = told);
        self.dirty = true;
    }

    fn ran_beside(&self, other: &Journey) -> bool {
        let had_ended = |one: &JourneyRecord, at| one.ended_at.is_some_and(|ended_at| ended_at < at);
        let (one, other) = (&self.record, &other.record);
        !had_ended(one, other.entered_at) && !had_ended(other, one.entered_at)
    }
}

/// What the engine keeps of two who are one; none of what follows from the rest.
fn system_of_both(system: SystemSlot, own: i64, theirs: i64) -> Option<i64> {
    match system {
        // With their fields.
        SystemSlot::Score
        | SystemSlot::Stage
        | SystemSlot::Unsubscribed
        | SystemSlot::HardBounced
        | SystemSlot::Complained
        | SystemSlot::DoNotContact => None,
        // By whether there is an address then, and whose keys they have.
        SystemSlot::Reachable | SystemSlot::Identified => None,
        SystemSlot::KnownSince => Some([own, theirs].into_iter().filter(|at| *at > NEVER).min().unwrap_or(NEVER)),
        // The more restrictive: whoever of the two refused or was suppressed last, and has not subscribed since.
        SystemSlot::RefusedAt | SystemSlot::SuppressedAt => Some(own.max(theirs)),
    }
}

fn is_refusal(plan: &Plan, slot: SlotId) -> bool {
    let system = &plan.program.system;
    [system.unsubscribed, system.hard_bounced, system.complained, system.do_not_contact].contains(&slot)
}

impl Batch {
    /// A journey that goes on under another contact, or gives way: nobody looks at it here any more.
    fn forget(&mut self, journey: &Journey) {
        let ended_at = journey.record.ended_at.or(Some(journey.record.entered_at));
        let status = JourneyStatus::Ended;
        let (due_at, goal_open, goal_until) = (None, false, None);
        self.end_journey(JourneyRecord { status, due_at, ended_at, goal_open, goal_until, ..journey.record.clone() });
    }
}
