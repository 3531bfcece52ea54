//! Consent, as the sender sees it (E7): who may get which kind of mail, and how that is lost.

use super::Engine;
use super::ahead::{self, Found};
use super::engagement::MailCause;
use super::error::EngineError;
use super::identity::Identity;
use super::lend::Look;
use super::plan::Plan;
use super::react::Cause;
use super::reason::{Consented, Suppressed, Withheld};
use super::touch::Touch;
use crate::inbound::{MailEvent, Mark, email_key, is_address};
use crate::store::{ContactId, DecisionCode, DecisionRecord, Store};
use flow_ir::{Consent, ConsentState, Email, EmailKind, FieldId, FieldValue, NEVER, SlotId, SystemSlots, TopicState};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Why this kind of mail must not go at this instant to whoever this frame belongs to. Asked when a step sends, and again when the mail leaves
/// (E5).
pub(super) fn forbidden(plan: &Plan, frame: &[u8], email: &Email, now: i64) -> Option<Withheld> {
    let (slots, kind) = (&plan.program.system, email.kind);
    let topic = email.topic.and_then(|topic| topic_state(plan, frame, topic));
    let is = |slot: SlotId| plan.program.frame.read(frame, slot) != 0;
    let is_suppressed = is_suppressed(plan, frame);
    let for_all = [(slots.hard_bounced, Withheld::HardBounced), (slots.do_not_contact, Withheld::DoNotContact)];
    let for_marketing = [
        (slots.unsubscribed, Withheld::Unsubscribed),
        (slots.hard_bounced, Withheld::HardBounced),
        (slots.complained, Withheld::Complained),
        (slots.do_not_contact, Withheld::DoNotContact),
    ];
    let reasons: &[(SlotId, Withheld)] = match kind {
        EmailKind::Marketing => &for_marketing,
        EmailKind::Transactional => &for_all,
    };
    if plan.is_test_person(frame) {
        return Some(Withheld::TestPerson);
    }
    if !is(slots.reachable) {
        return Some(Withheld::NoAddress);
    }
    // Whoever has come back to a topic has refused all other mail, and not what is about it.
    let holds = |reason: Withheld| topic != Some(TopicState::Again) || !is_of_all_mail(reason);
    let refused = reasons.iter().find(|(slot, reason)| is(*slot) && holds(*reason)).map(|(_, reason)| *reason);
    if email.confirms {
        return refused.or_else(|| nothing_to_confirm(plan, frame, now));
    }
    let for_now = [(is_suppressed, Withheld::Suppressed), (is_paused(plan, frame, now), Withheld::Paused)];
    let for_now = for_now.into_iter().find(|(holds, _)| *holds && kind == EmailKind::Marketing);
    let is_pending = || email.topic.is_some_and(|topic| plan.is_pending(frame, topic));
    let unasked = || match is_pending() {
        true => Some(Withheld::Pending),
        false => gone_topic(plan, frame, topic).or_else(|| unasked(plan, frame, topic)),
    };
    let unasked = || if kind == EmailKind::Marketing { unasked() } else { None };
    refused.or_else(unasked).or(for_now.map(|(_, reason)| reason))
}

/// Whether a step keeps all marketing mail from somebody.
pub(super) fn is_suppressed(plan: &Plan, frame: &[u8]) -> bool {
    plan.program.frame.read(frame, plan.program.system.suppressed_at) > NEVER
}

/// Why nobody is asked to confirm that they want mail. Whoever refused it after they had asked for it is told apart.
fn nothing_to_confirm(plan: &Plan, frame: &[u8], now: i64) -> Option<Withheld> {
    if plan.may_confirm(frame, now) {
        return None;
    }
    let slots = &plan.program.system;
    let refused = [(slots.unsubscribed, Withheld::Unsubscribed), (slots.complained, Withheld::Complained)];
    let refused = refused.into_iter().find(|(slot, _)| plan.program.frame.read(frame, *slot) != 0);
    Some(refused.map_or(Withheld::NothingToConfirm, |(_, reason)| reason))
}

