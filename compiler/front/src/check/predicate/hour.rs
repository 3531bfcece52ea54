//! `hour in contact timezone >= 18`: the hour that the person's clocks show, from 0 to 23.

use super::super::cx::Cx;
use super::super::field::not;
use super::super::window::EVERY_DAY;
use super::Asked;
use crate::diagnostics::time;
use crate::source::Span;
use crate::syntax::ast::{AtHour, HourAsks, Literal, Order};
use crate::typed::Cond;
use crate::values::whole_of;
use flow_ir::SendWindow;

const HOURS: i64 = 24;

pub(super) fn check(cx: &mut Cx<'_>, at: &AtHour, span: Span, _: Asked<'_>) -> Cond {
    let range = match &at.asks {
        HourAsks::Is(hour) | HourAsks::IsNot(hour) => number(cx, hour).map(|hour| (hour, hour + 1)),
        HourAsks::Between(from, to) => {
            let ends = [from, to].map(|end| number(cx, end));
            if let [Some(from), Some(to)] = ends { Some((from, to + 1)) } else { None }
        }
        HourAsks::Order(order, hour) => number(cx, hour).map(|hour| match order {
            Order::AtLeast => (hour, HOURS),
            Order::Over => (hour + 1, HOURS),
            Order::AtMost => (0, hour + 1),
            Order::Under => (0, hour),
        }),
    };
    let Some((from, until)) = range else { return Cond::Unknown };
    if from >= until || (from, until) == (0, HOURS) {
        cx.report(time::no_hours(&cx.text_at(span), from >= until, cx.at(span)));
        return Cond::Unknown;
    }
    let is = Cond::Clocks(SendWindow { days: EVERY_DAY, from_min: minute(from), to_min: minute(until) });
    if matches!(at.asks, HourAsks::IsNot(_)) { not(is) } else { is }
}

fn minute(hour: i64) -> u16 {
    // It is at most 24.
    hour as u16 * 60
}

fn number(cx: &mut Cx<'_>, literal: &Literal) -> Option<i64> {
    let text = cx.text_at(literal.span());
    let hour = whole_of(&text).filter(|hour| (0..HOURS).contains(hour));
    if hour.is_none() {
        cx.report(time::bad_hour(&text, cx.at(literal.span())));
    }
    hour
}
