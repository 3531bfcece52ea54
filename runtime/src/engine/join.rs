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
use crate::store::{ChangedBy, DecisionCode, DecisionRecord, JourneyRecord, JourneyStatus, OutboxState};
use crate::time::Zone;
use flow_ir::{CountedSince, FactId, Field, FieldId, FieldType, NEVER, Reenter, SlotId, WorkflowId};
use std::collections::BTreeSet;

impl Touch<'_> {
    /// Takes over what another contact has, who then has nothing any more.
    pub(super) fn join(&mut self, other: &mut Contact) {
        let plan = self.plan;
        plan.program.facts.ids().for_each(|fact| self.join_fact(other, fact));
        plan.program.fields.iter().for_each(|(id, field)| self.join_field(other, id, field));
        self.join_system(other);
        self.join_journeys(other);
        self.join_held(other);
        self.join_turns(other);
        self.batch.changes.joined.push((other.id, self.contact.id));
        self.batch.count(counter::JOINED);
        self.write_off(other);
        other.empty(plan);
    }

    /// What the ledgers say of the other is this one's from now on, and stands there once.
    fn write_off(&mut self, other: &Contact) {
        let (before, blank) = (other.told, Told::read(self.plan, &self.plan.blank));
        self.batch.change(other.id, self.now, (before, blank), ChangedBy::default());
    }

    fn join_fact(&mut self, other: &Contact, id: FactId) {
        let fact = self.plan.program.facts.at(id);
        for nth in 0..fact.depth {
            let at = other.read(self.plan, fact.slot(nth));
            if at > NEVER {
                self.remember(id, at);
            }
        }
    }

    /// Of two values the one that occurred later holds. The address of the one who stays is how the person is known, so theirs fills a gap alone.
    fn join_field(&mut self, other: &Contact, id: FieldId, field: &Field) {
        let plan = self.plan;
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

    fn join_system(&mut self, other: &Contact) {
        let (plan, system) = (self.plan, &self.plan.program.system);
        let since = [&*self.contact, other].map(|contact| contact.read(plan, system.known_since));
        self.contact.write(plan, system.known_since, since.into_iter().filter(|at| *at > NEVER).min().unwrap_or(NEVER));
        let refused = self.contact.read(plan, system.refused_at).max(other.read(plan, system.refused_at));
        self.contact.write(plan, system.refused_at, refused);
        // The more restrictive: whoever of the two was suppressed last, and has not subscribed since.
        let suppressed = self.contact.read(plan, system.suppressed_at).max(other.read(plan, system.suppressed_at));
        self.contact.write(plan, system.suppressed_at, suppressed);
        self.refresh();
    }

    fn join_journeys(&mut self, other: &mut Contact) {
        let mut theirs = std::mem::take(&mut other.journeys).into_iter().peekable();
        let own: BTreeSet<WorkflowId> = self.contact.journeys.iter().map(Journey::workflow).collect();
        while let Some(journey) = theirs.next() {
            self.batch.forget(&journey);
            let workflow = journey.workflow();
            let is_latest = theirs.peek().is_none_or(|next| next.workflow() != workflow);
            match self.contact.journeys.iter().rposition(|own| own.workflow() == workflow) {
                Some(latest) if own.contains(&workflow) && is_latest => self.join_journey(latest, journey, other.zone),
                // The latest stands for those that ended before it.
                Some(_) if own.contains(&workflow) => {}
                _ => self.adopt(journey, 0, other.zone),
            }
        }
    }

    /// Of the latest journeys that both had in a workflow one goes on.
    fn join_journey(&mut self, own: usize, mut journey: Journey, zone: Zone) {
        let plan = self.plan;
        if !self.gives_way(own, &journey) {
            self.withdraw_of(&journey);
            self.tell_given(&journey);
            return self.journey_mut(own).take_over(&journey, plan);
        }
        self.withdraw(own);
        let run = self.journey(own).record.run;
        // One that had ended before is another run, whose goal may count on.
        if self.journey(own).ran_beside(&journey) {
            let given = self.contact.journeys.remove(own);
            self.tell_given(&given);
            self.batch.forget(&given);
            journey.take_over(&given, plan);
        }
        self.forget_ended(journey.workflow());
        self.adopt(journey, run, zone);
    }

    /// A journey that gives way sends nothing more.
    fn withdraw_of(&mut self, journey: &Journey) {
        let row = journey.record.outbox.and_then(|row| self.outbox.row(row));
        if let Some(row) = row.filter(|row| row.state != OutboxState::Claimed).cloned() {
            self.withdraw_row(&row);
        }
    }

    /// A live journey that gives way ends without an end of its own.
    fn tell_given(&mut self, journey: &Journey) {
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
            Reenter::Never => false,
            Reenter::After(span) => self.after(ended_at, span) <= theirs.record.entered_at,
        }
    }

    /// `zone` is the one by whose clocks it has waited until now.
    fn adopt(&mut self, journey: Journey, after: u32, zone: Zone) {
        let record = JourneyRecord { contact: self.contact.id, run: after + journey.record.run, ..journey.record };
        let place = self.contact.insert_journey(Journey { touched: true, ..Journey::begun(record) });
        if zone != self.contact.zone {
            self.rezone(place, zone);
        }
    }
}

impl Journey {
    /// Knows what another journey of its workflow has sent, which gives way to it: one person gets each mail once, and what they do with it is told
    /// once. Where one had ended before the other began, they were two journeys all the same.
    fn take_over(&mut self, given: &Journey, plan: &Plan) {
        if !self.ran_beside(given) {
            return;
        }
        let workflow = plan.program.workflows.at(self.workflow());
        for (email, slot) in &workflow.slots.sent_at {
            let sent_at = given.read(plan, *slot);
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

fn is_refusal(plan: &Plan, slot: SlotId) -> bool {
    let system = &plan.program.system;
    [system.unsubscribed, system.hard_bounced, system.complained, system.do_not_contact].contains(&slot)
}

impl Batch {
    /// A journey that goes on under another contact, or gives way: nobody looks at it here any more.
    fn forget(&mut self, journey: &Journey) {
        let ended_at = journey.record.ended_at.or(Some(journey.record.entered_at));
        let status = JourneyStatus::Ended;
        let (due_at, goal_until) = (None, None);
        self.end_journey(JourneyRecord { status, due_at, ended_at, goal_until, ..journey.record.clone() });
    }
}
