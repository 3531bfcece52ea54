//! `enter when P`, `enter 30 days before renewal_date`, `enter by hand`: who comes in, and when.

use super::{Duration, Name, Predicate, Side};
use crate::source::Span;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Enter {
    /// At which dates; at others than these none is given.
    pub dates: Option<Box<Dates>>,
    /// What must hold; none of it, and no date: by hand.
    pub when: Option<Predicate>,
    pub existing: Option<Existing>,
}

/// What is meant for the people of whom it is true on the first day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Existing {
    NewOnly,
    Including,
}

/// `30 days before renewal_date at 09:00`, `everyone in customers every monday at 09:00`
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Dates {
    pub of: DatesOf,
    /// As written: `09:00`.
    pub at: Option<Name>,
    /// Without the condition behind it.
    pub span: Span,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum DatesOf {
    Field {
        /// How far from it, and where; on the day itself where none is given.
        far: Option<(Duration, Side)>,
        field: Name,
        yearly: bool,
        at_once: bool,
    },
    Schedule {
        segment: Name,
        days: ScheduledDays,
        /// `in contact timezone`
        at_home: bool,
    },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ScheduledDays {
    /// As written: `2026-12-01`.
    On(Name),
    /// `every 2nd tuesday`: which of the month, as written, and the day of the week.
    Every { nth: Option<Name>, weekday: Name },
}
