//! `send on weekdays from 09:00 to 17:00 in contact timezone`.

use super::cx::Cx;
use super::header::Around;
use crate::diagnostics::time;
use crate::source::Span;
use crate::syntax::ast::{self, Days};
use crate::typed::TypedWorkflow;
use crate::values::day_after;
use flow_ir::{Quiet, SendWindow};

const WEEKDAYS: u8 = 0b001_1111;
const WEEKENDS: u8 = 0b110_0000;
pub(super) const EVERY_DAY: u8 = 0b111_1111;

pub(super) fn window(cx: &mut Cx<'_>, window: &ast::Window, around: &Around<'_>, typed: &mut TypedWorkflow) {
    typed.window = check_window(cx, window);
    typed.not_on_holidays = typed.window.map_or(0, |_| not_on_holidays(&window.days));
    if let (Some(open), Some(quiet)) = (typed.window, cx.env.policy.quiet)
        && !open.meets(quiet.open())
    {
        report_never_open(cx, around.span, quiet);
    }
}

/// Whether there is a time at which mail may not leave by these days and hours.
pub(super) fn closes(window: &ast::Window) -> bool {
    let days = window.days.iter().fold(0, |days, day| days | day_bits(*day));
    days != EVERY_DAY || window.from.is_some() || window.to.is_some()
}

/// The policy is quiet at all of these hours: the days stay, the hours are those that it leaves.
fn report_never_open(cx: &mut Cx<'_>, at: Span, quiet: Quiet) {
    let clock = |minutes: u16| format!("{:02}:{:02}", minutes / 60, minutes % 60);
    let written = cx.text_at(at);
    let days = written.strip_prefix("send on ").and_then(|rest| rest.split(" from ").next()).unwrap_or("every day");
    let SendWindow { from_min, to_min, .. } = quiet.open();
    let meeting = format!("send on {days} from {} to {} in contact timezone", clock(from_min), clock(to_min));
    let of_policy = cx.env.scope.policy.iter();
    let quiet = of_policy.filter_map(|policy| Some(policy.at(policy.node.quiet_hours()?.1))).next();
    cx.report(time::never_open(cx.at(at), quiet, &meeting));
}

/// A holiday is no weekday; a day that is named by itself is that day all the same.
fn not_on_holidays(days: &[Days]) -> u8 {
    let named = days.iter().filter(|day| **day != Days::Weekdays).fold(0, |named, day| named | day_bits(*day));
    if days.contains(&Days::Weekdays) { WEEKDAYS & !named } else { 0 }
}

fn check_window(cx: &mut Cx<'_>, window: &ast::Window) -> Option<SendWindow> {
    let days = window.days.iter().fold(0, |days, day| days | day_bits(*day));
    let from = window.from.as_ref().map_or(Some(0), |clock| check_opening(cx, clock));
    let to = window.to.as_ref().map_or(Some(0), |clock| check_clock(cx, clock));
    if let (Some(from), Some(to), true) = (&window.from, &window.to, from.is_some() && from == to) {
        let (at, before) = (cx.at(Span::new(from.span.start, to.span.end)), cx.text_before(from.span.start));
        let begin = before.trim_end().strip_suffix("from").map_or(before.len(), |before| before.trim_end().len());
        let whole = cx.at(Span::new(begin as u32, to.span.end));
        cx.report(time::opens_and_closes(&from.text, at, whole));
        return None;
    }
    Some(SendWindow { days, from_min: from?, to_min: to? })
}

/// A time of day at which something begins. A day ends at 24:00 and begins at 00:00.
pub(super) fn check_opening(cx: &mut Cx<'_>, clock: &ast::Name) -> Option<u16> {
    let minutes = check_clock(cx, clock)?;
    if minutes == 24 * 60 {
        let diagnostic = time::opens_at_the_end(&clock.text, cx.at(clock.span));
        cx.report(diagnostic);
        return None;
    }
    Some(minutes)
}

/// The hour of a day that is named before it: its end is the beginning of the next one.
pub(super) fn check_hour_of(cx: &mut Cx<'_>, clock: &ast::Name, day: Option<&ast::Name>) -> Option<u16> {
    let minutes = check_clock(cx, clock)?;
    if minutes < 24 * 60 {
        return Some(minutes);
    }
    let next = day.and_then(|day| Some((day, day_after(&day.text)?)));
    let instead =
        next.map(|(day, next)| (cx.at(Span::new(day.span.start, clock.span.end)), format!("{next} at 00:00")));
    let diagnostic = time::ends_a_day(&clock.text, cx.at(clock.span), instead);
    cx.report(diagnostic);
    None
}

pub(super) fn check_clock(cx: &mut Cx<'_>, clock: &ast::Name) -> Option<u16> {
    let minutes = clock.text.split_once(':').and_then(|(hours, minutes)| {
        let (hours, minutes): (u16, u16) = (hours.parse().ok()?, minutes.parse().ok()?);
        let total = hours * 60 + minutes;
        (hours <= 24 && minutes < 60 && total <= 24 * 60).then_some(total)
    });
    if minutes.is_none() {
        let diagnostic = time::bad_clock(&clock.text, cx.at(clock.span));
        cx.report(diagnostic);
    }
    minutes
}

/// A bit for each day, Monday the lowest.
pub(super) fn day_bits(days: Days) -> u8 {
    match days {
        Days::Weekdays => WEEKDAYS,
        Days::Weekends => WEEKENDS,
        Days::EveryDay => EVERY_DAY,
        Days::Monday => 1,
        Days::Tuesday => 1 << 1,
        Days::Wednesday => 1 << 2,
        Days::Thursday => 1 << 3,
        Days::Friday => 1 << 4,
        Days::Saturday => 1 << 5,
        Days::Sunday => 1 << 6,
    }
}
