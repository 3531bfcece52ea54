//! `tags vip, beta`

use super::{Pair, Reader, Rule, name};
use crate::syntax::ast::Tags;

pub(super) fn parse(_: &mut Reader<'_>, pair: &Pair<'_>) -> Tags {
    let names = pair.clone().into_inner().filter(|inner| inner.as_rule() == Rule::name);
    Tags { names: names.map(|inner| name(&inner)).collect() }
}
