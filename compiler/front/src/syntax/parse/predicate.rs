//! Predicates. What has words of its own has a file in `predicate/`.

use super::{Pair, Reader, Rule, child, has, span};
use crate::source::Span;
use crate::syntax::ast::{
    Count, CountKind, Literal, Name, Order, Period, Predicate, Property, Relation, Sum, TextRelation,
};
use crate::syntax::{Settled, constructs};

macro_rules! modules {
    ({$($module:ident: $variant:ident $node:tt $rules:tt $about:tt;)*} $later:tt) => { $(mod $module;)* };
}
constructs::predicates!(modules);

impl Reader<'_> {
    /// Takes the parentheses from a list that is settled without them: from the one that stands next from a place on, up to the pair's
    /// end.
    pub(super) fn settle_bare(&mut self, pair: &Pair<'_>, from: u32) {
        let whole = Span::new(from, span(pair).end);
        let list = whole.text(self.text);
        if let Some(inside) = list.trim_start().strip_prefix('(')
            && list.ends_with(')')
        {
            let open = whole.end - inside.len() as u32 - 1;
            self.settle([(Span::new(open, open + 1), " "), (Span::new(whole.end - 1, whole.end), "")]);
        }
    }

    /// The texts of `any of "a", "b"` and `one of "a", "b"`: with parentheses or, as is settled, without.
    pub(super) fn texts_of(&mut self, pair: &Pair<'_>) -> Vec<Literal> {
        let Some(list) = child(pair, Rule::texts) else { return Vec::new() };
        self.settle_bare(&list, span(&list).start);
        let texts = list.into_inner().filter(|inner| inner.as_rule() == Rule::string);
        texts.map(|text| self.text_literal(&text)).collect()
    }

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
            let relation = relation.unwrap_or(Relation::Any);
            properties.push(Property { name: reader.name_of(&inner, Rule::name), relation, span: span(&inner) });
        }
    }
    let counts = child(pair, Rule::count).map(|inner| count(&inner));
    let periods = child(pair, Rule::period).map(|inner| period(reader, &inner));
    if counts == Some(None) || periods == Some(None) {
        // A word that the grammar has and this does not: nothing else is taken for it.
        return nothing(pair);
    }
    let (count, period) = (counts.flatten(), periods.flatten());
    Predicate::Event { none, event: reader.name_of(pair, Rule::word), properties, count, period, span: span(pair) }
}

fn count(pair: &Pair<'_>) -> Option<Count> {
    let kind = if has(pair, Rule::at_least) {
        CountKind::AtLeast
    } else if has(pair, Rule::at_most) {
        CountKind::AtMost
    } else if has(pair, Rule::exactly) {
        CountKind::Exactly
    } else {
        return None;
    };
    let times = child(pair, Rule::number)?;
    Some(Count { kind, times: Literal::Number(times.as_str().trim().to_owned(), span(&times)), span: span(pair) })
}

