//! Entries at a date: when somebody comes in is an instant of their own, kept in their frame, so that nobody looks over those who are still to come.
//!
//! ```text
//! enter 30 days before renewal_date at 09:00      renewal_date 2026-05-01 -> due 2026-04-01 09:00 at home
//! ```
//! It is worked out when the date is learnt, or another one takes its place, and moves on the wall with their zone. One that is past by then lets nobody
//! in. At the instant everything is asked as of then, behind whatever has arrived, and for which value, year or day that was is kept: it is not
//! decided twice.

use super::bits::Bits;
use super::contact::Contact;
use super::enrol::{Enrolment, OWN_ENTRY};
use super::late::is_late;
use super::plan::{Plan, Reads};
use super::rate::BECAME;
use super::touch::{Seen, Touch};
use crate::time::dates::{DayTime, Occurrence, day_of, moved, scheduled};
use crate::time::{Instant, Zone, civil};
use flow_ir::units::HOUR_MS;
use flow_ir::{Dates, Entry, FOREVER, FieldDate, Id, PredicateId, Program, Schedule, SlotId, SlotKind, WorkflowId};

/// Clocks differ by 26 hours at most, and by one more where they are put back. Where the project has another zone than when somebody's instant was worked
/// out, the occurrence that is to come within that is the one that was meant: it lets nobody in a second time.
const ZONES_DIFFER_MS: i64 = 27 * HOUR_MS;

/// An entry at a date.
#[derive(Debug)]
pub(super) struct DatedEntry {
    pub(super) workflow: WorkflowId,
    pub(super) at: SlotId,
    /// With what it changes when somebody is due: the date, or whether they are in the segment of a schedule.
    pub(super) reads: Bits,
    pub(super) when: Option<PredicateId>,
    decided: SlotId,
    dates: Dates,
    /// Where the date lies, or whether they are in the segment.
    of: SlotId,
    is_moment: bool,
}

impl Reads<'_> {
    /// The entry of a workflow, where it is one at a date.
    pub(super) fn dated(&self, program: &Program, id: WorkflowId) -> Option<DatedEntry> {
        let Entry::Dated { dates, when, at, decided } = &program.workflows.at(id).entry else { return None };
        let of = match dates {
            Dates::Field(date) => program.fields.get(date.field)?.slot?,
            Dates::Schedule(schedule) => program.segments.get(schedule.among)?.holds,
        };
        let mut reads = Bits::default();
        reads.insert(of.index());
        let is_moment = program.frame.slots.get(of).is_some_and(|slot| slot.kind == SlotKind::Int);
        let (at, decided, dates) = (*at, *decided, dates.clone());
        Some(DatedEntry { workflow: id, at, reads, when: *when, decided, dates, of, is_moment })
    }
}

impl DatedEntry {
    /// The date, or that they are in the segment; none where it is not known, or they are not.
    fn value(&self, plan: &Plan, contact: &Contact) -> Option<i64> {
        let value = contact.read(plan, self.of);
        match self.dates {
            Dates::Field(_) => plan.program.frame.is_known(&contact.frame, self.of).then_some(value),
            Dates::Schedule(_) => (value != 0).then_some(value),
        }
    }

    /// By whose clocks it goes.
    fn zone(&self, plan: &Plan, contact: &Contact) -> Zone {
        if self.is_at_home() { contact.zone } else { plan.zone }
    }

    fn is_at_home(&self) -> bool {
        match &self.dates {
            Dates::Field(_) => true,
            Dates::Schedule(schedule) => schedule.at_home,
        }
    }

    /// Whether it keeps its hour on the wall where somebody's zone is another.
    fn is_on_the_wall(&self) -> bool {
        match &self.dates {
            Dates::Field(date) => date.at_min.is_some() || (date.span.months, date.span.days) != (0, 0),
            Dates::Schedule(schedule) => schedule.at_home,
        }
    }

    /// The minute of a day at which it is, where one is named.
    fn minute(&self) -> Option<u16> {
        match &self.dates {
            Dates::Field(date) => date.at_min,
            Dates::Schedule(schedule) => Some(schedule.at_min),
        }
    }

