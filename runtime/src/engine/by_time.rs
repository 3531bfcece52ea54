//! What time alone has brought about before an item that is no trigger.
//!
//! What history or a file makes true was true already, and nobody enters by it. What had become true before such an item came, at an instant at
//! which nobody looked, is a change of its own: the item leaves it to that instant, which comes behind whatever has arrived (E1).

use super::plan::{Becoming, Plan};
use super::touch::{Seen, Touch};
use std::collections::BTreeSet;

/// By their places in the plan's lists.
#[derive(Debug, Default)]
pub(super) struct ByTime {
    /// Segments that somebody has entered or left.
    segments: BTreeSet<usize>,
    /// Entries that have become true.
    entries: BTreeSet<usize>,
}

impl Touch<'_> {
    /// Notes it, before the item changes anything.
    pub(super) fn note_by_time(&mut self) {
        if self.contact.next_at.is_none_or(|at| at > self.now) {
            return;
        }
        let plan: &Plan = self.plan;
        let segments = self.contact.pending.segments.due(self.now);
        let segments = segments.filter(|place| self.is_crossed(*place)).collect();
        let timed: Vec<usize> = match self.contact.entry_instants.known() {
            Some(instants) => instants.due(self.now).collect(),
            None => plan.becoming_timed.clone(),
        };
        let has_become = |place: &usize| plan.becoming.get(*place).is_some_and(|entry| self.has_become(entry));
        let entries = timed.into_iter().filter(has_become).collect();
        self.by_time = ByTime { segments, entries };
    }

    fn has_become(&self, entry: &Becoming) -> bool {
        let blank = Seen::Blank(&self.plan.workflow(entry.workflow).blank);
        !self.contact.is(self.plan, entry.was) && self.ask(entry.when, blank, 0).holds
    }

    /// Whether an item that is no trigger leaves a segment, which is not what was kept of it, to its own instant.
    pub(super) fn leaves_segment_to_time(&mut self, place: usize) -> bool {
        let leaves = self.importing && self.by_time.segments.contains(&place);
        self.is_due_at_once(leaves)
    }

    /// The same of an entry that holds.
    pub(super) fn leaves_entry_to_time(&mut self, place: usize, entry: &Becoming) -> bool {
        let leaves = self.by_time.entries.contains(&place) && !self.contact.is(self.plan, entry.was);
        self.is_due_at_once(leaves)
    }

    fn is_due_at_once(&mut self, leaves: bool) -> bool {
        if leaves {
            self.next_change = self.next_change.min(self.now);
        }
        leaves
    }
}
