//! `repeat up to N times every D until P { … }`.

use super::{Pair, Reader, Rule, child, has, span, step};
use crate::source::Span;
use crate::syntax::Settled;
use crate::syntax::ast::{Duration, Literal, Repeat, Unit};

pub(super) fn parse(reader: &mut Reader<'_>, pair: &Pair<'_>) -> Repeat {
    let none = || Duration { amount: String::new(), unit: Unit::Days, span: span(pair) };
    let times = child(pair, Rule::rounds).and_then(|rounds| times(reader, pair, &rounds));
    Repeat {
        times: times.unwrap_or_else(|| Literal::Number(String::new(), span(pair))),
        every: reader.duration_of(pair).unwrap_or_else(none),
        until: child(pair, Rule::stops).map(|stops| reader.predicate_of(&stops)),
        steps: step::block_of(reader, pair),
    }
}

/// How often; `repeat 3 time` is settled as `repeat up to 3 times`.
fn times(reader: &mut Reader<'_>, pair: &Pair<'_>, rounds: &Pair<'_>) -> Option<Literal> {
    let number = child(rounds, Rule::number)?;
    let text = number.as_str().trim().to_owned();
    if let (false, Some(word)) = (has(rounds, Rule::kw_up), child(pair, Rule::kw_repeat)) {
        let behind = span(&word).end;
        reader.settled.push(Settled { span: Span::new(behind, behind), instead: " up to" });
    }
    let several = text != "1";
    if let Some(word) = child(rounds, if several { Rule::kw_time } else { Rule::kw_times }) {
        reader.settled.push(Settled { span: span(&word), instead: if several { "times" } else { "time" } });
    }
    Some(Literal::Number(text, span(&number)))
}
