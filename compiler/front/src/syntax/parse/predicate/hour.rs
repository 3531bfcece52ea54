//! `hour in contact timezone between 9 and 17`

use super::super::{Pair, Reader, Rule, child, has, span};
use super::order;
use crate::syntax::ast::{AtHour, HourAsks, Literal};

pub(super) fn parse(_: &mut Reader<'_>, pair: &Pair<'_>) -> Option<AtHour> {
    let numbers = pair.clone().into_inner().filter(|inner| inner.as_rule() == Rule::number);
    let mut numbers = numbers.map(|number| Literal::Number(number.as_str().trim().to_owned(), span(&number)));
    let asks = if let Some(sign) = child(pair, Rule::order) {
        HourAsks::Order(order(sign.as_str())?, numbers.next()?)
    } else if has(pair, Rule::kw_between) {
        HourAsks::Between(numbers.next()?, numbers.next()?)
    } else if has(pair, Rule::kw_not) {
        HourAsks::IsNot(numbers.next()?)
    } else {
        HourAsks::Is(numbers.next()?)
    };
    Some(AtHour { asks })
}
