//! `weekday is monday`: by the person's calendar.

use super::super::cx::Cx;
use super::super::field::not;
use super::super::window::{EVERY_DAY, day_bits};
use super::Asked;
use crate::diagnostics::time;
use crate::source::Span;
use crate::syntax::ast::OnWeekday;
use crate::typed::Cond;
use flow_ir::SendWindow;

pub(super) fn check(cx: &mut Cx<'_>, weekday: &OnWeekday, span: Span, _: Asked<'_>) -> Cond {
    let days = weekday.days.iter().fold(0, |days, day| days | day_bits(*day));
    if days == EVERY_DAY {
        cx.report(time::every_day(&cx.text_at(span), cx.at(span)));
        return Cond::Unknown;
    }
    let is = Cond::Clocks(SendWindow { days, from_min: 0, to_min: 0 });
    if weekday.negated { not(is) } else { is }
}