/// Whether it is a word against all marketing mail, which the person takes back for a topic when they subscribe to it.
fn is_of_all_mail(reason: Withheld) -> bool {
    matches!(reason, Withheld::Unsubscribed | Withheld::Complained)
}

/// Who has refused a topic that the project does not have any more gets only what they have asked for by its name: nobody can tell what their
/// refusal is called now (E7).
fn gone_topic(plan: &Plan, frame: &[u8], topic: Option<TopicState>) -> Option<Withheld> {
    let is_wanted = matches!(topic, Some(TopicState::Subscribed | TopicState::Again));
    let is_refused = |topic: &FieldId| topic_state(plan, frame, *topic) == Some(TopicState::Refused);
    let is_any_refused = !is_wanted && plan.gone_topics.iter().any(is_refused);
    is_any_refused.then_some(Withheld::TopicRefused)
}

/// Why mail about this topic, or about none, does not go to somebody who has not refused all of it: their word for the topic, else the policy.
fn unasked(plan: &Plan, frame: &[u8], topic: Option<TopicState>) -> Option<Withheld> {
    let wanted = match topic {
        Some(TopicState::Refused) => return Some(Withheld::TopicRefused),
        Some(TopicState::NotChosen) => return Some(Withheld::NotChosen),
        Some(TopicState::Subscribed | TopicState::Again) => true,
        None => false,
    };
    let (rule, said) = (plan.program.policy.consent?, consent_of(plan, frame));
    match (rule, said) {
        // Who has confirmed that they want mail about a topic gets that, whatever else they have asked for.
        (_, Some(ConsentState::Pending)) if plan.confirming.is_some() && topic == Some(TopicState::Again) => None,
        (_, Some(ConsentState::Pending)) => Some(Withheld::Pending),
        (_, Some(ConsentState::Granted)) | (Consent::OptOut, None) => None,
        (Consent::OptIn, None) => (!wanted).then_some(Withheld::NotAsked),
    }
}

/// What somebody has said of mail about a topic; none where they have said nothing of it.
fn topic_state(plan: &Plan, frame: &[u8], topic: FieldId) -> Option<TopicState> {
    let (_, slot) = plan.topics.iter().find(|(field, _)| *field == topic)?;
    TopicState::of(plan.program.frame.read(frame, *slot))
}

/// What somebody has said of marketing mail; none where nobody knows.
fn consent_of(plan: &Plan, frame: &[u8]) -> Option<ConsentState> {
    let (_, slot) = plan.consent?;
    ConsentState::of(plan.program.frame.read(frame, slot))
}

/// Until when they have paused marketing mail, in milliseconds since 1970, UTC; none where they never did. It may be over.
pub(super) fn paused_until(plan: &Plan, frame: &[u8]) -> Option<i64> {
    let (layout, (_, slot)) = (&plan.program.frame, plan.pause?);
    layout.is_known(frame, slot).then(|| layout.read(frame, slot))
}

/// Whether they want no marketing mail at this instant.
pub(super) fn is_paused(plan: &Plan, frame: &[u8], now: i64) -> bool {
    paused_until(plan, frame).is_some_and(|until| now < until)
}

/// What it means that this slot says yes, if it forbids mail.
pub(super) fn suppression_of(slots: &SystemSlots, slot: SlotId) -> Option<Suppressed> {
    Suppressed::ALL.iter().copied().find(|reason| slot_of(slots, *reason) == Some(slot))
}

/// The yes or no of one, where it has one: what a workflow suppresses is the engine's own to keep.
fn slot_of(slots: &SystemSlots, reason: Suppressed) -> Option<SlotId> {
    match reason {
        Suppressed::Unsubscribed => Some(slots.unsubscribed),
        Suppressed::HardBounced => Some(slots.hard_bounced),
        Suppressed::Complained => Some(slots.complained),
        Suppressed::DoNotContact => Some(slots.do_not_contact),
        Suppressed::ByWorkflow | Suppressed::ByWorkflowAgain | Suppressed::Paused | Suppressed::PausedAgain => None,
    }
}

