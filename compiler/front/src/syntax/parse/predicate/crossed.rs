//! `entered hot_leads`, `left hot_leads in the last 30 days`

use super::super::{Pair, Reader, Rule, child, has};
use super::{count, period};
use crate::syntax::ast::Crossed;

pub(super) fn parse(reader: &mut Reader<'_>, pair: &Pair<'_>) -> Option<Crossed> {
    Some(Crossed {
        none: has(pair, Rule::kw_no),
        left: has(pair, Rule::kw_left),
        segment: reader.name_of(pair, Rule::word),
        count: child(pair, Rule::count).and_then(|inner| count(&inner)),
        period: child(pair, Rule::period).and_then(|inner| period(reader, &inner)),
    })
}
