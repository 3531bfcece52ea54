//! `renewal_date < today + 30 days`, `created_at more than 30 days ago`: days by the person's calendar, moments by what has elapsed.

use super::super::cx::Cx;
use super::super::duration::{days_of, look_back_ms};
use super::super::field::not;
use super::super::named;
use super::super::number::constant_date;
use super::{Asked, comparison};
use crate::diagnostics::types;
use crate::env::schema;
use crate::source::Span;
use crate::syntax::ast::{self, Dated, DatedAsks, Time, TimeBase};
use crate::typed::{Cond, Day, Part};
use flow_ir::{Comparison, FieldId, FieldType};

pub(super) fn check(cx: &mut Cx<'_>, dated: &Dated, span: Span, _: Asked<'_>) -> Cond {
    let left = &*dated.left;
    match &*dated.asks {
        DatedAsks::Order(order, right) => compared(cx, left, comparison(*order), right),
        DatedAsks::Is(right) => compared(cx, left, Comparison::Equal, right),
        DatedAsks::IsNot(right) => not(compared(cx, left, Comparison::Equal, right)),
        DatedAsks::Between(from, to) => {
            let ends = [(Comparison::GreaterOrEqual, from), (Comparison::LessOrEqual, to)];
            let ends = ends.map(|(comparison, end)| (compared(cx, left, comparison, end), cx.at(end.span)));
            all(ends.map(|(cond, at)| Part { cond, at }))
        }
        DatedAsks::MoreThanAgo(time) | DatedAsks::LessThanAgo(time) if report_event(cx, left, time, span) => {
            Cond::Unknown
        }
        DatedAsks::MoreThanAgo(time) => since(cx, left, Comparison::Less, time),
        DatedAsks::LessThanAgo(time) => {
            let at = cx.at(span);
            let after = since(cx, left, Comparison::Greater, time);
            // What lies ahead is no time ago.
            let over = match &after {
                Cond::Today { day, .. } => Cond::Today { day: *day, comparison: Comparison::LessOrEqual, ahead: 0 },
                Cond::Now { field, .. } => Cond::Now { field: *field, comparison: Comparison::LessOrEqual, ahead: 0 },
                _ => return Cond::Unknown,
            };
            all([after, over].map(|cond| Part { cond, at }))
        }
    }
}

/// `visited more than 30 days ago`: reports an event, which may have happened many times. Whether it is one.
fn report_event(cx: &mut Cx<'_>, time: &Time, ago: &ast::Duration, span: Span) -> bool {
    let TimeBase::Field(name) = &time.base else { return false };
    let schema = &cx.env.schema;
    if schema.field(&name.text).is_some() || schema.event(&name.text).is_none() {
        return false;
    }
    let (event, length) = (&name.text, cx.text_at(ago.span));
    let diagnostic = types::type_mismatch(event, "an event", "a date or a moment", cx.at(name.span), "");
    cx.report(
        diagnostic
            .why("it may have happened several times")
            .reading("it has not since then:", cx.at(span), format!("no {event} in the last {length}"))
            .reading("it has since then:", cx.at(span), format!("{event} in the last {length}")),
    );
    true
}

fn all(parts: [Part; 2]) -> Cond {
    if parts.iter().any(|part| part.cond == Cond::Unknown) { Cond::Unknown } else { Cond::All(parts.into()) }
}

/// One of the two sides begins with `today` or `now`.
fn compared(cx: &mut Cx<'_>, left: &Time, comparison: Comparison, right: &Time) -> Cond {
    match left.base {
        TimeBase::Today(_) | TimeBase::Now(_) => beside(cx, right, comparison.turned(), left),
        TimeBase::Field(_) | TimeBase::Date(_) => beside(cx, left, comparison, right),
    }
}

/// What is compared with the time at hand.
enum What {
    Day(i64),
    Date(FieldId),
    Moment(FieldId),
}

fn what(cx: &mut Cx<'_>, time: &Time) -> Option<What> {
    match &time.base {
        TimeBase::Date(date) => constant_date(cx, date).map(What::Day),
        TimeBase::Field(name) => {
            let field = named::field(cx, name)?;
            match &cx.env.schema.shape(field).ty {
                FieldType::Date => Some(What::Date(field)),
                FieldType::Moment => Some(What::Moment(field)),
                other => {
                    let (is, at) = (schema::words(other), cx.at(name.span));
                    cx.report(types::type_mismatch(&name.text, is, "a date or a moment", at, ""));
                    None
                }
            }
        }
        TimeBase::Today(_) | TimeBase::Now(_) => None,
    }
}

fn beside(cx: &mut Cx<'_>, time: &Time, comparison: Comparison, at_hand: &Time) -> Cond {
    let Some(what) = what(cx, time) else { return Cond::Unknown };
    match (&at_hand.base, what) {
        (TimeBase::Now(_), What::Moment(field)) if comparison != Comparison::Equal => {
            let ahead = [at_hand, time].map(|side| sum(cx, side, look_back_ms));
            let [Some(ahead), Some(own)] = ahead else { return Cond::Unknown };
            Cond::Now { field, comparison, ahead: ahead - own }
        }
        (TimeBase::Now(now), what) => {
            report_no_instant(cx, time, &what, *now);
            Cond::Unknown
        }
        (_, what) => {
            let day = match what {
                What::Day(day) => Day::Written(day),
                What::Date(field) | What::Moment(field) => Day::Of(field),
            };
            let ahead = [at_hand, time].map(|side| sum(cx, side, days_of));
            let [Some(ahead), Some(own)] = ahead else { return Cond::Unknown };
            Cond::Today { day, comparison, ahead: ahead - own }
        }
    }
}

/// A day beside `now`, or a moment that is to be just that instant.
fn report_no_instant(cx: &mut Cx<'_>, time: &Time, what: &What, now: Span) {
    let (text, at) = (cx.text_at(time.span), cx.at(now));
    let diagnostic = match what {
        What::Moment(_) => types::type_mismatch("now", "over as soon as it is there", "a day beside `is`", at, ""),
        What::Day(_) | What::Date(_) => types::type_mismatch(&text, "a day", "a moment beside `now`", at, ""),
    };
    cx.report(diagnostic.help("a day is compared with today:").edit(at, "today"));
}

/// How far a side lies from what it begins with; none where a length is wrong and reported.
fn sum(cx: &mut Cx<'_>, time: &Time, of: fn(&mut Cx<'_>, &ast::Duration) -> Option<i64>) -> Option<i64> {
    let lengths = time.shifts.iter().map(|(minus, length)| of(cx, length).map(|by| if *minus { -by } else { by }));
    lengths.collect::<Vec<_>>().into_iter().sum()
}

/// `more than 30 days ago`: of a date by days, of a moment by what has elapsed.
fn since(cx: &mut Cx<'_>, time: &Time, comparison: Comparison, ago: &ast::Duration) -> Cond {
    let Some(what) = what(cx, time) else { return Cond::Unknown };
    match what {
        What::Moment(field) => {
            let [Some(ago), Some(own)] = [look_back_ms(cx, ago), sum(cx, time, look_back_ms)] else {
                return Cond::Unknown;
            };
            Cond::Now { field, comparison, ahead: -ago - own }
        }
        What::Day(_) | What::Date(_) => {
            let day = match what {
                What::Day(day) => Day::Written(day),
                What::Date(field) | What::Moment(field) => Day::Of(field),
            };
            let [Some(ago), Some(own)] = [days_of(cx, ago), sum(cx, time, days_of)] else { return Cond::Unknown };
            Cond::Today { day, comparison, ahead: -ago - own }
        }
    }
}