/// Which right an event of the person takes away; a bounce is about the address alone.
pub(super) fn refused_by(event: MailEvent) -> Option<Suppressed> {
    match event {
        MailEvent::Unsubscribed => Some(Suppressed::Unsubscribed),
        MailEvent::MarkedAsSpam => Some(Suppressed::Complained),
        _ => None,
    }
}

/// What is refused by an item.
pub(super) struct Refused<'a> {
    pub(super) reasons: Vec<Suppressed>,
    /// Mail about these topics alone.
    pub(super) topics: Vec<FieldId>,
    /// In milliseconds since 1970, UTC.
    pub(super) paused_until: Option<i64>,
    /// Of a row: which of its columns said so, by the slot that keeps it.
    pub(super) columns: &'a [(SlotId, u32)],
}

impl Refused<'_> {
    fn is_empty(&self) -> bool {
        self.reasons.is_empty() && self.topics.is_empty() && self.paused_until.is_none()
    }
}

impl<S: Store> Engine<S> {
    /// What is said of an address that is another's is left out, but for a refusal: that counts for whoever has it.
    pub(super) fn refuse_owner(
        &mut self,
        keys: &[Found<'_>],
        identity: &Identity,
        values: &[(FieldId, FieldValue)],
        columns: &[(SlotId, u32)],
        (at, look): (i64, Look),
    ) -> Result<(), EngineError> {
        if !identity.address_is_anothers {
            return Ok(());
        }
        let plan = Arc::clone(&self.plan);
        let said = values.iter().filter(|(_, value)| *value == FieldValue::Int(1));
        let slots = said.filter_map(|(field, _)| plan.program.fields.get(*field)?.slot);
        let reasons: Vec<Suppressed> = slots.filter_map(|slot| suppression_of(&plan.program.system, slot)).collect();
        let is_pause = |(field, _): &&(FieldId, FieldValue)| plan.pause.is_some_and(|(pause, _)| pause == *field);
        let paused_until = values.iter().find(is_pause).and_then(|(_, value)| match value {
            FieldValue::Int(until) => Some(*until),
            FieldValue::Missing | FieldValue::Text(_) => None,
        });
        let of_addresses: Vec<Found<'_>> = keys.iter().filter(|key| is_address(key.key)).copied().collect();
        let refused = Refused { reasons, topics: Vec::new(), paused_until, columns };
        self.refuse_others(&of_addresses, identity, &refused, (at, look), at)
    }

    /// A refusal counts for everybody whom its keys name, not for the first alone. Of a row the columns say by which of them it came.
    pub(super) fn refuse_others(
        &mut self,
        keys: &[Found<'_>],
        identity: &Identity,
        refused: &Refused<'_>,
        when: (i64, Look),
        refused_at: i64,
    ) -> Result<(), EngineError> {
        if refused.is_empty() {
            return Ok(());
        }
        let owners: BTreeSet<ContactId> = keys.iter().filter_map(|key| key.owner).collect();
        for owner in owners.into_iter().filter(|owner| identity.contact != Some(*owner)) {
            self.touch_when(Some(owner), when, |touch: &mut Touch<'_>| {
                touch.refused_by = refused.columns.to_vec();
                // Whose topics are meant by somebody else's address nobody can tell: whoever has it gets no marketing mail.
                let by_address = keys.iter().any(|key| key.owner == Some(owner) && is_address(key.key));
                let all = (by_address && !refused.topics.is_empty()).then_some(Suppressed::Unsubscribed);
                for reason in refused.reasons.iter().copied().chain(all) {
                    touch.suppress(reason, refused_at, None);
                }
                touch.refuse_topics(&refused.topics, refused_at, None);
                if let Some(until) = refused.paused_until {
                    touch.pause(until);
                }
                Cause::Change(Vec::new())
            })?;
        }
        Ok(())
    }
}

impl<S: Store> Engine<S> {
    /// What came back of a mail without naming an address is said of the one to which it went: it counts for whoever has that by now, too, if that
    /// is somebody else than the one to whom it went (E7).
    pub(super) fn refuse_holder(
        &mut self,
        said: Option<(String, Suppressed)>,
        but: Option<ContactId>,
        at: i64,
        refused_at: i64,
    ) -> Result<(), EngineError> {
        let Some((address, reason)) = said else { return Ok(()) };
        let keys = [address];
        let owners = ahead::owners(&mut self.store, &[&keys])?;
        let holder =
            owners.first().and_then(|owners| self.ahead.found(&keys, owners).iter().find_map(|found| found.owner));
        let Some(holder) = holder.filter(|holder| but != Some(*holder)) else { return Ok(()) };
        let [address] = keys;
        self.touch(Some(holder), at, |touch: &mut Touch<'_>| {
            match reason {
                Suppressed::HardBounced => touch.bounced(Some(address), None),
                reason => drop(touch.suppress(reason, refused_at, None)),
            }
            Cause::Change(Vec::new())
        })?;
        Ok(())
    }
}