fn period(reader: &mut Reader<'_>, pair: &Pair<'_>) -> Option<Period> {
    if has(pair, Rule::ever) {
        Some(Period::Ever)
    } else if has(pair, Rule::since_entry) {
        Some(Period::SinceEntry)
    } else if let Some(inner) = child(pair, Rule::since_sent) {
        Some(Period::SinceSent(reader.name_of(&inner, Rule::word)))
    } else if has(pair, Rule::from_now) {
        Some(Period::FromNow)
    } else if has(pair, Rule::this_week) {
        Some(Period::ThisWeek)
    } else if has(pair, Rule::this_month) {
        Some(Period::ThisMonth)
    } else {
        match child(pair, Rule::in_the_last) {
            Some(inner) => {
                if let Some(within) = child(&inner, Rule::kw_within) {
                    reader.settled.push(Settled { span: span(&within), instead: "in" });
                }
                reader.duration_of(&inner).map(Period::InTheLast)
            }
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
    Some(match inner.as_rule() {
        Rule::is_known => Relation::IsKnown,
        Rule::is_unknown => Relation::IsUnknown,
        Rule::is_not => Relation::IsNot(literal(reader)?),
        Rule::is => Relation::Is(literal(reader)?),
        Rule::in_list => Relation::In(list(reader, &inner)),
        Rule::not_in => Relation::NotIn(list(reader, &inner)),
        Rule::contains => texts(reader, TextRelation::Contains, &inner),
        Rule::contains_word => texts(reader, TextRelation::ContainsWord, &inner),
        Rule::contains_any => texts(reader, TextRelation::ContainsAny, &inner),
        Rule::contains_any_word => texts(reader, TextRelation::ContainsAnyWord, &inner),
        Rule::starts_with => texts(reader, TextRelation::StartsWith, &inner),
        Rule::ends_with => texts(reader, TextRelation::EndsWith, &inner),
        Rule::between => between(reader, &inner)?,
        Rule::order => Relation::Order(order(inner.as_str())?, reader.sum_of(pair)),
        _ => return None,
    })
}

/// What a way of `choose by` asks: a value, one of several, or a range.
pub(super) fn way_relation(reader: &mut Reader<'_>, pair: &Pair<'_>) -> Option<Relation> {
    let first = pair.clone().into_inner().find(|inner| inner.as_rule() != Rule::COMMENT)?;
    match first.as_rule() {
        Rule::between => between(reader, &first),
        Rule::order => Some(Relation::Order(order(first.as_str())?, reader.sum_of(pair))),
        _ => {
            let literals = pair.clone().into_inner().filter(|inner| inner.as_rule() == Rule::literal);
            let mut values: Vec<Literal> = literals.map(|literal| reader.literal(&literal)).collect();
            Some(if values.len() == 1 { Relation::Is(values.remove(0)) } else { Relation::In(values) })
        }
    }
}

pub(super) fn list(reader: &mut Reader<'_>, pair: &Pair<'_>) -> Vec<Literal> {
    let Some(list) = child(pair, Rule::list) else { return Vec::new() };
    let at = span(&list);
    if !at.text(reader.text).starts_with('(') {
        reader.settle([(Span::new(at.start, at.start), "("), (Span::new(at.end, at.end), ")")]);
    }
    let literals = list.into_inner();
    literals.filter(|inner| inner.as_rule() == Rule::literal).map(|literal| reader.literal(&literal)).collect()
}

/// A question about a text, with its one string or its list of them.
fn texts(reader: &mut Reader<'_>, relation: TextRelation, pair: &Pair<'_>) -> Relation {
    let one = |reader: &mut Reader<'_>| child(pair, Rule::string).map(|text| reader.text_literal(&text));
    let texts = if has(pair, Rule::texts) { reader.texts_of(pair) } else { one(reader).into_iter().collect() };
    Relation::Text(relation, texts)
}

fn between(reader: &mut Reader<'_>, pair: &Pair<'_>) -> Option<Relation> {
    let mut sums = pair.clone().into_inner().filter(|inner| inner.as_rule() == Rule::sum);
    let (low, high) = (sums.next()?, sums.next()?);
    Some(Relation::Between(reader.sum(&low), reader.sum(&high)))
}

fn order(sign: &str) -> Option<Order> {
    match sign.trim() {
        ">=" => Some(Order::AtLeast),
        "<=" => Some(Order::AtMost),
        ">" => Some(Order::Over),
        "<" => Some(Order::Under),
        _ => None,
    }
}

/// A predicate where the grammar promised one and there is none: an unknown name, so that the checker speaks.
fn nothing(pair: &Pair<'_>) -> Predicate {
    let at = span(pair);
    let word = Literal::Word(Name { text: pair.as_str().trim().to_owned(), span: at });
    Predicate::Compare { left: Sum { terms: vec![(false, word)], span: at }, relation: None, span: at }
}
