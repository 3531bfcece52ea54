//! Who is next: the instants at which contacts may change by themselves, in memory, rebuilt from the store at start.

use crate::store::ContactId;
use std::collections::BTreeSet;

/// Contacts by their next instant, then by number. A contact stands in it once, with the instant it carries itself.
#[derive(Debug, Default)]
pub(super) struct DueQueue {
    entries: BTreeSet<(i64, ContactId)>,
}

impl DueQueue {
    /// From everybody's next instant.
    pub(super) fn new(entries: impl IntoIterator<Item = (i64, ContactId)>) -> DueQueue {
        DueQueue { entries: entries.into_iter().collect() }
    }

    pub(super) fn first(&self) -> Option<(i64, ContactId)> {
        self.entries.first().copied()
    }

    /// The next ones, in order, up to an instant.
    pub(super) fn until(&self, until: i64) -> impl Iterator<Item = ContactId> + '_ {
        self.entries.range(..=(until, ContactId(u64::MAX))).map(|(_, contact)| *contact)
    }

    pub(super) fn move_to(&mut self, contact: ContactId, from: Option<i64>, to: Option<i64>) {
        if from == to {
            return;
        }
        if let Some(from) = from {
            self.entries.remove(&(from, contact));
        }
        if let Some(to) = to {
            self.entries.insert((to, contact));
        }
    }
}
