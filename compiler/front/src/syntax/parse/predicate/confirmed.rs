//! `confirmed news`, `no confirmed news in the last 3 days`

use super::super::{Pair, Reader, Rule, child, has};
use super::{count, period};
use crate::syntax::ast::Confirmed;

pub(super) fn parse(reader: &mut Reader<'_>, pair: &Pair<'_>) -> Option<Confirmed> {
    Some(Confirmed {
        none: has(pair, Rule::kw_no),
        topic: reader.name_of(pair, Rule::word),
        count: child(pair, Rule::count).and_then(|inner| count(&inner)),
        period: child(pair, Rule::period).and_then(|inner| period(reader, &inner)),
    })
}
