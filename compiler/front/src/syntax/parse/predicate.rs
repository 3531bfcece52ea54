//! Predicates. What has words of its own has a file in `predicate/`.

use super::{Pair, Reader, Rule, child, has, span};
use crate::syntax::ast::{Count, CountKind, Literal, Name, Order, Period, Predicate, Property, Relation, Sum};
use crate::syntax::constructs;

macro_rules! modules {
    ({$($module:ident: $variant:ident $node:tt $rules:tt $about:tt;)*} $later:tt) => { $(mod $module;)* };
}
constructs::predicates!(modules);

impl Reader<'_> {
    /// The predicate in a pair.
    pub(super) fn predicate_of(&mut self, pair: &Pair<'_>) -> Predicate {
        match child(pair, Rule::predicate) {
            Some(inner) => parse(self, &inner),
            None => nothing(pair),
        }
    }
}

fn parse(reader: &mut Reader<'_>, pair: &Pair<'_>) -> Predicate {
    let (mut parts, mut ors) = (Vec::new(), Vec::new());
    for inner in pair.clone().into_inner() {
        match inner.as_rule() {
            Rule::and => ors.push(false),
            Rule::or => ors.push(true),
            Rule::COMMENT => {}
            _ => parts.push(unary(reader, &inner)),
        }
    }
    let span = span(pair);
    match (ors.contains(&true), ors.contains(&false)) {
        (false, false) => parts.pop().unwrap_or_else(|| nothing(pair)),
        (false, true) => Predicate::And(parts, span),
        (true, false) => Predicate::Or(parts, span),
        (true, true) => Predicate::Mixed { parts, ors, span },
    }
}

fn unary(reader: &mut Reader<'_>, pair: &Pair<'_>) -> Predicate {
    macro_rules! dispatch {
        ({$($module:ident: $variant:ident $node:tt [$rule:ident $words:literal] $about:tt;)*} $later:tt) => {
            match pair.as_rule() {
                $(Rule::$rule => match $module::parse(reader, pair) {
                    Some(node) => Predicate::$variant(node, span(pair)),
                    None => nothing(pair),
                },)*
                Rule::not => not(reader, pair),
                Rule::no_event => event_test(reader, pair, true),
                Rule::group_of => Predicate::Group(Box::new(reader.predicate_of(pair)), span(pair)),
                Rule::event_test => event_test(reader, pair, false),
                Rule::comparison => comparison(reader, pair),
                _ => nothing(pair),
            }
        };
    }
    constructs::predicates!(dispatch)
}

fn not(reader: &mut Reader<'_>, pair: &Pair<'_>) -> Predicate {
    let mut inner = pair.clone().into_inner().filter(|inner| !matches!(inner.as_rule(), Rule::kw_not | Rule::COMMENT));
    let inner = inner.next().map_or_else(|| nothing(pair), |inner| unary(reader, &inner));
    Predicate::Not(Box::new(inner), span(pair))
}

fn event_test(reader: &mut Reader<'_>, pair: &Pair<'_>, none: bool) -> Predicate {
    let mut properties = Vec::new();
    for inner in child(pair, Rule::properties).into_iter().flat_map(Pair::into_inner) {
        if inner.as_rule() == Rule::property {
            let relation = child(&inner, Rule::relation).and_then(|inner| relation(reader, &inner));
            let relation = relation.unwrap_or(Relation::IsKnown);
            properties.push(Property { name: reader.name_of(&inner, Rule::name), relation, span: span(&inner) });
        }
    }
    Predicate::Event {
        none,
        event: reader.name_of(pair, Rule::word),
        properties,
        count: child(pair, Rule::count).and_then(|inner| count(&inner)),
        period: child(pair, Rule::period).and_then(|inner| period(reader, &inner)),
        span: span(pair),
    }
}

fn count(pair: &Pair<'_>) -> Option<Count> {
    let kind = if has(pair, Rule::at_least) {
        CountKind::AtLeast
    } else if has(pair, Rule::at_most) {
        CountKind::AtMost
    } else {
        CountKind::Exactly
    };
    let times = child(pair, Rule::number)?;
    Some(Count { kind, times: Literal::Number(times.as_str().trim().to_owned(), span(&times)), span: span(pair) })
}

fn period(reader: &mut Reader<'_>, pair: &Pair<'_>) -> Option<Period> {
    if has(pair, Rule::ever) {
        Some(Period::Ever)
    } else if has(pair, Rule::since_entry) {
        Some(Period::SinceEntry)
    } else if has(pair, Rule::from_now) {
        Some(Period::FromNow)
    } else {
        match child(pair, Rule::in_the_last) {
            Some(inner) => reader.duration_of(&inner).map(Period::InTheLast),
            None => reader.duration_of(pair).map(Period::In),
        }
    }
}

fn comparison(reader: &mut Reader<'_>, pair: &Pair<'_>) -> Predicate {
    let left = reader.sum_of(pair);
    let relation = child(pair, Rule::relation).and_then(|inner| relation(reader, &inner));
    Predicate::Compare { left, relation, span: span(pair) }
}

fn relation(reader: &mut Reader<'_>, pair: &Pair<'_>) -> Option<Relation> {
    let inner = pair.clone().into_inner().find(|inner| inner.as_rule() != Rule::COMMENT)?;
    let literal = |reader: &mut Reader<'_>| child(&inner, Rule::literal).map(|literal| reader.literal(&literal));
    let text = |reader: &mut Reader<'_>| child(&inner, Rule::string).map(|text| reader.text_literal(&text));
    Some(match inner.as_rule() {
        Rule::is_known => Relation::IsKnown,
        Rule::is_unknown => Relation::IsUnknown,
        Rule::is_not => Relation::IsNot(literal(reader)?),
        Rule::is => Relation::Is(literal(reader)?),
        Rule::in_list => Relation::In(list(reader, &inner)),
        Rule::not_in => Relation::NotIn(list(reader, &inner)),
        Rule::contains => Relation::Contains(text(reader)?),
        Rule::starts_with => Relation::StartsWith(text(reader)?),
        Rule::order => Relation::Order(order(inner.as_str()), reader.sum_of(pair)),
        _ => return None,
    })
}

fn list(reader: &mut Reader<'_>, pair: &Pair<'_>) -> Vec<Literal> {
    let literals = child(pair, Rule::list).into_iter().flat_map(Pair::into_inner);
    literals.filter(|inner| inner.as_rule() == Rule::literal).map(|literal| reader.literal(&literal)).collect()
}

fn order(sign: &str) -> Order {
    match sign.trim() {
        ">=" => Order::AtLeast,
        "<=" => Order::AtMost,
        ">" => Order::Over,
        _ => Order::Under,
    }
}

/// A predicate where the grammar promised one and there is none: an unknown name, so that the checker speaks.
fn nothing(pair: &Pair<'_>) -> Predicate {
    let at = span(pair);
    let word = Literal::Word(Name { text: pair.as_str().trim().to_owned(), span: at });
    Predicate::Compare { left: Sum { terms: vec![(false, word)], span: at }, relation: None, span: at }
}
