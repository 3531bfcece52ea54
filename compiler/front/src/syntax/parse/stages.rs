//! `stages`.

use super::{Pair, Reader, Rule, name, span};
use crate::syntax::ast::Stages;

pub(super) fn parse(_: &mut Reader<'_>, pair: &Pair<'_>) -> Stages {
    let names = pair.clone().into_inner().filter(|inner| inner.as_rule() == Rule::name);
    Stages { names: names.map(|inner| name(&inner)).collect(), span: span(pair) }
}
