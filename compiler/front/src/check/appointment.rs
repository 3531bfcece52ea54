//! Waits by the calendar: `wait until next monday at 09:00`, `wait until 3 days before renewal_date, if past { … }`.

use super::cx::Cx;
use super::days;
use super::duration::check_duration;
use super::flow::Journey;
use super::named;
use super::step::check_steps;
use super::window::{check_hour_of, check_opening, day_bits};
use crate::diagnostics::{missing, reach, time, types};
use crate::env::schema;
use crate::source::Span;
use crate::syntax::ast::{self, Duration, Literal, Name, Predicate, Side, Step, Sum, Unit};
use crate::typed::{Form, TypedAppointment, TypedWait};
use crate::values::whole_of;
use flow_ir::limits::MAX_DURATION_DAYS;
use flow_ir::units::HOUR_MS;
use flow_ir::{Appointment, CivilSpan, FieldId, FieldType, USUAL_MINUTE};

/// What comes where it is past, with its place.
type Past = (Vec<Step>, Span);

/// The condition that a name alone is, where it is no date: `wait until customer`. `is_dated`: an hour or a block says that a date is meant.
pub(super) fn condition(cx: &Cx<'_>, until: &ast::Appointment, is_dated: bool) -> Option<Predicate> {
    let ast::Appointment::Date { distance: None, field } = until else { return None };
    let field_type = cx.type_of(&field.text);
    if is_dated || matches!(field_type, Some(FieldType::Date | FieldType::Moment)) {
        return None;
    }
    let left = Sum { terms: vec![(false, Literal::Word(field.clone()))], span: field.span };
    Some(Predicate::Compare { left, relation: None, span: field.span })
}

pub(super) fn check(
    cx: &mut Cx<'_>,
    until: &ast::Appointment,
    clock: Option<&Name>,
    past: Option<&Past>,
    journey: &mut Journey,
) -> Form {
    let until = check_until(cx, until, clock, past, journey);
    journey.waited_until = false;
    let past = past.map(|(steps, at)| {
        // Those for whom it is still to come go on as they are.
        let mut late = journey.clone();
        let steps = check_steps(cx, steps, &mut late);
        *journey = Journey::join(journey, vec![journey.clone(), late]);
        (steps, cx.at(*at))
    });
    until.map_or(Form::Unknown, |until| Form::Wait(TypedWait::On { until, past }))
}

/// `2 business days`, `4 business hours`.
pub(super) fn business(cx: &mut Cx<'_>, duration: &Duration) -> Form {
    business_time(cx, duration).map_or(Form::Unknown, |appointment| {
        Form::Wait(TypedWait::On { until: TypedAppointment::Fixed(appointment), past: None })
    })
}

/// So many business days or hours.
pub(super) fn business_time(cx: &mut Cx<'_>, duration: &Duration) -> Option<Appointment> {
    let span = check_duration(cx, duration)?;
    match duration.unit {
        Unit::Days => u16::try_from(span.days).ok().map(Appointment::BusinessDays),
        Unit::Hours => u32::try_from(span.ms / HOUR_MS).ok().map(Appointment::BusinessHours),
        Unit::Minutes | Unit::Weeks | Unit::Months => {
            let amount = whole_of(&duration.amount).unwrap_or(1);
            let instead = match duration.unit {
                Unit::Minutes => format!("{} business hours", (amount / 60).max(1) + i64::from(amount % 60 != 0)),
                Unit::Weeks => format!("{} business days", amount.saturating_mul(5)),
                _ => format!("{} business days", amount.saturating_mul(21)),
            };
            let diagnostic = time::no_business_unit(&cx.text_at(duration.span), cx.at(duration.span), instead);
            cx.report(diagnostic);
            None
        }
    }
}

fn check_until(
    cx: &mut Cx<'_>,
    until: &ast::Appointment,
    clock: Option<&Name>,
    past: Option<&Past>,
    journey: &Journey,
) -> Option<TypedAppointment> {
    let minute = match clock {
        Some(clock) => {
            let day = if let ast::Appointment::OnDay(day) = until { Some(day) } else { None };
            Some(check_hour_of(cx, clock, day)?)
        }
        None => None,
    };
    Some(TypedAppointment::Fixed(match until {
        ast::Appointment::Weekday { day, at } => {
            report_never_past(cx, *at, past)?;
            let day = day_bits(*day).trailing_zeros() as u8;
            Appointment::Weekday { day, minute: minute.unwrap_or(USUAL_MINUTE) }
        }
        ast::Appointment::OnDay(day) => {
            Appointment::OnDay { day: days::check_day(cx, day)?, minute: minute.unwrap_or(USUAL_MINUTE) }
        }
        ast::Appointment::Clock(clock) => {
            let minute = check_opening(cx, clock)?;
            report_never_past(cx, clock.span, past)?;
            Appointment::Clock { minute }
        }
        ast::Appointment::Tomorrow(at) => {
            report_never_past(cx, *at, past)?;
            Appointment::Tomorrow { minute: minute.unwrap_or(USUAL_MINUTE) }
        }
        ast::Appointment::Day { number, at } => Appointment::Day { number: check_day(cx, number, *at)?, minute },
        ast::Appointment::Date { distance, field } => {
            return Dated { distance: distance.as_ref(), field, clock, minute }.check(cx, past.is_some(), journey);
        }
    }))
}

