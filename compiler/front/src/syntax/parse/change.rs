//! `score += N`, `set FIELD = VALUE`.

use super::{Pair, Reader, Rule, child};
use crate::syntax::ast::{ScoreChange, SetField};

impl<'s> Reader<'s> {
    pub(super) fn score(&mut self, pair: &Pair<'s>) -> ScoreChange {
        ScoreChange {
            target: self.name_of(pair, Rule::name),
            minus: child(pair, Rule::change).is_some_and(|change| change.as_str() == "-="),
            amount: self.value_of(pair),
        }
    }

    pub(super) fn set(&mut self, pair: &Pair<'s>) -> SetField {
        SetField { field: self.name_of(pair, Rule::name), value: self.value_of(pair) }
    }
}
