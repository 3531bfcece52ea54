//! Instants at which something happens by itself: a wait is over, a window opens, silence has lasted long enough.

use super::Engine;
use super::error::EngineError;
use super::react::Cause;
use super::touch::Touch;
use crate::store::{ContactId, Store};
use flow_ir::FOREVER;

impl<S: Store> Engine<S> {
    /// Looks at a contact whose next instant has come.
    pub(super) fn handle_due(&mut self, at: i64, contact: ContactId) -> Result<(), EngineError> {
        let now = self.advance(at);
        let work = |touch: &mut Touch<'_>| {
            touch.due_at = at;
            Cause::Due
        };
        self.touch(Some(contact), now, work).map(drop)
    }
}

impl Touch<'_> {
    /// Notes when the contact must be looked at again.
    ///
    /// After an event only what it concerned was asked, so the instant noted before stands as well. It may have become pointless;
    /// looking then costs little and asks everything anew. That way the instant depends on what is stored alone, not on what
    /// happens to be in memory.
    pub(super) fn reschedule(&mut self, cause: &Cause) {
        let live = self.contact.journeys.iter().filter(|journey| journey.is_live());
        let dues = live.filter_map(|journey| journey.record.due_at);
        let noted = self.contact.next_at.filter(|_| *cause != Cause::Due);
        let next_at = dues.chain(noted).chain([self.next_change]).min().filter(|at| *at < FOREVER);
        if next_at != self.contact.next_at {
            self.contact.next_at = next_at;
            self.contact.dirty = true;
        }
    }
}
