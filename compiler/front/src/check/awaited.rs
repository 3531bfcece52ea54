//! Waits that ask for a day or an hour as a condition, and name no end: `wait until today >= 2026-12-01`. The calendar says when such a
//! wait is over, so a longest time would only let people go on too early: a wait for a day says the day itself.

use super::cx::Cx;
use crate::diagnostics::{Diagnostic, time};
use crate::syntax::ast::{Dated, DatedAsks};
use crate::syntax::ast::{
    Days, Duration, HourAsks, Literal, OnWeekday, Order, Period, Predicate, Side, Time, TimeBase, Unit,
};
use crate::values::{day_after, whole_of};
use flow_ir::FieldType;

/// What to say of a wait without an end, where a longest time is not what it lacks.
pub(super) fn no_end(cx: &Cx<'_>, until: &Predicate) -> Option<Diagnostic> {
    if asks_the_calendar(until) {
        return Some(time::waits_by_condition(cx.at(until.span()), said_by_a_wait(cx, until)));
    }
    match bare(until) {
        Predicate::Compare { left, relation: None, .. } => match left.terms.as_slice() {
            [(false, hour @ Literal::Number(..))] => {
                clock(hour).map(|clock| time::hour_alone(&cx.text_at(until.span()), cx.at(until.span()), clock))
            }
            _ => None,
        },
        Predicate::Not(inner, _) if happens(cx, inner) => {
            Some(time::so_at_once(cx.at(until.span()), &cx.text_at(bare(inner).span())))
        }
        _ => None,
    }
}

/// Whether any part of a condition comes true by the calendar alone.
fn asks_the_calendar(predicate: &Predicate) -> bool {
    let is_dated = matches!(predicate, Predicate::Dated(..) | Predicate::OnWeekday(..) | Predicate::AtHour(..));
    is_dated || predicate.children().iter().any(asks_the_calendar)
}

/// Without the parentheses around it.
fn bare(predicate: &Predicate) -> &Predicate {
    match predicate {
        Predicate::Group(inner, _) => bare(inner),
        other => other,
    }
}

/// Whether it is something that may happen later on: until then, that it has not is so at once.
fn happens(cx: &Cx<'_>, predicate: &Predicate) -> bool {
    match bare(predicate) {
        Predicate::Event { none: false, period: None | Some(Period::SinceEntry | Period::SinceSent(_)), .. }
        | Predicate::Engaged(..) => true,
        Predicate::Compare { left, relation: None, .. } => match left.terms.as_slice() {
            [(false, Literal::Word(name))] => {
                cx.env.schema.event(&name.text).is_some() && cx.field(&name.text).is_none()
            }
            _ => false,
        },
        Predicate::And(parts, _) | Predicate::Or(parts, _) => parts.iter().all(|part| happens(cx, part)),
        _ => false,
    }
}

/// The wait that a condition of the calendar alone stands for: what follows `until`.
fn said_by_a_wait(cx: &Cx<'_>, predicate: &Predicate) -> Option<String> {
    match bare(predicate) {
        Predicate::Dated(dated, _) => dated_wait(cx, dated),
        Predicate::OnWeekday(OnWeekday { negated: false, days, .. }, _) => match days.as_slice() {
            [Days::Weekdays | Days::Weekends | Days::EveryDay] => None,
            [day] => Some(format!("next {}", day.word())),
            _ => None,
        },
        Predicate::AtHour(hour, _) => match &hour.asks {
            HourAsks::Order(Order::AtLeast, hour) | HourAsks::Is(hour) => clock(hour),
            _ => None,
        },
        _ => None,
    }
}

fn clock(hour: &Literal) -> Option<String> {
    let Literal::Number(text, _) = hour else { return None };
    whole_of(text).filter(|hour| (0..24).contains(hour)).map(|hour| format!("{hour:02}:00"))
}

/// Which way a condition becomes true as time goes by.
#[derive(Clone, Copy, PartialEq, Eq)]
enum From {
    /// On that day or at that instant.
    There,
    /// Behind it.
    Behind,
}

fn dated_wait(cx: &Cx<'_>, dated: &Dated) -> Option<String> {
    let left = &*dated.left;
    let is_at_hand = |time: &Time| matches!(time.base, TimeBase::Today(_) | TimeBase::Now(_));
    let (right, order) = match &*dated.asks {
        DatedAsks::Order(order, right) => (right, Some(*order)),
        DatedAsks::Is(right) => (right, None),
        DatedAsks::MoreThanAgo(ago) if left.shifts.is_empty() => {
            return named(cx, left, Some((ago, Side::After)), From::There, &TimeBase::Now(left.span));
        }
        DatedAsks::IsNot(_) | DatedAsks::Between(..) | DatedAsks::MoreThanAgo(_) | DatedAsks::LessThanAgo(_) => {
            return None;
        }
    };
    // The day or the instant at hand on the left: it only ever grows.
    let (at_hand, time, order) = match (is_at_hand(left), is_at_hand(right)) {
        (true, false) => (left, right, order),
        (false, true) => (right, left, order.map(turned)),
        _ => return None,
    };
    let from = match order {
        None | Some(Order::AtLeast) => From::There,
        Some(Order::Over) => From::Behind,
        Some(Order::AtMost | Order::Under) => return None,
    };
    let distance = match (at_hand.shifts.as_slice(), time.shifts.as_slice()) {
        ([], []) => None,
        ([(minus, length)], []) => Some((length, if *minus { Side::After } else { Side::Before })),
        ([], [(minus, length)]) => Some((length, if *minus { Side::Before } else { Side::After })),
        _ => return None,
    };
    named(cx, time, distance, from, &at_hand.base)
}

fn turned(order: Order) -> Order {
    match order {
        Order::AtLeast => Order::AtMost,
        Order::AtMost => Order::AtLeast,
        Order::Over => Order::Under,
        Order::Under => Order::Over,
    }
}

/// The day or the instant as a wait names it. A distance is the one that was written: whoever asks whether fewer than three days are left
/// waits for the third day before.
fn named(
    cx: &Cx<'_>,
    time: &Time,
    distance: Option<(&Duration, Side)>,
    from: From,
    at_hand: &TimeBase,
) -> Option<String> {
    match (&time.base, distance) {
        (TimeBase::Date(Literal::Date(day, _)), None) => {
            if from == From::Behind {
                day_after(day)
            } else {
                Some(day.clone())
            }
        }
        (TimeBase::Field(field), distance) => {
            let is_moment = cx.type_of(&field.text) == Some(FieldType::Moment);
            let by_day = matches!(at_hand, TimeBase::Today(_));
            let clock = if is_moment && by_day { " at 09:00" } else { "" };
            Some(match distance {
                Some((length, side)) => {
                    let hours = matches!(length.unit, Unit::Hours | Unit::Minutes);
                    let clock = if hours { "" } else { clock };
                    format!("{} {} {}{clock}", cx.text_at(length.span), side.word(), field.text)
                }
                None if from == From::Behind && by_day => format!("1 day after {}{clock}", field.text),
                None => format!("{}{clock}", field.text),
            })
        }
        _ => None,
    }
}
