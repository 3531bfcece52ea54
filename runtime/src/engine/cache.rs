//! Contacts kept in memory between batches, so that a busy one is not read again for each of its events.
//!
//! Nothing depends on who is in it: a contact that is not is read from the store.

use super::contact::Contact;
use super::plan::Plan;
use crate::store::ContactId;
use rustc_hash::FxHashMap;
use std::collections::VecDeque;

/// How many contacts stay loaded after a commit.
pub(crate) const CACHE_CONTACTS: usize = 20_000;

/// How many of those who were forgotten lend their memory to whoever comes: as many as a batch loads, and some more.
const SPARE_CONTACTS: usize = 4 * super::BATCH_ITEMS;

/// Loaded contacts, with a second chance for those used since they were last looked at (the clock algorithm).
#[derive(Debug, Default)]
pub(super) struct Cache {
    contacts: FxHashMap<ContactId, Entry>,
    /// Each loaded contact once, the next to leave first.
    order: VecDeque<ContactId>,
    /// Whoever was forgotten: their memory is that of whoever is loaded next.
    #[expect(
        clippy::vec_box,
        reason = "a contact is lent out, put back and forgotten by its pointer, and is never copied"
    )]
    spare: Vec<Box<Contact>>,
}

#[derive(Debug)]
struct Entry {
    /// None while the engine works on it.
    contact: Option<Box<Contact>>,
    used: bool,
}

impl Cache {
    pub(super) fn contains(&self, id: ContactId) -> bool {
        self.contacts.contains_key(&id)
    }

    pub(super) fn get(&self, id: ContactId) -> Option<&Contact> {
        self.contacts.get(&id)?.contact.as_deref()
    }

    pub(super) fn get_mut(&mut self, id: ContactId) -> Option<&mut Contact> {
        self.contacts.get_mut(&id)?.contact.as_deref_mut()
    }

    /// Lends a contact out, to be put back.
    pub(super) fn take(&mut self, id: ContactId) -> Option<Box<Contact>> {
        self.contacts.get_mut(&id)?.contact.take()
    }

    /// Somebody to be written over by whoever is loaded next.
    pub(super) fn room(&mut self, plan: &Plan) -> Box<Contact> {
        self.spare.pop().unwrap_or_else(|| Box::new(Contact::blank(ContactId(0), plan)))
    }

    pub(super) fn put(&mut self, contact: Box<Contact>) {
        let id = contact.id;
        match self.contacts.get_mut(&id) {
            Some(entry) => (entry.contact, entry.used) = (Some(contact), true),
            None => {
                self.contacts.insert(id, Entry { contact: Some(contact), used: false });
                self.order.push_back(id);
            }
        }
    }

    /// Forgets contacts beyond the limit. Only after a commit: what is forgotten must be in the store.
    pub(super) fn trim(&mut self, limit: usize) {
        while self.contacts.len() > limit {
            let Some(id) = self.order.pop_front() else { return };
            match self.contacts.get_mut(&id) {
                Some(entry) if entry.used => {
                    entry.used = false;
                    self.order.push_back(id);
                }
                _ => {
                    let contact = self.contacts.remove(&id).and_then(|entry| entry.contact);
                    self.spare.extend(contact.filter(|_| self.spare.len() < SPARE_CONTACTS));
                }
            }
        }
    }
}
