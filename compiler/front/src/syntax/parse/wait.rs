//! `wait D`, `wait until P up to D` and what comes when that time has passed, and waits by the calendar.

use super::{Pair, Reader, Rule, child, has, name, span, step};
use crate::source::Span;
use crate::syntax::Settled;
use crate::syntax::ast::{Appointment, Days, Duration, Name, Side, Step, Unit, Wait};

pub(super) fn parse(reader: &mut Reader<'_>, pair: &Pair<'_>) -> Wait {
    match pair.as_rule() {
        Rule::wait_until => {
            let up_to = child(pair, Rule::up_to).and_then(|up_to| reader.duration_of(&up_to));
            let until = Box::new(reader.predicate_of(pair));
            let otherwise = behind(reader, pair, Rule::timeout, Rule::kw_otherwise);
            Wait::Until { until, up_to, otherwise }
        }
        Rule::wait_on => {
            let until = appointment(reader, pair);
            let clock = child(pair, Rule::at_clock).and_then(|at| child(&at, Rule::clock)).map(|clock| name(&clock));
            Wait::On { until, clock, past: behind(reader, pair, Rule::if_past, Rule::kw_if) }
        }
        Rule::wait_when => {
            let mut lengths = pair.clone().into_inner().filter(|inner| inner.as_rule() == Rule::duration);
            let mut length = || lengths.next().and_then(|inner| reader.duration(&inner)).unwrap_or_else(|| none(pair));
            let (long, otherwise) = (length(), length());
            let when = Box::new(reader.predicate_of(pair));
            let word = child(pair, Rule::kw_otherwise).map_or(otherwise.span, |word| span(&word));
            settle_comma(reader, pair, word);
            Wait::When { long, when, otherwise }
        }
        Rule::wait_business => {
            let from = child(pair, Rule::number).map_or_else(|| span(pair), |number| span(&number));
            let at = Span::new(from.start, child(pair, Rule::unit).map_or(from, |unit| span(&unit)).end);
            let business = reader.amount(pair, at);
            Wait::Business(business.unwrap_or_else(|| none(pair)))
        }
        _ => Wait::For(reader.duration_of(pair).unwrap_or_else(|| none(pair))),
    }
}

/// What stands where no length could be read.
fn none(pair: &Pair<'_>) -> Duration {
    Duration { amount: String::new(), unit: Unit::Days, span: span(pair) }
}

/// The block that stands behind a wait, from its word to its end.
fn behind(reader: &mut Reader<'_>, pair: &Pair<'_>, rule: Rule, begins: Rule) -> Option<(Vec<Step>, Span)> {
    let block = child(pair, rule)?;
    let at = span(&block);
    let word = child(&block, begins).map_or(at, |word| span(&word));
    settle_comma(reader, &block, word);
    Some((step::block_of(reader, &block), Span::new(word.start, at.end)))
}

/// A comma stands before the word.
fn settle_comma(reader: &mut Reader<'_>, pair: &Pair<'_>, word: Span) {
    if !has(pair, Rule::comma) {
        reader.settled.push(Settled { span: Span::new(word.start, word.start), instead: "," });
    }
}

fn appointment(reader: &mut Reader<'_>, pair: &Pair<'_>) -> Appointment {
    if let Some(next) = child(pair, Rule::next_weekday) {
        let (at, word) = (span(&next), child(&next, Rule::weekday));
        if !has(&next, Rule::kw_next) {
            reader.settled.push(Settled { span: Span::new(at.start, at.start), instead: "next " });
        }
        let day = word.and_then(|word| Days::of(word.as_str())).unwrap_or(Days::Monday);
        return Appointment::Weekday { day, at };
    }
    if let Some(day) = child(pair, Rule::date) {
        return Appointment::OnDay(name(&day));
    }
    if let Some(clock) = child(pair, Rule::clock) {
        return Appointment::Clock(name(&clock));
    }
    if let Some(tomorrow) = child(pair, Rule::tomorrow) {
        return Appointment::Tomorrow(span(&tomorrow));
    }
    if let Some(day) = child(pair, Rule::journey_day) {
        let number = child(&day, Rule::number).map_or_else(String::new, |number| number.as_str().trim().to_owned());
        return Appointment::Day { number, at: span(&day) };
    }
    let dated = child(pair, Rule::wait_date);
    let distance = dated.as_ref().and_then(|dated| child(dated, Rule::distance)).and_then(|distance| {
        let side = if has(&distance, Rule::kw_before) { Side::Before } else { Side::After };
        Some((reader.duration_of(&distance)?, side))
    });
    let unnamed = || Name { text: String::new(), span: span(pair) };
    let named = |dated: Pair<'_>| {
        child(&dated, Rule::trigger_value).or_else(|| child(&dated, Rule::word)).map(|word| name(&word))
    };
    let field = dated.and_then(named).unwrap_or_else(unnamed);
    Appointment::Date { distance, field }
}
