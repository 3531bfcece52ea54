//! `opened any email at least 2 times in the last 30 days`

use super::super::{Pair, Reader, Rule, child, has};
use super::engaged::verb;
use super::{count, period};
use crate::syntax::ast::Reaction;

pub(super) fn parse(reader: &mut Reader<'_>, pair: &Pair<'_>) -> Option<Reaction> {
    Some(Reaction {
        none: has(pair, Rule::kw_no),
        verb: verb(pair)?,
        count: child(pair, Rule::count).and_then(|inner| count(&inner)),
        period: child(pair, Rule::period).and_then(|inner| period(reader, &inner)),
    })
}
