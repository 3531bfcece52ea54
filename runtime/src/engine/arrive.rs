//! An event that arrives: known or new, whose it is, and what it says.

use super::ahead::{Owner, Peeked};
use super::error::EngineError;
use super::identify::Merge;
use super::react::Cause;
use super::touch::Touch;
use super::view::ContactView;
use super::{Engine, counter};
use crate::intake::{Arrival, What};
use crate::store::{EventRecord, Store};
use flow_ir::{FieldId, FieldValue};
use serde_json::{Map, Value};

/// What an identify call is called in the event log.
const IDENTIFY: &str = "identify";

impl<S: Store> Engine<S> {
    /// Handles the next event. False when it must come back after a flush.
    pub(super) fn handle_arrival(&mut self) -> Result<bool, EngineError> {
        let Some(peeked) = self.ahead.take() else { return Ok(true) };
        self.advance(peeked.at);
        if self.ahead.is_known(&peeked) {
            self.count_repeat(&peeked);
            return Ok(true);
        }
        if peeked.arrival.keys.is_empty() {
            if !self.stream.pass(peeked.arrival.arrived_at) {
                self.batch.count(counter::EVENTS_OF_NOBODY);
            }
            return Ok(true);
        }
        let done = self.take_in(&peeked)?;
        if done {
            self.stream.pass(peeked.arrival.arrived_at);
        } else {
            self.ahead.give_back(peeked);
        }
        Ok(done)
    }

    /// A repeat changes nothing but its total (E3); a stream that is read again from its start is not even counted.
    fn count_repeat(&mut self, peeked: &Peeked) {
        if !self.stream.pass(peeked.arrival.arrived_at) {
            self.batch.count(counter::REPEATS);
        }
    }

    fn take_in(&mut self, peeked: &Peeked) -> Result<bool, EngineError> {
        let owner = self.ahead.owner_of(peeked);
        let keys = self.ahead.unowned_of(peeked);
        let done = self.touch(owner.contact, peeked.at, |touch: &mut Touch<'_>| {
            touch.give_keys(&keys);
            if owner.contact.is_none() {
                touch.begin_contact();
            }
            if owner.disputed {
                touch.batch.count(counter::MERGE_WANTED);
            }
            touch.arrive(&peeked.arrival, owner)
        })?;
        if let Some(id) = done {
            self.ahead.learn_keys(keys, id);
            self.ahead.learn_message(peeked.arrival.message);
        }
        Ok(done.is_some())
    }
}

impl Touch<'_> {
    /// Makes keys the contact's own.
    pub(super) fn give_keys(&mut self, keys: &[&String]) {
        let id = self.contact.id;
        self.batch.changes.keys.extend(keys.iter().map(|key| ((*key).clone(), id)));
    }

    /// The first that is known of somebody.
    pub(super) fn begin_contact(&mut self) {
        self.batch.count(counter::CONTACTS);
        self.begin_activity();
        self.set_values(&[], Merge::Replace);
    }

    /// Takes in an event and keeps it.
    fn arrive(&mut self, arrival: &Arrival, owner: Owner) -> Cause {
        let occurred_at = arrival.occurred_at.min(self.now);
        if occurred_at < arrival.occurred_at {
            self.batch.count(counter::FUTURE_EVENTS);
        }
        self.batch.count(counter::EVENTS);
        let (name, properties, triggers) = match &arrival.what {
            What::Track { name, properties } => {
                (name.as_str(), json(properties), self.track(name, properties, occurred_at))
            }
            What::Identify { values, .. } => {
                let values = self.own_values(values, owner);
                self.set_values(&values, Merge::Replace);
                (IDENTIFY, self.traits(&values), Vec::new())
            }
        };
        self.batch.log(EventRecord {
            contact: self.contact.id,
            message: arrival.message,
            name: name.to_owned(),
            occurred_at,
            received_at: arrival.arrived_at,
            properties,
        });
        Cause::Change(triggers)
    }

    /// The values of an identify call, for the log: as they are printed now that they are set.
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

fn json(properties: &Map<String, Value>) -> String {
    // A map of JSON values is JSON: writing it cannot fail.
    serde_json::to_string(properties).unwrap_or_default()
}
