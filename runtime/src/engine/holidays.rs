//! Whose holidays are whose: those of the country that is known of somebody, else those of the calendar that names none.
//!
//! A business day that somebody waits for is computed anew when their country changes, and a mail that is held is asked for anew: no other thing of
//! theirs hangs on it.

use super::plan::Plan;
use super::touch::Touch;
use crate::store::{JourneyStatus, Texts};
use crate::time::{Holidays, Instant, civil};
use flow_ir::{Appointment, DaySpan, Id, Program, TextId, Wait, Workflow};
use std::collections::BTreeMap;

/// The calendars of a program, by who has them.
#[derive(Debug, Default)]
pub(super) struct Calendars {
    /// Where a contact's country stands; none where no calendar asks for it.
    country: Option<TextId>,
    of_country: BTreeMap<String, Vec<DaySpan>>,
    of_others: Vec<DaySpan>,
}

impl Calendars {
    pub(super) fn of(program: &Program) -> Calendars {
        let mut calendars = Calendars::default();
        for calendar in &program.calendars {
            let countries = calendar.countries.iter().map(|country| (country.clone(), calendar.days.clone()));
            calendars.of_country.extend(countries);
            if calendar.countries.is_empty() {
                calendars.of_others.clone_from(&calendar.days);
            }
        }
        let field = program.country_field().filter(|_| !calendars.of_country.is_empty());
        calendars.country = field.and_then(|field| program.fields.at(field).text);
        calendars
    }

    /// Where the country stands on which something of a workflow hangs.
    pub(super) fn country_of(&self, workflow: &Workflow) -> Option<TextId> {
        let is_business = |wait: &Wait| wait.appointment().is_some_and(|appointment| appointment.is_business());
        let hangs = workflow.not_on_holidays != 0 || workflow.waits.values().any(is_business);
        self.country.filter(|_| hangs)
    }

    fn holidays(&self, texts: &Texts) -> Holidays<'_> {
        let country = self.country.and_then(|text| texts.get(text.index()));
        Holidays::new(country.and_then(|country| self.of_country.get(country)).unwrap_or(&self.of_others))
    }
}

impl Plan {
    /// The holidays of whoever has these texts.
    pub(super) fn holidays(&self, texts: &Texts) -> Holidays<'_> {
        self.calendars.holidays(texts)
    }

    /// The holidays of the project itself, which its own people have.
    pub(super) fn holidays_of_project(&self) -> Holidays<'_> {
        Holidays::new(&self.calendars.of_others)
    }

    /// The change of the country by which people have their holidays.
    pub(super) fn country_change(&self) -> Option<usize> {
        Some(self.text_change(self.calendars.country?))
    }
}

impl Touch<'_> {
    pub(super) fn holidays(&self) -> Holidays<'_> {
        self.plan.holidays(&self.contact.texts)
    }

    /// Other days may be holidays of theirs now.
    pub(super) fn follow_country(&mut self, index: usize) {
        let due_at = match self.journey(index).record.status {
            JourneyStatus::Waiting => self.business_due(index),
            JourneyStatus::Held if self.plan.workflow(self.journey(index).workflow()).asks_holidays() => {
                Some(self.hours_of_held(index))
            }
            _ => None,
        };
        // It may be overdue, and goes on then. What happens at the instant at which it is over comes before that.
        let is_overdue = self.journey(index).record.due_at.is_some_and(|was| was < self.now);
        if let Some(at) = due_at.filter(|_| !is_overdue) {
            let journey = self.journey_mut(index);
            journey.dirty |= journey.record.due_at != Some(at);
            journey.record.due_at = Some(at);
        }
    }

    /// When the business days or hours are over for which a journey waits. Days are counted anew, and the hour at which they are over stays what
    /// clocks on the wall show: it does not matter whether the country or the zone changes first.
    fn business_due(&self, index: usize) -> Option<i64> {
        let appointment = self.wait_of(index)?.appointment().filter(|appointment| appointment.is_business())?;
        let anew = self.due(index, appointment).at;
        let was = self.journey(index).record.due_at.filter(|_| matches!(appointment, Appointment::BusinessDays(_)));
        let at_its_hour =
            was.and_then(|was| civil::at_the_hour_of(Instant(anew), Instant(was), self.contact.zone)).map(|at| at.0);
        Some(at_its_hour.unwrap_or(anew).max(self.now))
    }
}
