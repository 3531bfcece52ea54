//! `wait D`, `wait D when P, otherwise D`, `wait until P up to D, otherwise { … }` and `wait until 2026-12-01 at 09:00, if past { … }`.

use super::{Days, Duration, Name, Predicate, Side, Step, StepNode};
use crate::source::Span;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Wait {
    For(Duration),
    Until {
        until: Box<Predicate>,
        /// The deadline; without one the wait could last for ever, which the checker refuses.
        up_to: Option<Duration>,
        /// What comes when the deadline has passed, with its place: from `otherwise` to the closing brace.
        otherwise: Option<(Vec<Step>, Span)>,
    },
    /// Of business days or hours alone.
    Business(Duration),
    /// As long as a condition says.
    When {
        long: Duration,
        when: Box<Predicate>,
        otherwise: Duration,
    },
    /// Until an instant by the calendar.
    On {
        until: Appointment,
        /// The hour, as written: `09:00`.
        clock: Option<Name>,
        /// What comes where that is past, with its place: from `if` to the closing brace.
        past: Option<(Vec<Step>, Span)>,
    },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Appointment {
    /// `next monday`
    Weekday { day: Days, at: Span },
    /// `2026-12-01`
    OnDay(Name),
    /// `09:00`
    Clock(Name),
    /// `tomorrow`
    Tomorrow(Span),
    /// `day 7`: the number as written, and the place of both.
    Day { number: String, at: Span },
    /// `3 days before renewal_date`, or `renewal_date` alone.
    Date { distance: Option<(Duration, Side)>, field: Name },
}

impl StepNode for Wait {
    fn blocks(&self) -> Vec<&[Step]> {
        match self {
            Self::Until { otherwise: Some((steps, _)), .. } | Self::On { past: Some((steps, _)), .. } => vec![steps],
            Self::For(_) | Self::Business(_) | Self::When { .. } | Self::Until { .. } | Self::On { .. } => Vec::new(),
        }
    }

    /// Each length is one.
    fn stands_for(&self) -> usize {
        if matches!(self, Self::When { .. }) { 2 } else { 1 }
    }
}
