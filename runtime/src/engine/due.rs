//! Who is next: the instants at which contacts may change by themselves, in memory, rebuilt from the store at start.

use super::error::EngineError;
use crate::store::{ContactId, Store};
use std::collections::{BTreeMap, BTreeSet};

/// Contacts by their next instant, then by number. A contact stands in it once, with the instant it carries itself.
#[derive(Debug, Default)]
pub(super) struct DueQueue {
    entries: BTreeSet<(i64, ContactId)>,
}

impl DueQueue {
    pub(super) fn load(store: &mut impl Store) -> Result<DueQueue, EngineError> {
        let mut entries = Vec::new();
        let mut after = None;
        loop {
            let page = store.due_contacts(after)?;
            let Some((last, _)) = page.last() else { break };
            after = Some(*last);
            entries.extend(page.into_iter().map(|(contact, at)| (at, contact)));
        }
        Ok(DueQueue { entries: entries.into_iter().collect() })
    }

    /// The instants of everyone in it.
    pub(super) fn by_contact(&self) -> BTreeMap<ContactId, i64> {
        self.entries.iter().map(|(at, contact)| (*contact, *at)).collect()
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
