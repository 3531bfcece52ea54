//! What people say of the topics of mail: a yes or a refusal of one topic leaves the others as they are (E7).

use super::contact::Contact;
use super::engagement::MailCause;
use super::plan::Plan;
use super::reason::Consented;
use super::suppress::blamed;
use super::touch::Touch;
use crate::inbound::{MailEvent, Mark, Named, Tracked};
use crate::store::{DecisionCode, DecisionRecord};
use flow_ir::{FieldId, SlotId, TopicState};

/// The topics alone that an event refuses; none where it refuses all mail, or is no refusal of the person's. In doubt it is all mail: where it names a
/// topic that the project does not have, or none (E7).
pub(super) fn refused_topics(plan: &Plan, event: MailEvent, told: &Tracked) -> Option<Vec<FieldId>> {
    let named = Named::in_event(&plan.program, &told.properties).filter(|_| event == MailEvent::Unsubscribed)?;
    (named.unknown.is_empty() && !named.is_empty()).then_some(named.topics)
}

/// The topics that somebody subscribes to; none where it is to all mail. One that the project does not have is nothing they could get, and a form in
/// which nothing is ticked no yes to anything.
pub(super) fn wanted_topics(plan: &Plan, told: &Tracked) -> Option<Vec<FieldId>> {
    Named::in_event(&plan.program, &told.properties).map(|named| named.topics)
}

/// Whether somebody has refused all marketing mail.
fn refuses_all(plan: &Plan, contact: &Contact) -> bool {
    let system = &plan.program.system;
    [system.unsubscribed, system.complained].into_iter().any(|slot| contact.is(plan, slot))
}

