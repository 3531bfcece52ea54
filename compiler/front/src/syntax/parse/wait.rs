//! `wait D`, `wait until P up to D`.

use super::{Pair, Reader, Rule, child, span};
use crate::syntax::ast::{Duration, Unit, WaitStep, WaitUntil};

impl<'s> Reader<'s> {
    pub(super) fn wait(&mut self, pair: &Pair<'s>) -> WaitStep {
        let none = || Duration { amount: String::new(), unit: Unit::Days, span: span(pair) };
        WaitStep { duration: self.duration_of(pair).unwrap_or_else(none) }
    }

    pub(super) fn wait_until(&mut self, pair: &Pair<'s>) -> WaitUntil {
        WaitUntil {
            until: self.predicate_of(pair),
            up_to: child(pair, Rule::up_to).and_then(|up_to| self.duration_of(&up_to)),
        }
    }
}
