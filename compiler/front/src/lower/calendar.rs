//! Calendars of holidays, as they are.

use super::Lowering;

impl Lowering<'_> {
    /// By their names: in which order they are declared says nothing.
    pub(super) fn calendars(&mut self) {
        self.program.calendars = self.typed.calendars.iter().map(|typed| typed.calendar.clone()).collect();
        self.program.calendars.sort_by(|one, other| one.name.cmp(&other.name));
    }
}
