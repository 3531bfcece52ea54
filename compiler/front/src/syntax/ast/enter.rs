//! `enter when P`, `enter by hand`: who comes in, and when.

use super::Predicate;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Enter {
    /// None: by hand.
    pub when: Option<Predicate>,
    pub existing: Option<Existing>,
}

/// What is meant for the people of whom it is true on the first day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Existing {
    NewOnly,
    Including,
}
