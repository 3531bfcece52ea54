//! `wait D`, `wait until P up to D`.

use super::{Pair, Reader, Rule, child, span};
use crate::syntax::ast::{Duration, Unit, Wait};

pub(super) fn parse(reader: &mut Reader<'_>, pair: &Pair<'_>) -> Wait {
    if pair.as_rule() == Rule::wait_until {
        let up_to = child(pair, Rule::up_to).and_then(|up_to| reader.duration_of(&up_to));
        return Wait::Until { until: reader.predicate_of(pair), up_to };
    }
    let none = || Duration { amount: String::new(), unit: Unit::Days, span: span(pair) };
    Wait::For(reader.duration_of(pair).unwrap_or_else(none))
}
