//! `confirm by EMAIL`: whoever asks for mail has still to confirm that, by an act of their own, before they get any (E7).
//!
//! Anybody may type anybody's address into a form. So a `Subscribed` lifts nothing here: it is kept as pending, and lets the person into the workflow
//! that sends the mail with the link. `Confirmed` is what a `Subscribed` is elsewhere.

use super::enrol::Refusal;
use super::plan::Plan;
use super::reason::Ignored;
use super::suppress::{is_paused, is_suppressed};
use super::topics::wanted_topics;
use super::touch::Touch;
use crate::inbound::Tracked;
use crate::store::{DecisionCode, DecisionRecord};
use flow_ir::units::MINUTE_MS;
use flow_ir::{CONFIRMATION, ConsentState, FieldId, NEVER, Program, SlotId, TopicState, WorkflowId};

/// How long after somebody has asked for mail without an address the mail by which they confirm still goes to the address that becomes known: a form tells
/// of what was pressed before it tells of whom.
const ADDRESS_COMES_WITHIN_MS: i64 = 10 * MINUTE_MS;

/// What a program keeps of those who have still to confirm.
#[derive(Debug)]
pub(super) struct Confirming {
    /// The workflow that asks them.
    pub(super) workflow: WorkflowId,
    /// By topic: where it stands that they have asked for mail about it.
    topics: Vec<(FieldId, (FieldId, SlotId))>,
    /// That they asked for mail and had no address.
    unreached: Option<(FieldId, SlotId)>,
}

impl Confirming {
    pub(super) fn of(program: &Program) -> Option<Confirming> {
        let workflow = program.workflows.find(|workflow| workflow.name == CONFIRMATION);
        let workflow = workflow.filter(|_| program.policy.confirms)?;
        Some(Confirming { workflow, topics: program.pending_topics().collect(), unreached: program.unreached() })
    }

    /// Whether a slot keeps that somebody has still to confirm that they want mail about a topic.
    pub(super) fn keeps(&self, slot: SlotId) -> bool {
        self.topics.iter().any(|(_, (_, pending))| *pending == slot)
    }
}

impl Plan {
    /// Whether somebody has still to confirm that they want mail about a topic.
    pub(super) fn is_pending(&self, frame: &[u8], topic: FieldId) -> bool {
        let mut topics = self.confirming.iter().flat_map(|confirming| &confirming.topics);
        topics.any(|(of, (_, slot))| *of == topic && self.program.frame.read(frame, *slot) != 0)
    }

    /// Whether there is anything that somebody could confirm.
    pub(super) fn may_confirm(&self, frame: &[u8], now: i64) -> bool {
        let says = |state: ConsentState| {
            self.consent.is_some_and(|(_, slot)| self.program.frame.read(frame, slot) == state.number())
        };
        let is_all = says(ConsentState::Pending) || says(ConsentState::Granted) && self.is_kept_from_mail(frame, now);
        self.confirming.is_some() && (is_all || self.topics.iter().any(|(topic, _)| self.is_pending(frame, *topic)))
    }

    /// Whether a step keeps all marketing mail from somebody, or they themselves do for a while.
    fn is_kept_from_mail(&self, frame: &[u8], now: i64) -> bool {
        is_suppressed(self, frame) || is_paused(self, frame, now)
    }
}

