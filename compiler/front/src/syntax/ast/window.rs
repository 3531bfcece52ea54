//! `send on weekdays from 09:00 to 17:00 in contact timezone`.

use super::Name;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Window {
    /// As written: `weekdays`, `monday`.
    pub days: Vec<Name>,
    /// As written: `09:00`.
    pub from: Option<Name>,
    pub to: Option<Name>,
}
