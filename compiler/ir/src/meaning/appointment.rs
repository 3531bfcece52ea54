//! Instants that the calendar of the contact's zone gives: a weekday, a day of the journey, a date that is known of the contact.

use super::layout::{Layout, SlotKind};
use super::workflow::CivilSpan;
use crate::id::SlotId;
use crate::limits::MAX_DURATION_DAYS;
use serde::{Deserialize, Serialize};

/// The hour of a day that none is said for.
pub const USUAL_MINUTE: u16 = 9 * 60;

/// From which minute of a business day to which business is done.
pub const BUSINESS_MINUTES: (u16, u16) = (9 * 60, 17 * 60);

const WEEK_DAYS: u8 = 7;
const DAY_MINUTES: u16 = 24 * 60;

/// Until when a journey waits by the calendar. Minutes are those of the day, in the contact's zone.
///
/// Whatever it is, a wait lasts [`MAX_DURATION_DAYS`] at most; a date that lies farther away is as one that is past, by then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Appointment {
    /// `next monday at 09:00`: the first such instant behind the begin of the wait.
    Weekday {
        /// Monday is 0.
        day: u8,
        /// Of that day.
        minute: u16,
    },
    /// `2026-12-01 at 09:00`: the same for everybody, whenever they come to it.
    OnDay {
        /// Days since 1970-01-01.
        day: i32,
        /// Of that day.
        minute: u16,
    },
    /// `09:00`: the first such instant behind the begin of the wait.
    Clock {
        /// Of a day.
        minute: u16,
    },
    /// `tomorrow at 09:00`.
    Tomorrow {
        /// Of that day.
        minute: u16,
    },
    /// `day 7 at 09:00`: the day of the entry is day 1.
    Day {
        /// From 1.
        number: u16,
        /// Of that day; that of the entry where none is given.
        minute: Option<u16>,
    },
    /// `3 days before renewal_date at 09:00`: follows the field.
    Date {
        /// Of the contact: a day, or an instant.
        slot: SlotId,
        /// How far from it.
        distance: CivilSpan,
        /// Whether it lies before it.
        before: bool,
        /// Of that day; the hour of the instant where none is given.
        minute: Option<u16>,
    },
    /// `2 business days`: so many days that are neither weekend nor holiday, at the hour at which the wait begins.
    BusinessDays(u16),
    /// `4 business hours`: so many hours of [`BUSINESS_MINUTES`] on days that are neither weekend nor holiday.
    BusinessHours(u32),
}

impl Appointment {
    /// The slot of the contact's frame that it follows.
    pub fn slot(&self) -> Option<SlotId> {
        match self {
            Self::Date { slot, .. } => Some(*slot),
            Self::Weekday { .. }
            | Self::OnDay { .. }
            | Self::Clock { .. }
            | Self::Tomorrow { .. }
            | Self::Day { .. }
            | Self::BusinessDays(_)
            | Self::BusinessHours(_) => None,
        }
    }

    /// The minute of a day that it names.
    pub fn minute(&self) -> Option<u16> {
        match *self {
            Self::Weekday { minute, .. }
            | Self::OnDay { minute, .. }
            | Self::Clock { minute }
            | Self::Tomorrow { minute } => Some(minute),
            Self::Day { minute, .. } | Self::Date { minute, .. } => minute,
            Self::BusinessDays(_) | Self::BusinessHours(_) => None,
        }
    }

    /// Whether it counts business days or hours, so that it hangs on holidays.
    pub fn is_business(&self) -> bool {
        matches!(self, Self::BusinessDays(_) | Self::BusinessHours(_))
    }

    /// The same of a contact whose slots have other numbers.
    #[must_use]
    pub fn with_slot(mut self, renumber: impl FnOnce(SlotId) -> SlotId) -> Self {
        if let Self::Date { slot, .. } = &mut self {
            *slot = renumber(*slot);
        }
        self
    }

    /// Whether there are such days, and such hours in them, in a frame of this layout.
    pub fn is_sensible(&self, frame: &Layout) -> bool {
        let is_minute = |minute: &u16| *minute < DAY_MINUTES;
        match self {
            Self::Weekday { day, minute } => *day < WEEK_DAYS && is_minute(minute),
            Self::OnDay { minute, .. } | Self::Clock { minute } | Self::Tomorrow { minute } => is_minute(minute),
            Self::BusinessDays(days) => (1..=MAX_DURATION_DAYS).contains(&i64::from(*days)),
            Self::BusinessHours(hours) => (1..=MAX_DURATION_DAYS * 24).contains(&i64::from(*hours)),
            Self::Day { number, minute } => {
                (1..=MAX_DURATION_DAYS).contains(&i64::from(*number)) && minute.iter().all(is_minute)
            }
            Self::Date { slot, distance, minute, .. } => {
                let kind = frame.slots.get(*slot).map(|slot| slot.kind);
                // A day has no hour to keep, nor one to count from.
                let has_hour = match kind {
                    Some(SlotKind::Days) => minute.is_some() && distance.ms == 0,
                    Some(SlotKind::Int) => minute.is_none() || distance.ms == 0,
                    _ => false,
                };
                has_hour && distance.is_sensible() && minute.iter().all(is_minute)
            }
        }
    }
}
