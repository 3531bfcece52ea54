//! Whether a condition holds, by looking through everything that is known.

use super::journey::Journey;
use super::person::{Person, What};
use crate::world::people::{DAY, HOUR};
use crate::world::program::{Cond, Period, Test};

/// Where a condition is asked.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Place<'a> {
    /// When.
    pub(super) now: i64,
    /// Since entry: the log, and the instant whose hour before still counts.
    pub(super) since: Option<(u64, i64)>,
    /// The log at the beginning of the wait.
    pub(super) from: Option<u64>,
    /// The journey.
    pub(super) journey: Option<&'a Journey>,
    /// As if this workflow's steps since this instant had not been.
    pub(super) without: Option<(usize, i64)>,
}

/// The condition of a segment.
pub(super) fn segment(place: usize) -> Cond {
    match place {
        0 => Cond::Happened(Test { event: 1, value: Some(0) }, 2, Period::Days(7)),
        1 => Cond::And(vec![Cond::ScoreAtLeast(20), Cond::IsNot("disqualified")]),
        2 => Cond::Inactive(4),
        _ => Cond::Happened(Test { event: 6, value: None }, 1, Period::Ever),
    }
}

fn is_of(test: &Test, what: &What) -> bool {
    match what {
        What::Did(event, value) => *event == test.event && (test.value.is_none() || test.value == *value),
        What::Other => false,
    }
}

/// Whether an event is the one that a test names.
pub(super) fn matches(test: &Test, what: &What) -> bool {
    is_of(test, what)
}

impl Person {
    /// Whether it holds.
    pub(super) fn holds(&self, condition: &Cond, place: Place<'_>) -> bool {
        let without = place.without;
        match condition {
            Cond::Is(field) => self.flag(field, without),
            Cond::IsNot(field) => !self.flag(field, without),
            Cond::StageAtLeast(stage) => self.stage(without) >= *stage,
            Cond::ScoreAtLeast(score) => self.score(without) >= *score,
            Cond::SeatsAtLeast(seats) => self.number("seats", without).is_some_and(|known| known >= i64::from(*seats)),
            Cond::Industry => matches!(self.text("industry"), Some("saas" | "fintech")),
            Cond::Happened(test, count, period) => self.count(test, period, place) >= *count as usize,
            Cond::None(test, days) => {
                place.now - self.known_since() >= i64::from(*days) * DAY
                    && self.count(test, &Period::Days(*days), place) == 0
            }
            Cond::Inactive(days) => self.is_inactive(*days, place.now),
            Cond::Mail(did, mail) => place.journey.is_some_and(|journey| journey.told.contains(&(*did, *mail))),
            Cond::Sent(mail) => place.journey.is_some_and(|journey| journey.sent.iter().any(|sent| sent.mail == *mail)),
            Cond::NotSent(mail) => !self.holds(&Cond::Sent(*mail), place),
            Cond::TimedOut => place.journey.is_some_and(|journey| journey.timed_out),
            Cond::Tagged => self.flag("vip", without),
            Cond::Segment(number) => self.holds(&segment(*number), place),
            // In no world that this reads.
            Cond::Wider(_) => false,
            Cond::And(parts) => parts.iter().all(|part| self.holds(part, place)),
            Cond::Or(parts) => parts.iter().any(|part| self.holds(part, place)),
        }
    }

    fn count(&self, test: &Test, period: &Period, place: Place<'_>) -> usize {
        let since = |after: Option<u64>, not_before: i64, seq: u64, occurred: i64| {
            after.is_some_and(|after| seq > after) && occurred >= not_before
        };
        let hour_before = place.since.map_or(0, |(_, at)| at - HOUR);
        let counts = |seq: u64, occurred: i64| match period {
            Period::Days(days) => occurred > place.now - i64::from(*days) * DAY && occurred <= place.now,
            Period::Ever => true,
            Period::Bare => since(place.since.map(|(seq, _)| seq), hour_before, seq, occurred),
            Period::FromNow => since(place.from, hour_before, seq, occurred),
        };
        self.history.iter().filter(|one| is_of(test, &one.what) && counts(one.seq, one.occurred)).count()
    }
}