/// A day that is always to come needs nothing for those for whom it is past.
fn report_never_past(cx: &mut Cx<'_>, day: Span, past: Option<&Past>) -> Option<()> {
    let Some((_, at)) = past else { return Some(()) };
    let before = cx.text_before(at.start).trim_end();
    let begin = before.strip_suffix(',').unwrap_or(before).trim_end().len() as u32;
    let diagnostic = reach::never_past(&cx.text_at(day), cx.at(*at), cx.at(Span::new(begin, at.end)));
    cx.report(diagnostic);
    None
}

fn check_day(cx: &mut Cx<'_>, number: &str, at: Span) -> Option<u16> {
    let whole = whole_of(number);
    let found = whole.filter(|day| (1..=MAX_DURATION_DAYS).contains(day)).and_then(|day| u16::try_from(day).ok());
    if found.is_none() {
        let why = match whole {
            Some(day) if day > MAX_DURATION_DAYS => format!("farther away than {} years", MAX_DURATION_DAYS / 366),
            Some(_) => "the day on which people come in is day 1".to_owned(),
            None => "not a whole number".to_owned(),
        };
        let diagnostic = time::bad_day(&cx.text_at(at), &why, cx.at(at));
        cx.report(diagnostic);
    }
    found
}

/// A wait that hangs on a date of the contact.
struct Dated<'t> {
    distance: Option<&'t (Duration, Side)>,
    field: &'t Name,
    clock: Option<&'t Name>,
    minute: Option<u16>,
}

impl Dated<'_> {
    fn check(&self, cx: &mut Cx<'_>, has_past: bool, journey: &Journey) -> Option<TypedAppointment> {
        let field = named::field(cx, self.field)?;
        let shape = cx.env.schema.shape(field);
        let is_day = match shape.ty {
            FieldType::Date => true,
            FieldType::Moment => false,
            _ => {
                let (is, at) = (schema::words(&shape.ty), cx.at(self.field.span));
                cx.report(types::type_mismatch(&self.field.text, is, "a date or a moment", at, ""));
                return None;
            }
        };
        let (distance, before) = match self.distance {
            Some((distance, side)) => (check_duration(cx, distance)?, *side == Side::Before),
            None => (CivilSpan::default(), false),
        };
        self.report_hours(cx, distance, is_day)?;
        self.report_missing(cx, field, has_past, journey)?;
        let minute = self.minute.or(is_day.then_some(USUAL_MINUTE));
        Some(TypedAppointment::Date { field, distance, before, minute })
    }

    /// Hours are counted from an hour: a day has none, and beside another one they say it twice.
    fn report_hours(&self, cx: &mut Cx<'_>, distance: CivilSpan, is_day: bool) -> Option<()> {
        let Some((written, _)) = self.distance.filter(|_| distance.ms != 0) else { return Some(()) };
        let name = &self.field.text;
        let diagnostic = match (is_day, self.clock) {
            (true, clock) => {
                let hour = clock.map_or(" at 09:00", |_| "");
                let whole = cx.at(Span::new(written.span.start, self.field.span.end));
                time::no_hour_to_count_from(name, cx.at(written.span), whole, format!("{name}{hour}"))
            }
            (false, Some(clock)) => {
                let behind = cx.at(Span::new(self.field.span.end, clock.span.end));
                time::hour_said_twice(&clock.text, cx.at(clock.span), cx.at(written.span), behind)
            }
            (false, None) => return Some(()),
        };
        cx.report(diagnostic);
        None
    }

    /// Whoever may have no date is asked about, unless it is said what becomes of them.
    fn report_missing(&self, cx: &mut Cx<'_>, field: FieldId, has_past: bool, journey: &Journey) -> Option<()> {
        let shape = cx.env.schema.shape(field);
        if has_past || !shape.optional || journey.known.contains(&field) {
            return Some(());
        }
        let end = self.clock.map_or(self.field.span.end, |clock| clock.span.end);
        let (at, declared) = (cx.at(self.field.span), cx.env.schema.declared(field));
        cx.report(missing::possibly_missing_date(&shape.name, at, declared, cx.at(Span::new(end, end))));
        None
    }
}