impl Touch<'_> {
    /// They ask for mail: of what they do not get already they have to confirm it.
    pub(super) fn ask_to_confirm(&mut self, told: &Tracked, occurred_at: i64) {
        if self.is_refused_since(occurred_at) {
            return;
        }
        let plan = self.plan;
        let asked = match wanted_topics(plan, told) {
            Some(topics) => topics.into_iter().map(|topic| self.ask_for_topic(topic, occurred_at)).max(),
            None => Some(self.ask_for_all(occurred_at)),
        };
        if asked == Some(Asked::ToConfirm) {
            self.let_confirm(occurred_at);
        }
    }

    fn ask_for_all(&mut self, occurred_at: i64) -> Asked {
        let plan = self.plan;
        let Some((field, slot)) = plan.consent else { return Asked::Nothing };
        if self.gets_all() {
            let closed = [TopicState::Refused.number(), TopicState::NotChosen.number()];
            let topics = plan.topics.iter().filter(|(_, slot)| closed.contains(&self.contact.read(plan, *slot)));
            let topics: Vec<FieldId> = topics.map(|(topic, _)| *topic).collect();
            // Who has said yes and is kept from mail has to say it once more: by a form anybody could lift that.
            if topics.is_empty() && self.is_kept_from_mail() {
                self.decide_asked(None);
                return Asked::ToConfirm;
            }
            return topics
                .into_iter()
                .map(|topic| self.ask_for_topic(topic, occurred_at))
                .max()
                .unwrap_or(Asked::Nothing);
        }
        if self.contact.said_at.of(field.0).is_some_and(|said_at| said_at > occurred_at) {
            return Asked::Nothing;
        }
        // What they have confirmed of topics stays so, whatever else they have still to confirm.
        for (topic, said) in plan.topics.clone() {
            if self.gets_topic(topic, said) && TopicState::of(self.contact.read(plan, said)).is_some() {
                self.contact.write(plan, said, TopicState::Again.number());
            }
        }
        self.contact.dirty |= self.contact.said_at.note(field.0, occurred_at);
        if self.contact.write(plan, slot, ConsentState::Pending.number()) {
            self.decide_asked(None);
        }
        Asked::ToConfirm
    }

    /// Whether a step or they themselves keep mail from somebody who has said yes to it.
    fn is_kept_from_mail(&self) -> bool {
        self.plan.is_kept_from_mail(&self.contact.frame, self.now)
    }

    fn ask_for_topic(&mut self, topic: FieldId, occurred_at: i64) -> Asked {
        let plan = self.plan;
        let Some((pending, slot)) = self.pending_slot(topic) else { return Asked::Nothing };
        let Some((_, said)) = plan.topics.iter().copied().find(|(of, _)| *of == topic) else { return Asked::Nothing };
        if !self.is_last_word(topic, said, occurred_at) {
            return Asked::Nothing;
        }
        // What a step keeps from them is lifted by what they confirm, and by nothing that anybody could type into a form.
        if self.gets_topic(topic, said) && !is_suppressed(plan, &self.contact.frame) {
            return Asked::Nothing;
        }
        self.contact.dirty |= self.contact.said_at.note(pending.0, occurred_at);
        if self.contact.write(plan, slot, 1) {
            self.decide_asked(Some(topic));
        }
        Asked::ToConfirm
    }

    /// They confirm that they want mail; tells about which topics, or none where there was nothing that they could confirm.
    pub(super) fn confirm(&mut self, told: &Tracked, occurred_at: i64) -> Option<Vec<FieldId>> {
        if self.is_refused_since(occurred_at) {
            return None;
        }
        let plan = self.plan;
        let is_all_pending = self.is_pending_of_all(occurred_at) || self.gets_all() && self.is_kept_from_mail();
        // Topics that they have refused since they asked stay refused.
        let asked_at = plan.consent.filter(|_| self.is_pending_of_all(occurred_at));
        let asked_at = asked_at.and_then(|(field, _)| self.contact.said_at.of(field.0)).unwrap_or(occurred_at);
        let asked = |touch: &Self, topic: FieldId| {
            let said_at = |field: FieldId| touch.contact.said_at.of(field.0);
            let pending = touch.pending_slot(topic).filter(|_| plan.is_pending(&touch.contact.frame, topic));
            pending.is_some_and(|(field, _)| said_at(field).is_none_or(|said_at| said_at <= occurred_at))
        };
        let named = wanted_topics(plan, told);
        let is_all = named.is_none() && is_all_pending;
        let candidates = named.unwrap_or_else(|| plan.topics.iter().map(|(topic, _)| *topic).collect());
        let topics: Vec<FieldId> =
            candidates.into_iter().filter(|topic| is_all_pending || asked(self, *topic)).collect();
        if topics.is_empty() && !is_all {
            return None;
        }
        for topic in &topics {
            self.forget_pending(*topic);
        }
        match is_all {
            true => self.consent_as_of(occurred_at, asked_at),
            false => self.subscribe(&topics, occurred_at),
        }
        Some(topics)
    }

    /// A refusal is of what they had asked for before it, too.
    pub(super) fn withdraw_pending(&mut self, occurred_at: i64) {
        let plan = self.plan;
        if plan.confirming.is_none() {
            return;
        }
        if let Some((_, slot)) = plan.consent.filter(|_| self.is_pending_of_all(occurred_at)) {
            self.contact.write(plan, slot, 0);
        }
        let topics: Vec<FieldId> = plan.topics.iter().map(|(topic, _)| *topic).collect();
        self.withdraw_pending_of(&topics, occurred_at);
    }

    /// The same of topics alone.
    pub(super) fn withdraw_pending_of(&mut self, topics: &[FieldId], occurred_at: i64) {
        for topic in topics {
            let pending = self.pending_slot(*topic);
            let is_before = |(field, _): &(FieldId, SlotId)| {
                self.contact.said_at.of(field.0).is_none_or(|said_at| said_at <= occurred_at)
            };
            if pending.filter(is_before).is_some() {
                self.forget_pending(*topic);
            }
        }
    }

    /// Whoever asked for mail shortly before their address was known is asked to confirm it now.
    pub(super) fn reach_to_confirm(&mut self) {
        let plan = self.plan;
        let Some((field, slot)) = plan.confirming.as_ref().and_then(|confirming| confirming.unreached) else { return };
        if !self.contact.is(plan, slot) || !self.contact.is(plan, plan.program.system.reachable) {
            return;
        }
        self.contact.write(plan, slot, 0);
        let Some(workflow) = plan.confirming.as_ref().map(|confirming| confirming.workflow) else { return };
        if !plan.may_confirm(&self.contact.frame, self.now) {
            return;
        }
        let is_recent = self.contact.said_at.of(field.0).is_some_and(|at| self.now - at <= ADDRESS_COMES_WITHIN_MS);
        match is_recent {
            true => self.by_hand.push(workflow),
            false => self.refuse(workflow, &Refusal::Objection(Ignored::AddressTooLate, None)),
        }
    }

    /// Lets them into the workflow that asks them; where nobody knows yet where to write to, as soon as somebody does.
    fn let_confirm(&mut self, occurred_at: i64) {
        let plan = self.plan;
        let Some(confirming) = &plan.confirming else { return };
        match confirming.unreached.filter(|_| !self.contact.is(plan, plan.program.system.reachable)) {
            Some((field, slot)) => {
                self.contact.dirty |= self.contact.said_at.note(field.0, occurred_at);
                self.contact.write(plan, slot, 1);
            }
            None => self.by_hand.push(confirming.workflow),
        }
    }

    /// Whether they get all mail by their own word.
    fn gets_all(&self) -> bool {
        let is_granted = |(_, slot)| self.contact.read(self.plan, slot) == ConsentState::Granted.number();
        self.plan.consent.is_some_and(is_granted) && !self.refuses_all()
    }

    /// Whether they get mail about a topic by their own word, for it or for all mail.
    fn gets_topic(&self, topic: FieldId, said: SlotId) -> bool {
        if self.plan.is_pending(&self.contact.frame, topic) {
            return false;
        }
        match TopicState::of(self.contact.read(self.plan, said)) {
            Some(TopicState::Again) => true,
            Some(TopicState::Subscribed) => !self.refuses_all() && !self.is_pending_of_all(self.now),
            Some(TopicState::NotChosen | TopicState::Refused) => false,
            None => self.gets_all(),
        }
    }

    /// Whether they had asked for all mail by then, and have still to confirm it.
    pub(super) fn is_pending_of_all(&self, by: i64) -> bool {
        let plan = self.plan;
        plan.consent.is_some_and(|(field, slot)| {
            self.contact.read(plan, slot) == ConsentState::Pending.number()
                && self.contact.said_at.of(field.0).is_none_or(|said_at| said_at <= by)
        })
    }

    /// Whether they have refused all mail at that instant or after it.
    fn is_refused_since(&self, occurred_at: i64) -> bool {
        let refused_at = self.contact.read(self.plan, self.plan.program.system.refused_at);
        self.refuses_all() && refused_at > NEVER && occurred_at <= refused_at
    }

    fn pending_slot(&self, topic: FieldId) -> Option<(FieldId, SlotId)> {
        let mut topics = self.plan.confirming.iter().flat_map(|confirming| &confirming.topics);
        topics.find(|(of, _)| *of == topic).map(|(_, pending)| *pending)
    }

    fn forget_pending(&mut self, topic: FieldId) {
        if let Some((_, slot)) = self.pending_slot(topic) {
            self.contact.write(self.plan, slot, 0);
        }
    }

    /// Records that they have asked for mail, about a topic or all of it, and have to confirm it.
    fn decide_asked(&mut self, topic: Option<FieldId>) {
        let decision = DecisionRecord::new(self.contact.id, self.now, DecisionCode::AskedToConfirm);
        self.batch.decide(DecisionRecord { about: topic.map(|topic| topic.0), ..decision });
    }
}

/// What comes of asking for mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Asked {
    /// They get it already, or have said otherwise since.
    Nothing,
    ToConfirm,
}
