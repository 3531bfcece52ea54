//! `enter 30 days before renewal_date at 09:00`, `enter everyone in customers every monday at 09:00`: entries at a date.

use super::Known;
use super::cx::Cx;
use super::duration::check_duration;
use super::enter::has_unknown;
use super::named;
use super::number::constant_date;
use super::predicate::{Asked, check_predicate};
use super::window::check_hour_of;
use crate::diagnostics::{contract, time, types};
use crate::env::schema;
use crate::source::Span;
use crate::syntax::ast::{self, DatesOf, Days, Name, Predicate, ScheduledDays, Side};
use crate::typed::{Part, TypedEntry};
use flow_ir::{CivilSpan, Dates, FieldDate, FieldType, Schedule, ScheduleDay};

/// Where no time of the day is given: nine o'clock, as the days of a date begin for people at work.
const MORNING_MIN: u16 = 9 * 60;
/// A year's date comes once a year, so it lies less than a year away.
const MONTHS_A_YEAR: i32 = 12;
const DAYS_A_YEAR: i32 = 365;

pub(super) fn check_dates(cx: &mut Cx<'_>, dates: &ast::Dates, when: Option<&Predicate>, span: Span) -> TypedEntry {
    let at = cx.at(span);
    let day = match &dates.of {
        DatesOf::Schedule { days: ScheduledDays::On(day), .. } => Some(day),
        DatesOf::Schedule { .. } | DatesOf::Field { .. } => None,
    };
    let clock = dates.at.as_ref().map(|clock| check_hour_of(cx, clock, day));
    let of = match &dates.of {
        DatesOf::Field { .. } => check_field_date(cx, dates, clock.flatten()).map(Dates::Field),
        DatesOf::Schedule { segment, days, at_home } => {
            let (among, day) = (named::segment(cx, segment), check_days(cx, days));
            let at_min = clock.flatten().unwrap_or(MORNING_MIN);
            among.zip(day).map(|(among, day)| Dates::Schedule(Schedule { among, day, at_min, at_home: *at_home }))
        }
    };
    let when = when.map(|when| Part {
        cond: check_predicate(cx, when, Asked::Anywhere("an entry at a date"), &Known::new()),
        at: cx.at(when.span()),
    });
    let is_wrong = clock == Some(None) || when.as_ref().is_some_and(|when| has_unknown(cx.env, &when.cond));
    match of.filter(|_| !is_wrong) {
        Some(dates) => TypedEntry::Dated { dates, when, at },
        None => TypedEntry::ByHand { at },
    }
}

fn check_field_date(cx: &mut Cx<'_>, dates: &ast::Dates, clock: Option<u16>) -> Option<FieldDate> {
    let DatesOf::Field { far, field: name, yearly, at_once } = &dates.of else { return None };
    if let (None, true) = (far, cx.field(&name.text).is_none() && cx.env.schema.event(&name.text).is_some()) {
        cx.report(contract::on_an_event(&name.text, cx.at(dates.span)));
        return None;
    }
    let field = named::field(cx, name)?;
    let ty = &cx.env.schema.shape(field).ty;
    if !matches!(ty, FieldType::Date | FieldType::Moment) {
        let wanted = "a date or a moment";
        cx.report(types::type_mismatch(&name.text, schema::words(ty), wanted, cx.at(name.span), ""));
        return None;
    }
    let span = match far {
        Some((length, _)) => check_duration(cx, length)?,
        None => CivilSpan::default(),
    };
    let before = far.as_ref().is_some_and(|(_, side)| *side == Side::Before);
    let is_moment = *ty == FieldType::Moment;
    if let Some((length, _)) = far.as_ref().filter(|_| span.ms != 0 && (!is_moment || clock.is_some())) {
        let why = if is_moment { "hours, and a time of the day besides" } else { "a date is a day, and has no hours" };
        cx.report(time::bad_duration(&cx.text_at(length.span), why, cx.at(length.span)));
        return None;
    }
    if *yearly && (is_moment || *at_once) {
        let (why, over) = match is_moment {
            true => ("a moment comes once", " every year"),
            false => ("next year's date comes anyway", " or at once"),
        };
        let instead = cx.text_at(dates.span).replace(over, "");
        cx.report(contract::not_every_year(&name.text, why, cx.at(dates.span), instead));
        return None;
    }
    if let Some((length, _)) =
        far.as_ref().filter(|_| *yearly && (span.months >= MONTHS_A_YEAR || span.days >= DAYS_A_YEAR))
    {
        let why = "a year or more from a date that comes every year";
        cx.report(time::bad_duration(&cx.text_at(length.span), why, cx.at(length.span)));
        return None;
    }
    let at_min = clock.or((!is_moment).then_some(MORNING_MIN));
    Some(FieldDate { field, span, before, at_min, yearly: *yearly, at_once: *at_once })
}

fn check_days(cx: &mut Cx<'_>, days: &ScheduledDays) -> Option<ScheduleDay> {
    let (nth, weekday) = match days {
        ScheduledDays::On(date) => {
            let literal = ast::Literal::Date(date.text.clone(), date.span);
            return constant_date(cx, &literal).map(ScheduleDay::On);
        }
        ScheduledDays::Every { nth, weekday } => (nth, weekday),
    };
    let day = number_of(weekday)?;
    Some(match nth.as_ref().map(|nth| nth.text.as_str()) {
        None => ScheduleDay::Every(day),
        Some("last") => ScheduleDay::Last(day),
        Some(nth) => ScheduleDay::Nth(nth.get(..1)?.parse().ok()?, day),
    })
}

/// A day of the week, Monday being 0.
fn number_of(weekday: &Name) -> Option<u8> {
    let days =
        [Days::Monday, Days::Tuesday, Days::Wednesday, Days::Thursday, Days::Friday, Days::Saturday, Days::Sunday];
    let place = days.iter().position(|day| day.word() == weekday.text)?;
    u8::try_from(place).ok()
}
