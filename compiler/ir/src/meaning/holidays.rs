//! `calendar germany for country is "DE" { .. }`: the days on which no business is done, of a country or of everybody else.
//!
//! They hold for everybody at once, as a policy does: business days and hours count none of them, and they are no weekdays of a window.

use super::FieldType;
use super::Meaning;
use crate::id::FieldId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The field of the contact that says whose holidays are theirs.
pub const COUNTRY_FIELD: &str = "country";

/// Days from one to another, both included, in days since 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct DaySpan {
    /// From its midnight on, at home.
    pub first_day: i32,
    /// To the midnight at its end.
    pub last_day: i32,
}

impl DaySpan {
    /// Whether a day is one of them.
    pub fn contains(&self, day: i32) -> bool {
        (self.first_day..=self.last_day).contains(&day)
    }

    /// Whether it ends before it begins.
    pub fn is_backwards(&self) -> bool {
        self.last_day < self.first_day
    }
}

/// The holidays of some countries; of everybody who has none of their own where it names no country.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HolidayCalendar {
    /// As declared.
    pub name: String,
    /// By their codes, as contacts have them: `DE`.
    pub countries: Vec<String>,
    /// In their order; none meets another.
    pub days: Vec<DaySpan>,
}

impl HolidayCalendar {
    /// What is wrong with its days, if anything is.
    fn fault(&self) -> Option<String> {
        if self.days.iter().any(DaySpan::is_backwards) {
            return Some(format!("days of `{}` end before they begin", self.name));
        }
        let meet = self.days.array_windows().any(|[one, next]| next.first_day <= one.last_day);
        meet.then(|| format!("a day of `{}` stands in it twice, or out of order", self.name))
    }
}

impl Meaning {
    /// The field that says whose holidays are theirs; none where the project has no such field of countries.
    pub fn country_field(&self) -> Option<FieldId> {
        self.fields.find(|field| field.ty == FieldType::Country && field.name == COUNTRY_FIELD)
    }

    /// What is wrong with its calendars, if anything is.
    pub fn fault_of_calendars(&self) -> Option<String> {
        let mut seen = BTreeSet::new();
        for calendar in &self.calendars {
            if let Some(fault) = calendar.fault() {
                return Some(fault);
            }
            if !calendar.countries.is_empty() && self.country_field().is_none() {
                return Some(format!("`{}` is of a country, and contacts have none", calendar.name));
            }
            let mut owners: Vec<Option<&str>> = calendar.countries.iter().map(|code| Some(code.as_str())).collect();
            if owners.is_empty() {
                owners.push(None);
            }
            if !owners.into_iter().all(|owner| seen.insert(owner)) {
                return Some(format!("`{}` is a second calendar of the same people", calendar.name));
            }
        }
        None
    }
}
