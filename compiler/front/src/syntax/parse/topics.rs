//! `topics news, product`

use super::{Pair, Reader, Rule, name};
use crate::syntax::ast::Topics;

pub(super) fn parse(_: &mut Reader<'_>, pair: &Pair<'_>) -> Topics {
    let names = pair.clone().into_inner().filter(|inner| inner.as_rule() == Rule::name);
    Topics { names: names.map(|inner| name(&inner)).collect() }
}