/// A decision that a mail brought about.
pub(super) fn blamed(decision: DecisionRecord, cause: Option<MailCause>) -> DecisionRecord {
    let Some(MailCause { workflow, run, step, email, row }) = cause else { return decision };
    let (workflow, step, about, send) = (Some(workflow), Some(step), Some(email), Some(row));
    DecisionRecord { workflow, run, step, about, send, ..decision }
}

impl Touch<'_> {
    /// Takes consent or the address away; recorded the first time. Always true: it is something that happened.
    pub(super) fn suppress(&mut self, reason: Suppressed, occurred_at: i64, cause: Option<MailCause>) -> bool {
        let plan = self.plan;
        let system = &plan.program.system;
        match reason {
            Suppressed::HardBounced => self.mark_address(Mark::Bounced, self.address_key()),
            Suppressed::Unsubscribed | Suppressed::Complained | Suppressed::DoNotContact => {
                self.mark_address(Mark::Refused, self.address_key());
            }
            // It is of the person, whatever address they have: a step says so ([`Suppress`](flow_ir::Suppress)), or [`Touch::pause`].
            Suppressed::ByWorkflow | Suppressed::ByWorkflowAgain | Suppressed::Paused | Suppressed::PausedAgain => {
                return false;
            }
        }
        if matches!(reason, Suppressed::Unsubscribed | Suppressed::Complained) {
            self.leave_topics_again();
            self.withdraw_pending(occurred_at);
        }
        if reason != Suppressed::HardBounced && occurred_at > self.contact.read(plan, system.refused_at) {
            self.contact.write(plan, system.refused_at, occurred_at);
        }
        let slot = slot_of(system, reason);
        if slot.is_some_and(|slot| self.contact.write(plan, slot, 1)) {
            let about = self.refused_by.iter().find(|(of, _)| Some(*of) == slot).map(|(_, column)| *column);
            let decision = DecisionRecord::new(self.contact.id, self.now, DecisionCode::Suppressed);
            let decision = DecisionRecord { about, ..decision };
            self.batch.decide(DecisionRecord { reason: reason.number(), ..blamed(decision, cause) });
        }
        true
    }

    /// Marketing mail is paused until an instant, in milliseconds since 1970, UTC; one that is over says nothing. Of several the last one
    /// counts: nothing that a sync brings makes a pause shorter (E7). Recorded where it begins, and where it grows.
    pub(super) fn pause(&mut self, until: i64) {
        let plan = self.plan;
        let Some((field, slot)) = plan.pause.filter(|_| until > self.now) else { return };
        self.contact.dirty |= self.contact.said_at.note(field.0, self.now);
        let before = paused_until(plan, &self.contact.frame);
        if before.is_some_and(|before| before >= until) {
            return;
        }
        self.contact.write(plan, slot, until);
        let reason = if before.is_none() { Suppressed::Paused } else { Suppressed::PausedAgain };
        let about = self.refused_by.iter().find(|(of, _)| *of == slot).map(|(_, column)| *column);
        let decision = DecisionRecord::new(self.contact.id, self.now, DecisionCode::Suppressed);
        self.batch.decide(DecisionRecord { reason: reason.number(), about, ..decision });
    }

    /// The person's own act, the only one that lifts what they refused before it (E7). Whoever is marked as not to be contacted stays so:
    /// that is the company's own word.
    pub(super) fn consent(&mut self, occurred_at: i64) {
        self.consent_as_of(occurred_at, occurred_at);
    }

    /// The same of who asked for it before: of topics it lifts what was refused by then.
    pub(super) fn consent_as_of(&mut self, occurred_at: i64, asked_at: i64) {
        let plan = self.plan;
        let system = &plan.program.system;
        let was_suppressed = self.lift_suppression(occurred_at);
        let was_paused = self.lift_pause(occurred_at);
        let mut was_refused = false;
        if occurred_at > self.contact.read(plan, system.refused_at) {
            let lifted = [system.unsubscribed, system.complained]
                .map(|slot| self.contact.is(plan, slot) && self.contact.write(plan, slot, 0));
            was_refused = lifted.contains(&true);
            if was_refused {
                let mark = self.address_key().and_then(|key| Mark::Refused.key(&key));
                self.batch.changes.keys.extend(mark.map(|key| (key, None)));
            }
        }
        let is_new = self.grant(occurred_at);
        self.subscribe_to_all(asked_at);
        // One act, whatever it lifts.
        let lifted = [
            (was_refused, 0),
            (was_suppressed, Consented::AfterSuppression.number()),
            (was_paused, Consented::AfterPause.number()),
            (is_new, Consented::Granted.number()),
        ];
        if let Some((_, reason)) = lifted.into_iter().find(|(is_so, _)| *is_so) {
            self.decide(DecisionCode::Consented, reason);
        }
    }

    /// Keeps that they want marketing mail, where the policy asks for it; false where that was known, and where they have said otherwise since.
    fn grant(&mut self, occurred_at: i64) -> bool {
        let plan = self.plan;
        let Some((field, slot)) = plan.consent else { return false };
        if self.contact.said_at.of(field.0).is_some_and(|said_at| said_at > occurred_at) {
            return false;
        }
        self.contact.dirty |= self.contact.said_at.note(field.0, occurred_at);
        self.contact.write(plan, slot, ConsentState::Granted.number())
    }

    /// Ends a pause that was asked for before this. False where there was none any more.
    fn lift_pause(&mut self, occurred_at: i64) -> bool {
        let plan = self.plan;
        let Some((field, slot)) = plan.pause.filter(|_| is_paused(plan, &self.contact.frame, self.now)) else {
            return false;
        };
        let is_later = self.contact.said_at.of(field.0).is_none_or(|said_at| occurred_at > said_at);
        is_later && self.contact.write(plan, slot, self.now)
    }

    pub(super) fn lift_suppression(&mut self, occurred_at: i64) -> bool {
        let slot = self.plan.program.system.suppressed_at;
        let suppressed_at = self.contact.read(self.plan, slot);
        suppressed_at > NEVER && occurred_at > suppressed_at && self.contact.write(self.plan, slot, NEVER)
    }

    /// A mail came back for good: that is said of the address it went to, and of the person for as long as they have that address.
    pub(super) fn bounced(&mut self, address: Option<String>, cause: Option<MailCause>) {
        match (address, self.address_key()) {
            (Some(to), own) if own.as_ref() != Some(&to) => self.mark_address(Mark::Bounced, Some(to)),
            _ => drop(self.suppress(Suppressed::HardBounced, self.now, cause)),
        }
    }

    /// The person does not want to be written to, nor does whoever has this address.
    pub(super) fn refuse_mail(
        &mut self,
        reason: Suppressed,
        address: Option<String>,
        occurred_at: i64,
        cause: Option<MailCause>,
    ) {
        self.mark_address(Mark::Refused, address);
        self.suppress(reason, occurred_at, cause);
    }

    /// Keeps something of an address, whoever has it from now on.
    pub(super) fn mark_address(&mut self, mark: Mark, key: Option<String>) {
        let id = self.contact.id;
        self.batch.changes.keys.extend(key.and_then(|key| mark.key(&key)).map(|key| (key, Some(id))));
    }

    pub(super) fn address_key(&self) -> Option<String> {
        self.contact.text(self.plan, self.plan.email_field?).map(email_key)
    }
}
