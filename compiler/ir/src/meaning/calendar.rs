//! The calendar of the contact's zone: what the host alone can say, since a program knows no zones.
//!
//! `renewal_date < today + 30 days` becomes true at one instant, the beginning of a day at home. So days are not counted as they pass: the
//! program asks when a day begins, and compares that with the instant at hand. From the same comes the next change, and nothing is polled.

use super::workflow::SendWindow;
use serde::{Deserialize, Serialize};

/// A question to the calendar of the contact's zone. It takes an integer and gives one, the same at every time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Calendar {
    /// From a day, counted from 1970-01-01, to the instant at which it begins. Beyond the calendar it has begun, or never does.
    DayBegins,
    /// From an instant to the day in which it lies.
    DayOf,
    /// From an instant to the end of its week; weeks begin on Monday.
    WeekEnds,
    /// From an instant to the end of its month.
    MonthEnds,
    /// From an instant to 1 where clocks show one of these hours of these days, else to 0.
    Shows(SendWindow),
    /// From an instant to the next at which that changes; [`FOREVER`](crate::FOREVER) where it never does.
    Turns(SendWindow),
}

/// How many bits the number of the question takes in its code, and each part of its hours.
const KIND_BITS: u32 = 3;
const DAYS_BITS: u32 = 7;
const MINUTE_BITS: u32 = 11;

impl Calendar {
    /// It as one word, for whoever can hand over no more.
    pub fn code(self) -> u32 {
        let hours = |window: SendWindow| {
            let minutes = u32::from(window.from_min) | u32::from(window.to_min) << MINUTE_BITS;
            (u32::from(window.days) | minutes << DAYS_BITS) << KIND_BITS
        };
        match self {
            Self::DayBegins => 0,
            Self::DayOf => 1,
            Self::WeekEnds => 2,
            Self::MonthEnds => 3,
            Self::Shows(window) => 4 | hours(window),
            Self::Turns(window) => 5 | hours(window),
        }
    }

    /// The question that has this code; none where none has.
    pub fn of_code(code: u32) -> Option<Self> {
        let part = |from: u32, bits: u32| code >> from & ((1 << bits) - 1);
        let minute = |from| u16::try_from(part(from, MINUTE_BITS)).ok();
        let window = || {
            let days = u8::try_from(part(KIND_BITS, DAYS_BITS)).ok()?;
            let from_min = minute(KIND_BITS + DAYS_BITS)?;
            let to_min = minute(KIND_BITS + DAYS_BITS + MINUTE_BITS)?;
            Some(SendWindow { days, from_min, to_min })
        };
        Some(match part(0, KIND_BITS) {
            0 => Self::DayBegins,
            1 => Self::DayOf,
            2 => Self::WeekEnds,
            3 => Self::MonthEnds,
            4 => Self::Shows(window()?),
            5 => Self::Turns(window()?),
            _ => return None,
        })
    }

    /// The hours it asks about, where it does.
    pub fn window(self) -> Option<SendWindow> {
        match self {
            Self::Shows(window) | Self::Turns(window) => Some(window),
            Self::DayBegins | Self::DayOf | Self::WeekEnds | Self::MonthEnds => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Calendar, SendWindow};

    #[test]
    fn a_code_is_read_as_what_it_was_made_of() {
        let windows = [(1, 0, 0), (127, 1439, 1440), (31, 540, 1020)];
        let windows = windows.map(|(days, from_min, to_min)| SendWindow { days, from_min, to_min });
        let asked = windows.into_iter().flat_map(|window| [Calendar::Shows(window), Calendar::Turns(window)]);
        let others = [Calendar::DayBegins, Calendar::DayOf, Calendar::WeekEnds, Calendar::MonthEnds];
        for calendar in asked.chain(others) {
            assert_eq!(Calendar::of_code(calendar.code()), Some(calendar));
        }
        assert_eq!(Calendar::of_code(7), None);
    }
}
