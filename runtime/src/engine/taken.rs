//! What the owner of a slot takes up from its store before the first item: known messages, everybody's next instant, the outbox.

use super::due::DueQueue;
use super::outdated::Outdated;
use crate::store::{DueContact, MessageId, OutboxRecord, SlotSink};

/// Takes in what the owner of a slot must hold.
#[derive(Default)]
pub(super) struct Taken {
    pub(super) messages: Vec<MessageId>,
    pub(super) contacts: Vec<DueContact>,
    pub(super) outbox: Vec<OutboxRecord>,
}

impl SlotSink for Taken {
    fn messages(&mut self, newest: Vec<MessageId>) {
        self.messages = newest;
    }

    fn contacts(&mut self, page: &[DueContact]) {
        self.contacts.extend_from_slice(page);
    }

    fn outbox(&mut self, page: Vec<OutboxRecord>) {
        self.outbox.extend(page);
    }
}

impl Taken {
    /// The next instant of everybody whom this version of the program has seen; the others come in once it is known who of them must be looked at.
    pub(super) fn due_queue(&self, outdated: &Outdated) -> DueQueue {
        let seen = self.contacts.iter().filter(|contact| !outdated.is_outdated(contact.id, contact.layout));
        DueQueue::new(seen.filter_map(|contact| Some((contact.next_at?, contact.id))))
    }
}
