//! `wait D`, `wait until P up to D`, and what comes when that time has passed.

use super::{Pair, Reader, Rule, child, has, span, step};
use crate::source::Span;
use crate::syntax::Settled;
use crate::syntax::ast::{Duration, Unit, Wait};

pub(super) fn parse(reader: &mut Reader<'_>, pair: &Pair<'_>) -> Wait {
    if pair.as_rule() == Rule::wait_until {
        let up_to = child(pair, Rule::up_to).and_then(|up_to| reader.duration_of(&up_to));
        let until = Box::new(reader.predicate_of(pair));
        let otherwise = child(pair, Rule::timeout).map(|timeout| {
            let at = span(&timeout);
            let word = child(&timeout, Rule::kw_otherwise).map_or(at, |word| span(&word));
            if !has(&timeout, Rule::comma) {
                reader.settled.push(Settled { span: Span::new(word.start, word.start), instead: "," });
            }
            (step::block_of(reader, &timeout), Span::new(word.start, at.end))
        });
        return Wait::Until { until, up_to, otherwise };
    }
    let none = || Duration { amount: String::new(), unit: Unit::Days, span: span(pair) };
    Wait::For(reader.duration_of(pair).unwrap_or_else(none))
}
