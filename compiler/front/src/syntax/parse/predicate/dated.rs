//! `renewal_date < today + 30 days`

use super::super::{Pair, Reader, Rule, child, has, name, span};
use super::order;
use crate::syntax::ast::{Dated, DatedAsks, Literal, Time, TimeBase};

pub(super) fn parse(reader: &mut Reader<'_>, pair: &Pair<'_>) -> Option<Dated> {
    let left = times(reader, pair).next()?;
    let pair = &child(pair, Rule::beside_now).or_else(|| child(pair, Rule::beside_point))?;
    let mut sides = times(reader, pair);
    let asks = if let Some(age) = child(pair, Rule::age) {
        let time = reader.duration_of(&age)?;
        if has(&age, Rule::kw_more) { DatedAsks::MoreThanAgo(time) } else { DatedAsks::LessThanAgo(time) }
    } else if let Some(sign) = child(pair, Rule::order) {
        DatedAsks::Order(order(sign.as_str())?, sides.next()?)
    } else if has(pair, Rule::kw_between) {
        DatedAsks::Between(sides.next()?, sides.next()?)
    } else if has(pair, Rule::kw_not) {
        DatedAsks::IsNot(sides.next()?)
    } else {
        DatedAsks::Is(sides.next()?)
    };
    Some(Dated { left: Box::new(left), asks: Box::new(asks) })
}

fn times(reader: &mut Reader<'_>, pair: &Pair<'_>) -> impl Iterator<Item = Time> + use<> {
    let sides = pair.clone().into_inner().filter(|inner| matches!(inner.as_rule(), Rule::at_now | Rule::point));
    sides.filter_map(|side| time(reader, &side)).collect::<Vec<_>>().into_iter()
}

fn time(reader: &mut Reader<'_>, pair: &Pair<'_>) -> Option<Time> {
    let base = if let Some(today) = child(pair, Rule::kw_today) {
        TimeBase::Today(span(&today))
    } else if let Some(now) = child(pair, Rule::kw_now) {
        TimeBase::Now(span(&now))
    } else if let Some(date) = child(pair, Rule::date) {
        TimeBase::Date(Literal::Date(date.as_str().trim().to_owned(), span(&date)))
    } else {
        TimeBase::Field(name(&child(pair, Rule::trigger_value).or_else(|| child(pair, Rule::word))?))
    };
    let shifts = pair.clone().into_inner().filter(|inner| inner.as_rule() == Rule::shift);
    let shifts = shifts.map(|shift| {
        let minus = child(&shift, Rule::sign).is_some_and(|sign| sign.as_str().trim() == "-");
        Some((minus, reader.duration_of(&shift)?))
    });
    Some(Time { base, shifts: shifts.collect::<Option<_>>()?, span: span(pair) })
}
