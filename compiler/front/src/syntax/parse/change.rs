//! `score += N`, `set FIELD = VALUE`.

use super::{Pair, Reader, Rule, child};
use crate::syntax::ast::Change;

impl<'s> Reader<'s> {
    pub(super) fn change(&mut self, pair: &Pair<'s>) -> Change {
        let field = self.name_of(pair, Rule::name);
        match child(pair, Rule::change) {
            Some(sign) => Change::Count { field, minus: sign.as_str() == "-=", amount: self.value_of(pair) },
            None => Change::Set { field, value: self.value_of(pair) },
        }
    }
}
