//! `weekday in (saturday, sunday)`

use super::super::{Pair, Reader, Rule, has};
use crate::syntax::ast::{Days, OnWeekday};

pub(super) fn parse(_: &mut Reader<'_>, pair: &Pair<'_>) -> Option<OnWeekday> {
    let days = pair.clone().into_inner().filter(|inner| inner.as_rule() == Rule::day);
    let days = days.map(|day| Days::of(day.as_str())).collect::<Option<_>>()?;
    Some(OnWeekday { negated: has(pair, Rule::kw_not), listed: has(pair, Rule::kw_in), days })
}
