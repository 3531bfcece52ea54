//! The days on which somebody's country does no business, as a calendar of the program lists them.

use super::civil;
use flow_ir::DaySpan;
use jiff::civil::Date;

/// Days that are no business days, whatever weekday they are: in their order, none of them twice.
#[derive(Debug, Clone, Copy, Default)]
pub struct Holidays<'p>(&'p [DaySpan]);

impl<'p> Holidays<'p> {
    /// Of nobody's calendar.
    pub const NONE: Holidays<'static> = Holidays(&[]);

    /// Those of a calendar.
    pub fn new(days: &'p [DaySpan]) -> Holidays<'p> {
        Holidays(days)
    }

    /// Whether a day is one of them.
    pub(super) fn contain(self, date: Date) -> bool {
        if self.0.is_empty() {
            return false;
        }
        let day = civil::days_since_epoch(date);
        let next = self.0.partition_point(|span| span.last_day < day);
        self.0.get(next).is_some_and(|span| span.contains(day))
    }

    /// How many of them there are.
    pub(super) fn number(self) -> i32 {
        self.0
            .iter()
            .map(|span| span.last_day.saturating_sub(span.first_day).saturating_add(1))
            .fold(0, i32::saturating_add)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_day_is_found_among_stretches() {
        // From 2026-04-03 to 2026-04-06, and 2026-05-01.
        let days = [DaySpan { first_day: 20_546, last_day: 20_549 }, DaySpan { first_day: 20_574, last_day: 20_574 }];
        let holidays = Holidays::new(&days);
        let is_one = |day: &str| holidays.contain(day.parse().unwrap());
        for day in ["2026-04-03", "2026-04-05", "2026-04-06", "2026-05-01"] {
            assert!(is_one(day), "{day}");
        }
        for day in ["2026-04-02", "2026-04-07", "2026-04-30", "2026-05-02", "1969-12-31", "9999-12-31", "-009999-01-02"]
        {
            assert!(!is_one(day), "{day}");
        }
        assert_eq!((holidays.number(), Holidays::NONE.number()), (5, 0));
        assert!(!Holidays::NONE.contain("2026-04-03".parse().unwrap()));
    }
}
