//! `score += N`, `set FIELD = VALUE`.

use super::{Pair, Reader, Rule, child};
use crate::syntax::ast::Change;

pub(super) fn parse(reader: &mut Reader<'_>, pair: &Pair<'_>) -> Change {
    let field = reader.name_of(pair, Rule::name);
    match child(pair, Rule::change) {
        Some(sign) => Change::Count { field, minus: sign.as_str() == "-=", amount: reader.value_of(pair) },
        None => Change::Set { field, value: reader.value_of(pair) },
    }
}
