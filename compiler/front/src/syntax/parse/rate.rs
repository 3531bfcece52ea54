//! `rate N an hour`, `rate N a day`.

use super::{Pair, Reader, Rule, child, span};
use crate::source::Span;
use crate::syntax::ast::{Duration, Rate, Unit};

pub(super) fn rate(reader: &mut Reader<'_>, pair: &Pair<'_>) -> Rate {
    let (number, per) = (child(pair, Rule::number), child(pair, Rule::rate_per));
    let place = |of: &Option<Pair<'_>>| of.as_ref().map_or_else(|| span(pair), span);
    let at = Span::new(place(&number).start, place(&per).end);
    let amount = number.map(|number| number.as_str().trim().to_owned()).unwrap_or_default();
    let unit = per.and_then(|per| unit_of(reader, &per)).unwrap_or(Unit::Hours);
    Rate(Duration { amount, unit, span: at })
}

/// `a hour` is settled as `an hour`.
fn unit_of(reader: &mut Reader<'_>, per: &Pair<'_>) -> Option<Unit> {
    let word = child(per, Rule::unit)?;
    let unit = Unit::of(word.as_str())?;
    let settled = match unit {
        Unit::Hours => Some(["an", "hour"]),
        Unit::Days => Some(["a", "day"]),
        Unit::Minutes | Unit::Weeks | Unit::Months => None,
    };
    if let Some([a, one]) = settled
        && !per.as_str().split_whitespace().eq([a, one])
    {
        let article = if a == "an" { "an " } else { "a " };
        reader.settle([(Span::new(span(per).start, span(&word).start), article), (span(&word), one)]);
    }
    Some(unit)
}
