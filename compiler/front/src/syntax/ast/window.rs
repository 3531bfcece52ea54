//! `send on weekdays from 09:00 to 17:00 in contact timezone`.

use super::Name;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Window {
    pub days: Vec<Days>,
    /// As written: `09:00`.
    pub from: Option<Name>,
    pub to: Option<Name>,
}

/// Days of the week, as grammar/flow.pest has them in its rule `day`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Days {
    Weekdays,
    Weekends,
    EveryDay,
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

impl Days {
    pub(crate) const ALL: [Self; 10] = [
        Self::Weekdays,
        Self::Weekends,
        Self::EveryDay,
        Self::Monday,
        Self::Tuesday,
        Self::Wednesday,
        Self::Thursday,
        Self::Friday,
        Self::Saturday,
        Self::Sunday,
    ];

    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Weekdays => "weekdays",
            Self::Weekends => "weekends",
            Self::EveryDay => "every day",
            Self::Monday => "monday",
            Self::Tuesday => "tuesday",
            Self::Wednesday => "wednesday",
            Self::Thursday => "thursday",
            Self::Friday => "friday",
            Self::Saturday => "saturday",
            Self::Sunday => "sunday",
        }
    }

    pub(crate) fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|days| days.word() == word)
    }
}
