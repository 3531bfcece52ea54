//! A look ahead at the events that come next, so that the store is asked about many of them at once.
//!
//! What was learnt ahead can be overtaken: an event handled meanwhile makes a message known or a key somebody's. Those are
//! remembered beside it, so an answer never depends on how far the look went.

use super::error::EngineError;
use crate::intake::{Arrival, is_email};
use crate::store::{Changes, ContactId, MessageId, Store};
use std::collections::{HashMap, HashSet, VecDeque};

/// How many events are looked at ahead.
pub(crate) const LOOK_AHEAD_EVENTS: usize = 512;

/// An event with what the store says of it.
#[derive(Debug)]
pub(super) struct Peeked {
    pub(super) arrival: Arrival,
    /// When it takes its turn: never before one that arrived earlier.
    pub(super) at: i64,
    known: bool,
    /// Whose each of its keys was.
    owners: Vec<Option<ContactId>>,
}

/// Whose an event or row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Owner {
    /// None for somebody new.
    pub(super) contact: Option<ContactId>,
    /// Whether its keys name different contacts.
    pub(super) disputed: bool,
    /// Whether the address among its keys is another contact's.
    pub(super) address_is_anothers: bool,
}

#[derive(Debug, Default)]
pub(super) struct Ahead {
    pending: VecDeque<Peeked>,
    keys: HashMap<String, ContactId>,
    messages: HashSet<MessageId>,
    /// The instant of the last event.
    last_at: i64,
}

impl Ahead {
    /// Takes the next events in, once those looked at are used up. `uncommitted` is what the store does not know yet.
    pub(super) fn refill(
        &mut self,
        store: &mut impl Store,
        arrivals: &mut dyn Iterator<Item = Arrival>,
        uncommitted: &Changes,
    ) -> Result<(), EngineError> {
        if !self.pending.is_empty() {
            return Ok(());
        }
        let next: Vec<Arrival> = arrivals.take(LOOK_AHEAD_EVENTS).collect();
        if next.is_empty() {
            return Ok(());
        }
        self.begin(uncommitted);
        let messages: Vec<MessageId> = next.iter().map(|arrival| arrival.message).collect();
        let keys: Vec<String> = next.iter().flat_map(|arrival| arrival.keys.iter().cloned()).collect();
        let known = store.known_messages(&messages)?;
        let mut owners = store.find_contacts(&keys)?.into_iter();
        for (arrival, known) in next.into_iter().zip(known) {
            let owners = owners.by_ref().take(arrival.keys.len()).collect();
            self.last_at = self.last_at.max(arrival.arrived_at);
            self.pending.push_back(Peeked { at: self.last_at, arrival, known, owners });
        }
        Ok(())
    }

    /// Forgets what the store knows by now, unless an earlier answer still needs it.
    pub(super) fn begin(&mut self, uncommitted: &Changes) {
        if self.pending.is_empty() {
            self.keys.clear();
            self.messages.clear();
        }
        self.keys.extend(uncommitted.keys.iter().cloned());
        self.messages.extend(uncommitted.events.iter().map(|event| event.message));
    }

    /// No later event takes its turn before this instant.
    pub(super) fn not_before(&mut self, at: i64) {
        self.last_at = self.last_at.max(at);
        for peeked in &mut self.pending {
            peeked.at = peeked.at.max(at);
        }
    }

    pub(super) fn first(&self) -> Option<&Peeked> {
        self.pending.front()
    }

    pub(super) fn take(&mut self) -> Option<Peeked> {
        self.pending.pop_front()
    }

    pub(super) fn give_back(&mut self, peeked: Peeked) {
        self.pending.push_front(peeked);
    }

    pub(super) fn is_known(&self, peeked: &Peeked) -> bool {
        peeked.known || self.messages.contains(&peeked.arrival.message)
    }

    pub(super) fn owner_of(&self, peeked: &Peeked) -> Owner {
        self.owner(&peeked.arrival.keys, &peeked.owners)
    }

    /// The contact of the first key that is anybody's.
    pub(super) fn owner(&self, keys: &[String], found: &[Option<ContactId>]) -> Owner {
        let known = |(key, found): (&String, &Option<ContactId>)| found.or_else(|| self.keys.get(key).copied());
        let contact = keys.iter().zip(found).find_map(known);
        let anothers = |pair: (&String, &Option<ContactId>)| known(pair).is_some_and(|owner| Some(owner) != contact);
        let address = |(key, _): &(&String, &Option<ContactId>)| is_email(key);
        Owner {
            contact,
            disputed: keys.iter().zip(found).any(anothers),
            address_is_anothers: keys.iter().zip(found).filter(address).any(anothers),
        }
    }

    /// The keys that are nobody's yet.
    pub(super) fn unowned<'k>(&self, keys: &'k [String], found: &[Option<ContactId>]) -> Vec<&'k String> {
        let free = |(key, found): &(&String, &Option<ContactId>)| found.is_none() && !self.keys.contains_key(*key);
        keys.iter().zip(found).filter(free).map(|(key, _)| key).collect()
    }

    pub(super) fn unowned_of<'p>(&self, peeked: &'p Peeked) -> Vec<&'p String> {
        self.unowned(&peeked.arrival.keys, &peeked.owners)
    }

    pub(super) fn learn_keys<'k>(&mut self, keys: impl IntoIterator<Item = &'k String>, contact: ContactId) {
        for key in keys {
            self.keys.insert(key.clone(), contact);
        }
    }

    pub(super) fn learn_message(&mut self, message: MessageId) {
        self.messages.insert(message);
    }

    /// The contacts of the next events, as far as they are known.
    pub(super) fn contacts(&self) -> impl Iterator<Item = ContactId> + '_ {
        self.pending.iter().filter_map(|peeked| self.owner_of(peeked).contact)
    }
}
