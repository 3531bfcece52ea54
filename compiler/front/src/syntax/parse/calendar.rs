//! `calendar`.

use super::context::Context;
use super::predicate::list;
use super::{Pair, Reader, Rule, child, name, span};
use crate::syntax::ast::{Calendar, DaySpan, Holidays, Literal, Name, OfCountry};
use crate::syntax::settled::Settled;

pub(super) fn parse(reader: &mut Reader<'_>, pair: &Pair<'_>) -> Calendar {
    let (mut lines, mut broken) = (Vec::new(), reader.unclosed);
    for inner in pair.clone().into_inner() {
        match inner.as_rule() {
            Rule::holidays => lines.push(holidays(reader, &inner)),
            Rule::bad_line => {
                broken = true;
                reader.bad_clause(&inner, Context::Calendar);
            }
            _ => {}
        }
    }
    let of = child(pair, Rule::of_country).map(|of| of_country(reader, &of));
    Calendar { name: reader.name_of(pair, Rule::name), of, lines, broken }
}

fn of_country(reader: &mut Reader<'_>, pair: &Pair<'_>) -> OfCountry {
    let asked = pair.clone().into_inner().filter(|inner| inner.as_rule() == Rule::country_is);
    let countries = asked.flat_map(|asked| countries(reader, &asked)).collect();
    OfCountry { countries, span: span(pair) }
}

fn countries(reader: &mut Reader<'_>, pair: &Pair<'_>) -> Vec<Literal> {
    match child(pair, Rule::literal) {
        Some(one) => vec![reader.literal(&one)],
        None => list(reader, pair),
    }
}

/// A comma at its end is settled away: the next line says that more days follow.
fn holidays(reader: &mut Reader<'_>, pair: &Pair<'_>) -> Holidays {
    let comma = child(pair, Rule::comma).map(|comma| Settled { span: span(&comma), instead: "" });
    reader.settled.extend(comma);
    Holidays { days: days(pair).collect(), span: span(pair) }
}

pub(super) fn days(pair: &Pair<'_>) -> impl Iterator<Item = DaySpan> {
    pair.clone().into_inner().filter(|inner| inner.as_rule() == Rule::day_span).map(|inner| day_span(&inner))
}

/// The days of a rule `day_span`.
pub(super) fn day_span(pair: &Pair<'_>) -> DaySpan {
    let mut dates = pair.clone().into_inner().filter(|inner| inner.as_rule() == Rule::date).map(|date| name(&date));
    let nothing = || Name { text: String::new(), span: span(pair) };
    DaySpan { first: dates.next().unwrap_or_else(nothing), last: dates.next(), span: span(pair) }
}
