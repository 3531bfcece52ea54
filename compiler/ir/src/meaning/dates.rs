//! Entries at a date: one that a field of the contact's holds, each year of it, or one of the calendar.
//!
//! When somebody comes in is an instant of their own, which the engine works out and keeps in their frame, so nobody looks over those who are still to
//! come.

use super::Meaning;
use super::workflow::CivilSpan;
use crate::id::{FieldId, SegmentId};
use crate::print::span_words;
use serde::{Deserialize, Serialize};

const DAY_MINUTES: u16 = 24 * 60;
/// Days of the week.
const WEEK_DAYS: u8 = 7;
/// A month has four of each weekday, and some have a fifth.
pub const MAX_NTH: u8 = 4;

/// The instants at which people come in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Dates {
    /// Each contact's own: once for each value, or for each year.
    Field(FieldDate),
    /// Those of everybody in a segment, once for each occurrence.
    Schedule(Schedule),
}

/// `30 days before renewal_date at 09:00`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldDate {
    /// A date or a moment.
    pub field: FieldId,
    /// How far from it.
    pub span: CivilSpan,
    /// Before it, and not after it.
    pub before: bool,
    /// Minutes of the day, at home; none of a moment at whose own time it is.
    pub at_min: Option<u16>,
    /// In every year from then on.
    pub yearly: bool,
    /// Whoever is late comes in at once.
    pub at_once: bool,
}

/// `everyone in customers every 2nd tuesday at 09:00`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schedule {
    /// Who comes in.
    pub among: SegmentId,
    /// On which days.
    pub day: ScheduleDay,
    /// Minutes of the day.
    pub at_min: u16,
    /// By the clocks of each contact, not of the project.
    pub at_home: bool,
}

/// The days of a schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ScheduleDay {
    /// One, in days since 1970-01-01.
    On(i64),
    /// Each of a weekday, Monday being 0.
    Every(u8),
    /// The month's first to fourth of a weekday.
    Nth(u8, u8),
    /// The month's last of a weekday.
    Last(u8),
}

impl Dates {
    /// Whether there are such times and days.
    pub fn is_sensible(&self) -> bool {
        match self {
            Self::Field(date) => date.span.is_sensible() && date.at_min.is_none_or(|at| at < DAY_MINUTES),
            Self::Schedule(schedule) => {
                let days = match schedule.day {
                    ScheduleDay::On(_) => true,
                    ScheduleDay::Every(day) | ScheduleDay::Last(day) => day < WEEK_DAYS,
                    ScheduleDay::Nth(nth, day) => (1..=MAX_NTH).contains(&nth) && day < WEEK_DAYS,
                };
                days && schedule.at_min < DAY_MINUTES
            }
        }
    }

    /// In words that mean the same in every version.
    pub fn words(&self, meaning: &Meaning) -> String {
        match self {
            Self::Field(date) => {
                let field = meaning.fields.get(date.field).map_or("?", |field| field.name.as_str());
                let span = match (date.span == CivilSpan::default(), date.before) {
                    (true, _) => "on".to_owned(),
                    (false, true) => format!("{} before", span_words(date.span)),
                    (false, false) => format!("{} after", span_words(date.span)),
                };
                let yearly = if date.yearly { " every year" } else { "" };
                let at = date.at_min.map(|at| format!(" at {}", clock(at))).unwrap_or_default();
                let at_once = if date.at_once { " or at once" } else { "" };
                format!("{span} {field}{yearly}{at}{at_once}")
            }
            Self::Schedule(schedule) => {
                let among = meaning.segments.get(schedule.among).map_or("?", |segment| segment.name.as_str());
                let day = match schedule.day {
                    ScheduleDay::On(day) => format!("on day {day}"),
                    ScheduleDay::Every(day) => format!("every weekday {day}"),
                    ScheduleDay::Nth(nth, day) => format!("every weekday {day}, number {nth} of the month"),
                    ScheduleDay::Last(day) => format!("every weekday {day}, the last of the month"),
                };
                let home = if schedule.at_home { " at home" } else { "" };
                format!("{among} {day} at {}{home}", clock(schedule.at_min))
            }
        }
    }
}

fn clock(minutes: u16) -> String {
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}
