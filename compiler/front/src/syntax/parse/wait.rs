//! `wait D`, `wait until P up to D`.

use super::{Pair, Reader, Rule, child, span};
use crate::syntax::ast::{Duration, Unit, Wait};

impl<'s> Reader<'s> {
    pub(super) fn wait(&mut self, pair: &Pair<'s>) -> Wait {
        if pair.as_rule() == Rule::wait_until {
            let up_to = child(pair, Rule::up_to).and_then(|up_to| self.duration_of(&up_to));
            return Wait::Until { until: self.predicate_of(pair), up_to };
        }
        let none = || Duration { amount: String::new(), unit: Unit::Days, span: span(pair) };
        Wait::For(self.duration_of(pair).unwrap_or_else(none))
    }
}