    /// What may let somebody in by their value, around an instant, each once.
    fn occurrences(&self, value: i64, around: Instant, zone: Zone) -> Vec<Occurrence> {
        match &self.dates {
            Dates::Schedule(Schedule { day, at_min, .. }) => scheduled(*day, *at_min, around, zone),
            Dates::Field(date @ FieldDate { yearly: true, .. }) => {
                day_time(date).map(|time| time.years_of(value, around, zone)).unwrap_or_default()
            }
            Dates::Field(date) => {
                let at = match day_time(date) {
                    Some(time) if self.is_moment => day_of(Instant(value), zone).and_then(|day| time.of(day, zone)),
                    Some(time) => time.of(value, zone),
                    None => Some(civil::add(Instant(value), span(date), zone)),
                };
                at.map(|at| (value, at)).into_iter().collect()
            }
        }
    }

    /// When somebody is due who learns of it now; `FOREVER` where nothing is to come.
    fn next(&self, plan: &Plan, contact: &Contact, now: i64, late_come_in: bool) -> i64 {
        let Some(value) = self.value(plan, contact) else { return FOREVER };
        let (zone, decided) = (self.zone(plan, contact), contact.read(plan, self.decided));
        let today = day_of(Instant(now), zone);
        let is_open = |(of, _): &Occurrence| match &self.dates {
            Dates::Field(FieldDate { yearly: false, .. }) => *of != decided,
            // The day itself is the first of its years where it is still to come.
            Dates::Field(date) => {
                let is_first = day_time(date).is_some_and(|time| time.is_year_of(*of, value));
                *of > decided && (!is_first || today.is_some_and(|today| today < value))
            }
            Dates::Schedule(_) => *of > decided,
        };
        let open: Vec<Occurrence> = self.occurrences(value, Instant(now), zone).into_iter().filter(is_open).collect();
        match open.iter().find(|(_, at)| at.0 >= now) {
            Some((_, at)) => at.0.min(FOREVER),
            None if late_come_in && !open.is_empty() && self.still_lets_in(value, today, now) => now,
            None => FOREVER,
        }
    }

    /// Whether somebody who is late comes in at once: before a date, as long as that is not over.
    fn still_lets_in(&self, value: i64, today: Option<i64>, now: i64) -> bool {
        let Dates::Field(date) = &self.dates else { return false };
        let is_after = date.span != flow_ir::CivilSpan::default() && !date.before;
        let is_over = if self.is_moment { value < now } else { today.is_some_and(|today| today > value) };
        date.at_once && (is_after || !is_over)
    }

    /// For which value, year or day somebody is due who was due at an instant.
    fn due_for(&self, plan: &Plan, contact: &Contact, at: i64) -> Option<i64> {
        let value = self.value(plan, contact)?;
        if matches!(self.dates, Dates::Field(FieldDate { yearly: false, .. })) {
            return Some(value);
        }
        let occurrences = self.occurrences(value, Instant(at), self.zone(plan, contact));
        occurrences.iter().rfind(|(_, of)| of.0 <= at.saturating_add(ZONES_DIFFER_MS)).map(|(of, _)| *of)
    }
}

fn span(date: &FieldDate) -> civil::Span {
    let civil::Span { months, days, ms } =
        civil::Span { months: date.span.months, days: date.span.days, ms: date.span.ms };
    if date.before { civil::Span { months: -months, days: -days, ms: -ms } } else { civil::Span { months, days, ms } }
}

/// The time of the day at which it is; none of a moment at whose own time it is.
fn day_time(date: &FieldDate) -> Option<DayTime> {
    let civil::Span { months, days, .. } = span(date);
    date.at_min.map(|minutes| DayTime { months, days, minutes })
}

impl Contact {
    /// Whether they are due by a date exactly where they would be if that were worked out now; when they are due first.
    pub(super) fn next_date_as_kept(&self, plan: &Plan, now: i64) -> Option<i64> {
        let mut next = FOREVER;
        for entry in &plan.dated {
            let kept = self.read(plan, entry.at);
            let is_right = match kept < FOREVER {
                true => entry.value(plan, self).is_some(),
                false => entry.next(plan, self, now, true) == FOREVER,
            };
            if !is_right {
                return None;
            }
            next = next.min(kept);
        }
        Some(next)
    }
}

