//! An event that arrives: known or new, whose it is, and what it says.

use super::ahead::Peeked;
use super::engagement::passes;
use super::error::EngineError;
use super::identity::Identity;
use super::lend::Look;
use super::react::Cause;
use super::reason::Suppressed;
use super::suppress::{Refused, refused_by};
use super::topics::refused_topics;
use super::touch::Touch;
use super::view::ContactView;
use super::{Engine, counter};
use crate::broken::{Rule, is_broken};
use crate::inbound::{Arrival, MailEvent, Tracked, UNDATED, What, is_user};
use crate::store::{EventRecord, Store};
use flow_ir::{FieldId, FieldValue};
use serde_json::{Map, Value};

/// What an identify call is called in the event log.
pub(super) const IDENTIFY: &str = "identify";

impl<S: Store> Engine<S> {
    /// Handles the next event.
    pub(super) fn handle_arrival(&mut self) -> Result<(), EngineError> {
        let Some(mut peeked) = self.ahead.take() else { return Ok(()) };
        // What leaves at an instant leaves after everything of that instant, and in its order.
        let is_first = self.now().0 < peeked.at;
        let at = self.advance(peeked.at);
        self.outbox.hold_back(at, !is_first || self.is_more_to_come(at));
        if is_broken(Rule::KnownMessage) && self.ahead.is_known(&peeked) {
            peeked.arrival.message.another();
        }
        if self.ahead.is_known(&peeked) {
            self.count_repeat(&peeked);
            return Ok(());
        }
        if peeked.arrival.keys.is_empty() {
            if !self.stream.pass(peeked.arrival.arrived_at) {
                self.batch.count(counter::EVENTS_OF_NOBODY);
            }
            return Ok(());
        }
        self.take_in(&peeked)?;
        self.stream.pass(peeked.arrival.arrived_at);
        Ok(())
    }

    /// A repeat changes nothing but its total (E3); a stream that is read again from its start is not even counted.
    fn count_repeat(&mut self, peeked: &Peeked) {
        if !self.stream.pass(peeked.arrival.arrived_at) {
            self.batch.count(counter::REPEATS);
        }
    }

    fn take_in(&mut self, peeked: &Peeked) -> Result<(), EngineError> {
        let keys = self.ahead.found(&peeked.arrival.keys, &peeked.owners);
        let refused = refusal(&peeked.arrival);
        let identity = match refused {
            Some(_) => Identity::of_refusal(&keys),
            None => self.identify(&keys)?,
        };
        let marks = self.ahead.marks(&peeked.arrival.keys, &peeked.owners);
        let first_day = self.batch.first_day();
        let sent_to = self.sent_to(identity.contact, &peeked.arrival, peeked.at)?;
        let news = (peeked.at, Look::Before);
        self.touch_as(&identity, news, |touch: &mut Touch<'_>| {
            touch.address_marks = marks;
            touch.sent_to.clone_from(&sent_to);
            touch.arrive(&peeked.arrival, &identity, first_day)
        })?;
        self.ahead.learn_message(peeked.arrival.message_key());
        // Whose the keys are by now.
        let keys = || self.ahead.found(&peeked.arrival.keys, &peeked.owners);
        match &peeked.arrival.what {
            What::Track(told) => {
                let Some(mail) = refused else { return Ok(()) };
                let counted_from = counts_from(&peeked.arrival, peeked.at);
                if let Some(reason) = refused_by(mail) {
                    let topics = refused_topics(&self.plan, mail, told);
                    let reasons = if topics.is_some() { Vec::new() } else { vec![reason] };
                    let topics = topics.unwrap_or_default();
                    let refused = Refused { reasons, topics, paused_until: None, columns: &[] };
                    self.refuse_others(&keys(), &identity, &refused, news, counted_from)?;
                }
                let holder = sent_to.zip(comes_of(mail, told));
                self.refuse_holder(holder, identity.contact, peeked.at, counted_from)
            }
            What::Identify { values } => self.refuse_owner(&keys(), &identity, values, &[], news),
        }
    }

    /// Does an item's work on whoever it is about, once their keys are theirs and whoever proves to be the same person is joined.
    pub(super) fn touch_as(
        &mut self,
        identity: &Identity,
        (now, look): (i64, Look),
        work: impl FnOnce(&mut Touch<'_>) -> Cause,
    ) -> Result<(), EngineError> {
        let mut others = Vec::new();
        for id in &identity.joins {
            others.push(self.lend_when(*id, look)?);
        }
        let joint = self.joint(identity.contact, &others, look)?;
        let dues: Vec<Option<i64>> = others.iter().map(|other| other.next_at).collect();
        let id = self.touch_when(identity.contact, (now, look), |touch: &mut Touch<'_>| {
            touch.note_by_time();
            touch.give_keys(&identity.given);
            touch.given.clone_from(&identity.given);
            if identity.contact.is_none() {
                touch.begin_contact();
            }
            if identity.address_is_anothers {
                touch.batch.count(counter::ADDRESSES_LEFT_OUT);
            }
            if !others.is_empty() {
                touch.count_joint(&mut others, &joint);
                others.iter_mut().for_each(|other| touch.join(other));
                // It makes conditions true and is no trigger.
                if !touch.contact.outdated {
                    touch.joining = true;
                    touch.react(&Cause::Import);
                    touch.joining = false;
                }
            }
            work(touch)
        })?;
        identity.joins.iter().for_each(|other| self.outdated.join(*other, id));
        others.into_iter().zip(dues).for_each(|(other, was_due)| self.keep(other, was_due));
        Ok(())
    }
}

