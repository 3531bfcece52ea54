//! `rate N an hour`: how many people come in; whoever comes beyond it waits for their turn.

use super::cx::Cx;
use super::header::Around;
use crate::diagnostics::time;
use crate::syntax::ast::{self, Unit};
use crate::typed::TypedWorkflow;
use crate::values::{number_of, point_or_thousands, whole_of};
use flow_ir::limits::MAX_RATE;
use flow_ir::{NUMBER_SCALE, Rate, RatePer};

pub(super) fn rate(cx: &mut Cx<'_>, rate: &ast::Rate, _: &Around<'_>, typed: &mut TypedWorkflow) {
    let ast::Rate(written) = rate;
    let people = whole_of(&written.amount);
    let per = match written.unit {
        Unit::Hours => Some(RatePer::Hour),
        Unit::Days => Some(RatePer::Day),
        Unit::Minutes | Unit::Weeks | Unit::Months => None,
    };
    let fits = people.and_then(|people| u32::try_from(people).ok()).map(|people| (people, per));
    if let Some((people, Some(per))) = fits
        && let rate = (Rate { people, per })
        && rate.is_sensible()
    {
        typed.rate = Some(rate);
        return;
    }
    let why = match people {
        None => "people come in whole",
        Some(people) if people < 1 => "nobody would ever come in",
        Some(people) if people > i64::from(MAX_RATE) => "more than can be paced",
        Some(_) => "people come in by the hour or by the day",
    };
    let instead = nearest(&written.amount, written.unit);
    let text = cx.text_at(written.span);
    let diagnostic = time::bad_rate(&text, why, cx.at(written.span), &instead.to_string());
    cx.report(diagnostic);
}

/// The rate that comes nearest to what was written, and lets in no more than that.
fn nearest(amount: &str, unit: Unit) -> Rate {
    let thousands = point_or_thousands(amount).map(|[_, thousands]| thousands);
    let people = number_of(thousands.as_deref().unwrap_or(amount)).unwrap_or(i64::MAX).saturating_abs() / NUMBER_SCALE;
    let (people, per) = match unit {
        Unit::Minutes => (people.saturating_mul(60), RatePer::Hour),
        Unit::Hours => (people, RatePer::Hour),
        Unit::Days => (people, RatePer::Day),
        Unit::Weeks => (people / 7, RatePer::Day),
        Unit::Months => (people / 30, RatePer::Day),
    };
    let people = u32::try_from(people.clamp(1, i64::from(MAX_RATE))).unwrap_or(MAX_RATE);
    Rate { people, per }
}
