//! Lengths of time: waits keep the wall clock, periods that look back are elapsed.

use super::cx::Cx;
use crate::diagnostics::time;
use crate::syntax::ast::{Duration, Unit};
use crate::values::whole_of;
use flow_ir::CivilSpan;
use flow_ir::limits::MAX_DURATION_DAYS as MAX_DAYS;
use flow_ir::units::{DAY_MS, HOUR_MS, MINUTE_MS};

/// A length of time to wait: days and longer keep the wall clock.
pub(super) fn check_duration(cx: &mut Cx<'_>, duration: &Duration) -> Option<CivilSpan> {
    let amount = check_amount(cx, duration)?;
    Some(match duration.unit {
        Unit::Minutes => CivilSpan { ms: amount * MINUTE_MS, ..CivilSpan::default() },
        Unit::Hours => CivilSpan { ms: amount * HOUR_MS, ..CivilSpan::default() },
        Unit::Days => CivilSpan { days: amount as i32, ..CivilSpan::default() },
        Unit::Weeks => CivilSpan { days: amount as i32 * 7, ..CivilSpan::default() },
        Unit::Months => CivilSpan { months: amount as i32, ..CivilSpan::default() },
    })
}

/// How far a period looks back: elapsed time, a day being 24 hours, so that a window has one length for everyone.
pub(super) fn look_back_ms(cx: &mut Cx<'_>, duration: &Duration) -> Option<i64> {
    let amount = check_amount(cx, duration)?;
    match duration.unit {
        Unit::Minutes => Some(amount * MINUTE_MS),
        Unit::Hours => Some(amount * HOUR_MS),
        Unit::Days => Some(amount * DAY_MS),
        Unit::Weeks => Some(amount * 7 * DAY_MS),
        Unit::Months => {
            let diagnostic = time::month_in_period(cx.at(duration.span), amount * 30);
            cx.report(diagnostic);
            None
        }
    }
}

/// So many days of the calendar, before a day or after it.
pub(super) fn days_of(cx: &mut Cx<'_>, duration: &Duration) -> Option<i64> {
    let amount = check_amount(cx, duration)?;
    let at = cx.at(duration.span);
    let diagnostic = match duration.unit {
        Unit::Days => return Some(amount),
        Unit::Weeks => return Some(amount * 7),
        Unit::Months => time::month_from_a_day(at, amount * 30),
        Unit::Minutes | Unit::Hours => {
            let why = "today is a whole day: count in days, or compare a moment with `now`";
            time::bad_duration(&cx.text_at(duration.span), why, at)
        }
    };
    cx.report(diagnostic);
    None
}

fn check_amount(cx: &mut Cx<'_>, duration: &Duration) -> Option<i64> {
    let longest = match duration.unit {
        Unit::Minutes => MAX_DAYS * 24 * 60,
        Unit::Hours => MAX_DAYS * 24,
        Unit::Days => MAX_DAYS,
        Unit::Weeks => MAX_DAYS / 7,
        Unit::Months => MAX_DAYS / 30,
    };
    let why = match whole_of(&duration.amount) {
        Some(amount) if (1..=longest).contains(&amount) => return Some(amount),
        Some(amount) if amount > longest => format!("longer than {} years", MAX_DAYS / 366),
        Some(0) => "no time at all".to_owned(),
        Some(_) => "time runs forward only".to_owned(),
        None => "not a whole number".to_owned(),
    };
    let text = cx.text_at(duration.span);
    let diagnostic = time::bad_duration(&text, &why, cx.at(duration.span));
    cx.report(diagnostic);
    None
}