impl Touch<'_> {
    /// Makes keys the contact's own.
    fn give_keys(&mut self, keys: &[String]) {
        let (id, plan) = (self.contact.id, self.plan);
        self.batch.changes.keys.extend(keys.iter().map(|key| (key.clone(), Some(id))));
        if keys.iter().any(|key| is_user(key)) {
            self.contact.write(plan, plan.program.system.identified, 1);
        }
    }

    /// The first that is known of somebody.
    pub(super) fn begin_contact(&mut self) {
        self.batch.count(counter::CONTACTS);
        self.known_from(self.now);
        self.set_values(&[], self.now);
    }

    /// Takes in an event and keeps it.
    fn arrive(&mut self, arrival: &Arrival, identity: &Identity, first_day: i64) -> Cause {
        let undated = arrival.arrived_at == UNDATED;
        let occurred_at = if undated { self.now } else { arrival.occurred_at.min(self.now) };
        if occurred_at < arrival.occurred_at {
            self.batch.count(counter::FUTURE_EVENTS);
        }
        self.batch.count(counter::EVENTS);
        let (name, properties, said) = match &arrival.what {
            What::Track(event) => {
                (event.name.as_str(), json(&event.properties), self.track(event, counts_from(arrival, self.now)))
            }
            What::Identify { values, .. } => {
                let values = self.own_values(values, identity);
                let newest: Vec<_> = self.newest_values(&values, occurred_at).cloned().collect();
                self.set_values(&values, occurred_at);
                (IDENTIFY, self.traits(&newest), Some(Vec::new()))
            }
        };
        self.batch.log(EventRecord {
            id: 0,
            previous: 0,
            contact: self.contact.id,
            message: arrival.message_key(),
            name: name.to_owned(),
            occurred_at,
            received_at: if undated { self.now } else { arrival.arrived_at },
            properties,
            counts: said.is_some(),
        });
        // History makes conditions true and is no trigger, in whatever run it arrives.
        if occurred_at < first_day {
            self.batch.count(counter::HISTORY_EVENTS);
            Cause::Import
        } else {
            Cause::Change(said.unwrap_or_default())
        }
    }

    /// Those values of an identify call that hold, for the log: as they are printed now that they are set.
    fn traits(&self, values: &[(FieldId, FieldValue)]) -> String {
        let view = ContactView::new(self.plan, self.backend, self.contact);
        let given = values.iter().filter(|(_, value)| *value != FieldValue::Missing);
        let named = given.filter_map(|(field, _)| {
            let name = self.plan.program.fields.get(*field)?.name.clone();
            Some((name, Value::String(view.value(*field)?)))
        });
        json(&named.collect())
    }
}

/// When what an event says begins to count. A refusal without a time counts at once, and what stands above it in the stream does not
/// lift it.
fn counts_from(arrival: &Arrival, now: i64) -> i64 {
    let is_undated = arrival.arrived_at == UNDATED;
    if is_undated { arrival.occurred_at.max(now) } else { arrival.occurred_at.min(now) }
}

/// What a refusal takes away from the address that it is about; nothing, where it will pass.
fn comes_of(refusal: MailEvent, told: &Tracked) -> Option<Suppressed> {
    let bounced = (refusal == MailEvent::Bounced && !passes(told)).then_some(Suppressed::HardBounced);
    refused_by(refusal).or(bounced)
}

/// What takes the right to write to somebody away, if an event does.
fn refusal(arrival: &Arrival) -> Option<MailEvent> {
    match &arrival.what {
        What::Track(event) => event.meaning.mail.filter(|mail| mail.is_refusal()),
        What::Identify { .. } => None,
    }
}

fn json(properties: &Map<String, Value>) -> String {
    // A map of JSON values is JSON: writing it cannot fail.
    serde_json::to_string(properties).unwrap_or_default()
}
