//! What the owner of a slot takes up from its store before the first item: known messages, everybody's next instant, the outbox.

use super::due::DueQueue;
use super::version;
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
    /// Everybody's next instant; whom this version of the program has not seen is due at once.
    pub(super) fn due_queue(&self, version: u32, now: i64) -> DueQueue {
        let due = |contact: &DueContact| {
            let is_outdated = contact.layout < version;
            if is_outdated { Some(version::due(contact.next_at, now)) } else { contact.next_at }
        };
        DueQueue::new(self.contacts.iter().filter_map(|contact| Some((due(contact)?, contact.id))))
    }
}