impl Touch<'_> {
    /// Works out anew when those are due of whom the date has changed, or who have come into the segment of a schedule or left it.
    pub(super) fn plan_dates(&mut self, changed: &Bits) {
        let plan: &Plan = self.plan;
        if plan.dated.is_empty() {
            return;
        }
        for entry in plan.dated_readers.of(changed).into_iter().filter_map(|place| plan.dated.get(place)) {
            // Where everything is looked at, what is to come stays as it is, and so does a schedule for whoever is in its segment.
            let stays = changed.is_full() || matches!(entry.dates, Dates::Schedule(_));
            let is_to_come = self.contact.read(plan, entry.at) < FOREVER && entry.value(plan, self.contact).is_some();
            if !(stays && is_to_come) {
                let at = entry.next(plan, self.contact, self.now, true);
                self.contact.write(plan, entry.at, at);
            }
        }
    }

    /// Whom a date lets in whose instant has come.
    pub(super) fn judge_dates(&mut self, due: bool) -> Vec<Enrolment> {
        let plan: &Plan = self.plan;
        let mut enrolments = Vec::new();
        if !due {
            return enrolments;
        }
        let places: Vec<usize> = self.contact.pending.dates().collect();
        for entry in places.into_iter().filter_map(|place| plan.dated.get(place)) {
            let at = self.contact.read(plan, entry.at);
            if at > self.now {
                continue;
            }
            if let Some(of) = entry.due_for(plan, self.contact, at) {
                self.contact.write(plan, entry.decided, of);
            }
            let next = entry.next(plan, self.contact, self.now, false);
            self.contact.write(plan, entry.at, next);
            let blank = &plan.workflow(entry.workflow).blank;
            if entry.when.is_some_and(|when| !self.holds_once(when, Seen::Blank(blank), 0)) {
                self.refuse_unjudged(entry.workflow);
                continue;
            }
            let late = is_late(at, self.now);
            let enrolment = Enrolment { late, ..Enrolment::now(entry.workflow, OWN_ENTRY, BECAME, self.now) };
            enrolments.extend(self.judge(enrolment));
        }
        enrolments
    }

    /// The first instant at which a date lets them in. It may be now: then it is their own, behind whatever arrives.
    pub(super) fn next_date(&self) -> i64 {
        let entries = self.contact.pending.dates().filter_map(|place| self.plan.dated.get(place));
        entries.map(|entry| self.contact.read(self.plan, entry.at)).min().unwrap_or(FOREVER)
    }

    /// Their zone is another: the hour at which they come in stays what clocks on the wall show, and never lies before now.
    pub(super) fn rezone_dates(&mut self, from: Zone) {
        let (plan, to): (&Plan, Zone) = (self.plan, self.contact.zone);
        let places: Vec<usize> = self.contact.pending.dates().collect();
        for entry in places.into_iter().filter_map(|place| plan.dated.get(place)) {
            let at = self.contact.read(plan, entry.at);
            if at > self.now && entry.is_at_home() && entry.is_on_the_wall() {
                let anew = moved(Instant(at), entry.minute(), from, to).0.max(self.now);
                self.contact.write(plan, entry.at, anew);
            }
        }
    }

    /// Two contacts are one: what was decided for either was decided for both, and by what is known of both it is worked out when they are due.
    pub(super) fn join_dates(&mut self, other: &Contact) {
        let plan: &Plan = self.plan;
        for entry in &plan.dated {
            let (own, theirs) = (self.contact.read(plan, entry.decided), other.read(plan, entry.decided));
            let decided = match entry.dates {
                Dates::Field(FieldDate { yearly: false, .. }) => {
                    let value = entry.value(plan, self.contact);
                    if value == Some(theirs) { theirs } else { own }
                }
                _ => own.max(theirs),
            };
            self.contact.write(plan, entry.decided, decided);
            let kept = self.contact.read(plan, entry.at).min(other.read(plan, entry.at));
            let is_due = kept <= self.now && entry.value(plan, self.contact).is_some_and(|value| value != decided);
            let at = if is_due { kept } else { entry.next(plan, self.contact, self.now, false) };
            self.contact.write(plan, entry.at, at);
        }
    }
}
