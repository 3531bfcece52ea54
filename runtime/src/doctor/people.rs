//! Something for each contact of a window, found by their number.

use crate::store::ContactId;

/// Ascending by number, as contacts are shown.
#[derive(Debug)]
pub(super) struct People<T>(Vec<(ContactId, T)>);

impl<T> Default for People<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> People<T> {
    /// Contacts are shown in order, so the next one comes last.
    pub(super) fn push(&mut self, contact: ContactId, of: T) {
        self.0.push((contact, of));
    }

    pub(super) fn get_mut(&mut self, contact: ContactId) -> Option<&mut T> {
        let place = self.0.binary_search_by_key(&contact, |(id, _)| *id).ok()?;
        self.0.get_mut(place).map(|(_, of)| of)
    }

    /// Everything, for the last time: the window is over.
    pub(super) fn take(&mut self) -> Vec<(ContactId, T)> {
        std::mem::take(&mut self.0)
    }
}
