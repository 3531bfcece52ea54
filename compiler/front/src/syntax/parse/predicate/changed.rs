//! `stage changes to customer`, `plan changes from "trial" to "paid"`

use super::super::{Pair, Reader, Rule, child};
use super::{count, period};
use crate::syntax::ast::{Changed, Literal};

pub(super) fn parse(reader: &mut Reader<'_>, pair: &Pair<'_>) -> Option<Changed> {
    Some(Changed {
        field: reader.name_of(pair, Rule::word),
        from: value(reader, pair, Rule::changed_from),
        to: value(reader, pair, Rule::changed_to),
        count: child(pair, Rule::count).and_then(|inner| count(&inner)),
        period: child(pair, Rule::period).and_then(|inner| period(reader, &inner)),
    })
}

fn value(reader: &mut Reader<'_>, pair: &Pair<'_>, rule: Rule) -> Option<Box<Literal>> {
    let literal = child(&child(pair, rule)?, Rule::literal)?;
    Some(Box::new(reader.literal(&literal)))
}
