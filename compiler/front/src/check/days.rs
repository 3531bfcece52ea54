//! Days as they are written, from one to another.

use super::cx::Cx;
use crate::diagnostics::{time, types};
use crate::syntax::ast::{self, Name};
use crate::values::days_of;
use flow_ir::DaySpan;

pub(super) fn check_day_span(cx: &mut Cx<'_>, days: &ast::DaySpan) -> Option<DaySpan> {
    let first_day = check_day(cx, &days.first)?;
    let Some(last) = &days.last else { return Some(DaySpan { first_day, last_day: first_day }) };
    let last_day = check_day(cx, last)?;
    if last_day < first_day {
        let at = cx.at(days.span);
        cx.report(time::backwards(&days.first.text, &last.text, at));
        return None;
    }
    Some(DaySpan { first_day, last_day })
}

/// A day as days since 1970-01-01.
pub(super) fn check_day(cx: &mut Cx<'_>, day: &Name) -> Option<i32> {
    let days = days_of(&day.text).and_then(|days| i32::try_from(days).ok());
    if days.is_none() {
        let diagnostic = types::bad_date(&day.text, cx.at(day.span));
        cx.report(diagnostic);
    }
    days
}
