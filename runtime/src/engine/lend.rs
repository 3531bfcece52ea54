//! Contacts in the hands of an item: read before it, brought to rest and put back behind it, written with its batch.

use super::batch::Batch;
use super::contact::Contact;
use super::error::EngineError;
use super::react::Cause;
use super::touch::Touch;
use super::{BATCH_ITEMS, Engine};
use crate::store::{ChangedBy, ContactId, Questions, Store, ToWrite};
use flow_ir::units::DAY_MS;
use std::collections::BTreeSet;
use std::sync::Arc;

/// How many contacts are read at once, of those whom the next events name and of those who fall due.
const LOAD_CONTACTS: usize = BATCH_ITEMS;
/// How many outbox rows that journeys wait for are read at once.
const LOAD_ROWS: usize = BATCH_ITEMS;
/// How far ahead contacts that fall due are loaded together with one that is needed now.
const HORIZON_MS: i64 = DAY_MS;

/// When somebody whom a new version of the program has not looked at yet is looked at, beside an item about them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    /// Before the item, which is news.
    Before,
    /// Behind it, when they are due or news of them comes: what the item says was so before the version came. Of several such items none is judged
    /// without the others.
    Behind,
}

impl<S: Store> Engine<S> {
    /// Does an item's work on a contact (a new one, where none is given), then brings it to rest.
    pub(super) fn touch(
        &mut self,
        owner: Option<ContactId>,
        now: i64,
        work: impl FnOnce(&mut Touch<'_>) -> Cause,
    ) -> Result<ContactId, EngineError> {
        self.touch_when(owner, (now, Look::Before), work)
    }

    /// The same of an item that need not be news. Whoever is to be looked at behind it does not come to rest.
    pub(super) fn touch_when(
        &mut self,
        owner: Option<ContactId>,
        (now, look): (i64, Look),
        work: impl FnOnce(&mut Touch<'_>) -> Cause,
    ) -> Result<ContactId, EngineError> {
        let mut contact = self.lend_or_make(owner, look)?;
        let (id, was_due) = (contact.id, contact.next_at);
        let (keys, joined) = (self.batch.changes.keys.len(), self.batch.changes.joined.len());
        let plan = Arc::clone(&self.plan);
        let mut touch = Touch::new((&plan, &*self.backend), &mut self.batch, &mut self.outbox, &mut contact, now);
        let cause = work(&mut touch);
        touch.note_changes(ChangedBy::default());
        if !touch.contact.outdated {
            touch.react(&cause);
            touch.let_out();
            touch.reschedule(&cause);
        }
        self.batch.take_failure()?;
        self.keep(contact, was_due);
        let changes = &self.batch.changes;
        let (keys, joined) =
            (changes.keys.get(keys..).unwrap_or_default(), changes.joined.get(joined..).unwrap_or_default());
        joined.iter().for_each(|(id, into)| self.outbox.move_contact(*id, *into));
        self.ahead.learn(keys, joined);
        Ok(id)
    }

    /// Puts a contact back after an item.
    pub(super) fn keep(&mut self, contact: Box<Contact>, was_due: Option<i64>) {
        self.due.move_to(contact.id, was_due, contact.next_at);
        if contact.needs_writing() {
            self.dirty.push(contact.id);
        }
        self.cache.put(contact);
    }

    /// The contact of this number, to be put back; or a new one.
    fn lend_or_make(&mut self, id: Option<ContactId>, look: Look) -> Result<Box<Contact>, EngineError> {
        match id {
            Some(id) => self.lend_when(id, look),
            None => Ok(Box::new(Contact::blank(self.batch.next_contact(), &self.plan))),
        }
    }

    pub(super) fn lend(&mut self, id: ContactId) -> Result<Box<Contact>, EngineError> {
        self.lend_when(id, Look::Before)
    }

    pub(super) fn lend_when(&mut self, id: ContactId, look: Look) -> Result<Box<Contact>, EngineError> {
        self.load_with_next(id)?;
        self.load_rows(id)?;
        let mut contact = self.cache.take(id).ok_or_else(|| taken_twice(id))?;
        if look == Look::Before && std::mem::take(&mut contact.outdated) {
            self.look_again(&mut contact)?;
        }
        Ok(contact)
    }

    /// A contact as they are, whether or not a new version has looked at them: for what no look changes.
    pub(super) fn peek(&mut self, id: ContactId) -> Result<&Contact, EngineError> {
        self.load_with_next(id)?;
        self.cache.get(id).ok_or_else(|| taken_twice(id))
    }

    fn load_with_next(&mut self, id: ContactId) -> Result<(), EngineError> {
        if self.cache.contains(id) {
            return Ok(());
        }
        let ids = self.next_contacts(id);
        self.load(&ids)
    }

    /// A contact with those whom the next items are about, as far as that is known.
    fn next_contacts(&self, id: ContactId) -> Vec<ContactId> {
        let mut ids = vec![id];
        ids.extend(self.ahead.contacts().take(LOAD_CONTACTS));
        let horizon = self.now().0.saturating_add(HORIZON_MS);
        ids.extend(self.due.until(horizon).take(LOAD_CONTACTS));
        ids.extend(self.outbox.next_contacts(horizon).take(LOAD_CONTACTS));
        ids
    }

    /// Reads the outbox rows that a contact's journeys wait for, with those of the next ones, unless all of them are in memory.
    fn load_rows(&mut self, id: ContactId) -> Result<(), EngineError> {
        let missing = |id: ContactId| {
            let rows = self.cache.get(id).into_iter().flat_map(Contact::outbox_rows);
            rows.filter(|row| self.outbox.is_elsewhere(*row))
        };
        if missing(id).next().is_none() {
            return Ok(());
        }
        let rows: BTreeSet<u64> = self.next_contacts(id).into_iter().flat_map(missing).take(LOAD_ROWS).collect();
        let questions = Questions { rows: rows.into_iter().collect(), ..Questions::default() };
        let rows = self.store.ask(&questions)?.rows.into_iter().flatten().collect();
        self.outbox.learn_rows(rows, &self.batch.changes.joined);
        Ok(())
    }

    /// Reads those contacts that are not loaded.
    pub(super) fn load(&mut self, ids: &[ContactId]) -> Result<(), EngineError> {
        let missing: BTreeSet<ContactId> = ids.iter().copied().filter(|id| !self.cache.contains(*id)).collect();
        if missing.is_empty() {
            return Ok(());
        }
        let Engine { store, cache, plan, opened_at, outdated, .. } = self;
        let mut fits = Ok(());
        let missing: Vec<ContactId> = missing.into_iter().collect();
        store.show(&missing, &mut |stored| {
            let mut contact = cache.room(plan);
            let look_at = outdated.is_outdated(stored.id(), stored.layout()).then_some(*opened_at);
            match contact.become_stored(&stored, plan, look_at)? {
                Ok(()) => cache.put(contact),
                // Of several any says what is wrong.
                Err(error) => fits = Err(error),
            }
            Ok(())
        })?;
        fits
    }
}

fn taken_twice(id: ContactId) -> EngineError {
    EngineError::Fault { problem: format!("contact {} was taken twice", id.0) }
}

/// Puts a contact into the batch as they are now. What is only recorded of somebody is no look at them: they stay of the version that has
/// looked.
pub(super) fn write_contact(contact: &mut Contact, batch: &mut Batch) {
    batch.changes.contacts.write(ToWrite {
        id: contact.id,
        layout: contact.layout,
        frame: &contact.frame,
        texts: contact.texts_dirty.then_some(&contact.texts),
        next_at: contact.next_at,
        newest: contact.newest,
        journeys: contact.journeys.iter().map(|journey| &journey.record),
        held: &contact.held,
        said_at: &contact.said_at,
    });
    (contact.dirty, contact.texts_dirty) = (false, false);
    contact.journeys.iter_mut().for_each(|journey| journey.dirty = false);
}
