//! Waits by the calendar: when one is over, and what becomes of it when the date or the zone that it hangs on changes.
//!
//! Whether what somebody waits for is past is told when the wait begins, and when its date changes. It is kept with the journey, which
//! then goes on at that instant. So a wait that is late because nobody ran has not become past by that.

use super::bits::Bits;
use super::touch::{Touch, later};
use crate::store::{JourneyRecord, JourneyStatus};
use crate::time::dates::moved;
use crate::time::{Instant, Span, Zone, civil};
use flow_ir::limits::MAX_DURATION_DAYS;
use flow_ir::units::HOUR_MS;
use flow_ir::{Appointment, BUSINESS_MINUTES, CivilSpan, FOREVER, Id, SlotId, SlotKind, USUAL_MINUTE, Wait};

/// When a wait by the calendar is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Due {
    pub(super) at: i64,
    /// Whether by then it is past, or nothing is known to wait for.
    pub(super) is_past: bool,
}

impl Touch<'_> {
    /// When a wait that a journey stands at is over.
    pub(super) fn due(&self, index: usize, appointment: &Appointment) -> Due {
        self.due_as_of(self.now, index, appointment)
    }

    /// The same for one that began, or went on, at another instant than now.
    pub(super) fn due_as_of(&self, begins_at: i64, index: usize, appointment: &Appointment) -> Due {
        const LONGEST: CivilSpan = CivilSpan { months: 0, days: MAX_DURATION_DAYS as i32, ms: 0 };
        let since =
            self.journey(index).read(self.plan, self.workflow(self.journey(index).workflow()).slots.waiting_since);
        let longest = later(since, LONGEST, self.contact.zone);
        match self.instant_of(index, since, appointment) {
            Some(at) if at > longest => Due { at: longest, is_past: true },
            Some(at) if at >= begins_at => Due { at, is_past: false },
            _ => Due { at: begins_at, is_past: true },
        }
    }

    /// The instant itself; none where nothing is known of it.
    fn instant_of(&self, index: usize, since: i64, appointment: &Appointment) -> Option<i64> {
        let zone = self.contact.zone;
        let at = match *appointment {
            Appointment::Weekday { day, minute } => civil::next_weekday(Instant(since), day, minute, zone),
            // A day that calendars do not reach is one that never comes.
            Appointment::OnDay { day, minute } => {
                civil::on_date(day.into(), minute, zone).unwrap_or(if day > 0 { Instant::NEVER } else { Instant::MIN })
            }
            Appointment::Clock { minute } => civil::next_clock(Instant(since), minute, zone),
            Appointment::Tomorrow { minute } => civil::days_behind(Instant(since), 1, Some(minute), zone),
            Appointment::BusinessDays(days) => {
                civil::business_days_behind(Instant(since), days.into(), self.holidays(), zone)
            }
            Appointment::BusinessHours(hours) => {
                let ms = i64::from(hours) * HOUR_MS;
                civil::business_time_behind(Instant(since), ms, BUSINESS_MINUTES, self.holidays(), zone)
            }
            Appointment::Day { number, minute } => {
                let entered_at = Instant(self.journey(index).record.entered_at);
                civil::days_behind(entered_at, i32::from(number) - 1, minute, zone)
            }
            Appointment::Date { slot, distance, before, minute } => self.date(
                self.plan.seated_slot(self.journey(index), slot),
                if before { turned(distance) } else { distance },
                minute,
            )?,
        };
        Some(at.0.min(FOREVER))
    }

    /// So far from a date of the contact; none where they have none.
    fn date(&self, slot: SlotId, distance: CivilSpan, minute: Option<u16>) -> Option<Instant> {
        let (layout, zone) = (&self.plan.program.frame, self.contact.zone);
        if !layout.is_known(&self.contact.frame, slot) {
            return None;
        }
        let value = layout.read(&self.contact.frame, slot);
        if layout.slots.at(slot).kind == SlotKind::Days {
            let day = civil::later_date(value, distance.months, distance.days);
            let at = day.and_then(|day| civil::on_date(day, minute.unwrap_or(USUAL_MINUTE), zone));
            // No day of the calendar any more: people write so what never comes, or has always been.
            return Some(at.unwrap_or(if value > 0 { Instant::NEVER } else { Instant::MIN }));
        }
        let span = Span { months: distance.months, days: distance.days, ms: distance.ms };
        let at = civil::add(Instant(value), span, zone);
        Some(minute.map_or(at, |minute| civil::days_behind(at, 0, Some(minute), zone)))
    }

    /// Waits whose date has changed are computed anew: over at another instant, or past. So is what hangs on their country.
    pub(super) fn follow_dates(&mut self, changed: &Bits) {
        let has_moved = self.plan.country_change().is_some_and(|change| changed.contains(change));
        for index in 0..self.contact.journeys.len() {
            if self.plan.workflow(self.journey(index).workflow()).dates.meets(changed) {
                self.follow_date(index, |slot| changed.contains(slot.index()));
                if has_moved {
                    self.follow_country(index);
                }
            }
        }
    }

    /// The same of one journey, where it waits for a date that has changed.
    pub(super) fn follow_date(&mut self, index: usize, has_changed: impl Fn(SlotId) -> bool) {
        let JourneyRecord { status, due_at, .. } = self.journey(index).record;
        let appointment = self.wait_of(index).and_then(Wait::appointment).filter(|_| status == JourneyStatus::Waiting);
        let follows = |appointment: &&Appointment| appointment.slot().is_some_and(has_changed);
        let Some(appointment) = appointment.filter(follows) else { return };
        let (due, was_past) = (self.due(index, appointment), self.is_past(index));
        // It may be overdue, which is not past.
        let is_the_same = !was_past && self.instant(index, appointment) == due_at;
        let goes_on_already = was_past && due.is_past && due_at.is_some_and(|at| at <= self.now);
        if !is_the_same && !goes_on_already {
            self.wait_until(index, due);
        }
    }

    fn instant(&self, index: usize, appointment: &Appointment) -> Option<i64> {
        let slot = self.workflow(self.journey(index).workflow()).slots.waiting_since;
        self.instant_of(index, self.journey(index).read(self.plan, slot), appointment)
    }

    /// Whether what a journey waited for last is past.
    pub(super) fn is_past(&self, index: usize) -> bool {
        let journey = self.journey(index);
        journey.read(self.plan, self.workflow(journey.workflow()).slots.timed_out) != 0
    }

    /// The hour stays on the wall with a new zone; a date is that day there.
    pub(super) fn due_in_zone(&self, index: usize, appointment: &Appointment, from: Zone) -> Option<i64> {
        let due_at = self.journey(index).record.due_at?;
        if self.is_past(index) && due_at <= self.now {
            return None;
        }
        match appointment {
            Appointment::Date { .. } | Appointment::OnDay { .. } => Some(match self.instant(index, appointment) {
                Some(at) if !self.is_past(index) => at,
                _ => due_at,
            }),
            _ => Some(moved(Instant(due_at), appointment.minute(), from, self.contact.zone).0),
        }
    }

    /// A journey that stands at a wait by the calendar waits until then.
    pub(super) fn wait_until(&mut self, index: usize, due: Due) {
        let (plan, slot) = (self.plan, self.workflow(self.journey(index).workflow()).slots.timed_out);
        let journey = self.journey_mut(index);
        journey.write(plan, slot, i64::from(due.is_past));
        journey.record.due_at = Some(due.at);
        journey.dirty = true;
    }
}

fn turned(span: CivilSpan) -> CivilSpan {
    CivilSpan { months: -span.months, days: -span.days, ms: -span.ms }
}