impl Touch<'_> {
    /// The person wants no mail about these topics any more; recorded where they did not want it before.
    pub(super) fn refuse_topics(&mut self, topics: &[FieldId], occurred_at: i64, mut cause: Option<MailCause>) {
        self.withdraw_pending_of(topics, occurred_at);
        for (field, slot) in self.slots_of(topics) {
            let latest = self.contact.said_at.of(field.0).map_or(occurred_at, |said_at| said_at.max(occurred_at));
            self.contact.dirty |= self.contact.said_at.note(field.0, latest);
            if self.contact.write(self.plan, slot, TopicState::Refused.number()) {
                // A mail brought one person to leave, of how many topics ever.
                self.decide_of_topic(DecisionCode::UnsubscribedFrom, field, cause.take());
            }
        }
    }

    /// The same, of an event that names an address or a mail. Where that is not an address of theirs, nobody can tell whose topics are meant: whoever
    /// has it gets no marketing mail.
    pub(super) fn opt_out_of(
        &mut self,
        topics: &[FieldId],
        address: Option<String>,
        occurred_at: i64,
        cause: Option<MailCause>,
    ) {
        let is_theirs = |key: &String| match self.address_key() {
            Some(own) => own == *key,
            // Whoever is known by an address alone is known by this one.
            None => !self.contact.is(self.plan, self.plan.program.system.identified),
        };
        let of_another = address.filter(|key| !is_theirs(key));
        self.mark_address(Mark::Refused, of_another);
        self.refuse_topics(topics, occurred_at, cause);
    }

    /// The person's own later word for mail about these topics, whatever they have said of it, or of all mail, before.
    pub(super) fn subscribe(&mut self, topics: &[FieldId], occurred_at: i64) {
        let refuses_all = self.refuses_all();
        if refuses_all && occurred_at <= self.contact.read(self.plan, self.plan.program.system.refused_at) {
            return;
        }
        // Of whoever has still to confirm that they want all mail it is a word for the topic alone, as of whoever has refused all of it.
        let stands_alone = refuses_all || self.plan.confirming.is_some() && self.is_pending_of_all(self.now);
        let state = if stands_alone { TopicState::Again } else { TopicState::Subscribed };
        let mut is_any = false;
        for (field, slot) in self.slots_of(topics) {
            if !self.is_last_word(field, slot, occurred_at) {
                continue;
            }
            is_any = true;
            self.contact.dirty |= self.contact.said_at.note(field.0, occurred_at);
            if self.contact.write(self.plan, slot, state.number()) {
                self.decide_of_topic(DecisionCode::SubscribedTo, field, None);
            }
        }
        if is_any && self.lift_suppression(occurred_at) {
            self.decide(DecisionCode::Consented, Consented::AfterSuppression.number());
        }
    }

    /// They want mail about everything, by an event that has lifted what they had refused of all mail. What it gives back of topics is recorded.
    pub(super) fn subscribe_to_all(&mut self, occurred_at: i64) {
        if self.refuses_all() {
            return;
        }
        for (field, slot) in self.plan.topics.clone() {
            if !self.is_last_word(field, slot, occurred_at) {
                continue;
            }
            let before = TopicState::of(self.contact.read(self.plan, slot));
            self.contact.dirty |= self.contact.said_at.note(field.0, occurred_at);
            self.contact.write(self.plan, slot, TopicState::Subscribed.number());
            if matches!(before, Some(TopicState::Refused | TopicState::NotChosen)) {
                self.decide_of_topic(DecisionCode::SubscribedTo, field, None);
            }
        }
    }

    /// All mail is refused, also that about topics to which they had come back.
    pub(super) fn leave_topics_again(&mut self) {
        for (_, slot) in self.plan.topics.clone() {
            if self.contact.read(self.plan, slot) == TopicState::Again.number() {
                self.contact.write(self.plan, slot, TopicState::Subscribed.number());
            }
        }
    }

    /// Whether what a file or a sync says of a topic counts. It lifts no refusal (E7), and says nothing new of a topic to which they have come back.
    pub(super) fn moves_topic(&self, slot: SlotId, value: i64) -> bool {
        let before = self.contact.read(self.plan, slot);
        let stays = before == TopicState::Refused.number()
            || before == TopicState::Again.number() && value == TopicState::Subscribed.number();
        // Only an event of theirs says that they have come back.
        TopicState::of(value).is_some_and(|state| state != TopicState::Again) && !stays
    }

    /// What two people have said of topics who prove to be one: the more restrictive. Whoever has come back to a topic stays so where the other has said
    /// nothing against it, of all mail neither; `refused_all` says it of the one who stays, as of before.
    pub(super) fn join_topics(&mut self, other: &Contact, refused_all: bool) {
        let other_refused_all = refuses_all(self.plan, other);
        for (_, slot) in self.plan.topics.clone() {
            let (own, theirs) = (self.contact.read(self.plan, slot), other.read(self.plan, slot));
            let again = TopicState::Again.number();
            let joined = match (own, theirs) {
                (own, 0) if own == again && !other_refused_all => again,
                (0, theirs) if theirs == again && !refused_all => again,
                _ => TopicState::of_both(own, theirs),
            };
            self.contact.write(self.plan, slot, joined);
        }
    }

    /// Whether nothing has been said of a topic after this. At one instant a refusal is the last word.
    pub(super) fn is_last_word(&self, field: FieldId, slot: SlotId, occurred_at: i64) -> bool {
        let is_refused = self.contact.read(self.plan, slot) == TopicState::Refused.number();
        self.contact
            .said_at
            .of(field.0)
            .is_none_or(|said_at| said_at < occurred_at || said_at == occurred_at && !is_refused)
    }

    pub(super) fn refuses_all(&self) -> bool {
        refuses_all(self.plan, self.contact)
    }

    fn slots_of(&self, topics: &[FieldId]) -> Vec<(FieldId, SlotId)> {
        self.plan.topics.iter().copied().filter(|(field, _)| topics.contains(field)).collect()
    }

    /// Records what somebody has said of a topic, and by which mail, where one brought it about.
    fn decide_of_topic(&mut self, code: DecisionCode, topic: FieldId, cause: Option<MailCause>) {
        let decision = blamed(DecisionRecord::new(self.contact.id, self.now, code), cause);
        self.batch.decide(DecisionRecord { about: Some(topic.0), ..decision });
    }
}
