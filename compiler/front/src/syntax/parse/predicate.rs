//! Predicates.

use super::{Pair, Reader, Rule, child, has, name, span};
use crate::syntax::ast::{
    Count, CountKind, EngagementVerb, Literal, Name, Order, Period, Predicate, Property, Relation, Sum,
};

impl<'s> Reader<'s> {
    /// The predicate in a pair.
    pub(super) fn predicate_of(&mut self, pair: &Pair<'s>) -> Predicate {
        match child(pair, Rule::predicate) {
            Some(inner) => self.predicate(&inner),
            None => nothing(pair),
        }
    }

    fn predicate(&mut self, pair: &Pair<'s>) -> Predicate {
        let (mut parts, mut ors) = (Vec::new(), Vec::new());
        for inner in pair.clone().into_inner() {
            match inner.as_rule() {
                Rule::and => ors.push(false),
                Rule::or => ors.push(true),
                Rule::COMMENT => {}
                _ => parts.push(self.unary(&inner)),
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

    fn unary(&mut self, pair: &Pair<'s>) -> Predicate {
        let at = span(pair);
        match pair.as_rule() {
            Rule::not => {
                let mut inner =
                    pair.clone().into_inner().filter(|inner| !matches!(inner.as_rule(), Rule::kw_not | Rule::COMMENT));
                Predicate::Not(Box::new(inner.next().map_or_else(|| nothing(pair), |inner| self.unary(&inner))), at)
            }
            Rule::group_of => Predicate::Group(Box::new(self.predicate_of(pair)), at),
            Rule::timed_out => Predicate::TimedOut(at),
            Rule::was_sent => Predicate::Sent(self.name_of(pair, Rule::word), at),
            Rule::engagement => self.engagement(pair),
            Rule::no_event => self.event_test(pair, true),
            Rule::inactive => match self.duration_of(pair) {
                Some(duration) => Predicate::Inactive(duration, at),
                None => nothing(pair),
            },
            Rule::event_test => self.event_test(pair, false),
            Rule::comparison => self.comparison(pair),
            _ => nothing(pair),
        }
    }

    fn engagement(&mut self, pair: &Pair<'s>) -> Predicate {
        let verb = if has(pair, Rule::kw_clicked) {
            EngagementVerb::Clicked
        } else if has(pair, Rule::kw_opened) {
            EngagementVerb::Opened
        } else if has(pair, Rule::kw_replied) {
            EngagementVerb::Replied
        } else {
            EngagementVerb::Bounced
        };
        let email = child(pair, Rule::word).map(|word| name(&word));
        let link = child(pair, Rule::string).map(|link| self.text_literal(&link));
        Predicate::Engaged { verb, email, link, span: span(pair) }
    }

    fn event_test(&mut self, pair: &Pair<'s>, none: bool) -> Predicate {
        let mut properties = Vec::new();
        for inner in child(pair, Rule::properties).into_iter().flat_map(Pair::into_inner) {
            if inner.as_rule() == Rule::property {
                let relation = child(&inner, Rule::relation).and_then(|relation| self.relation(&relation));
                let relation = relation.unwrap_or(Relation::IsKnown);
                properties.push(Property { name: self.name_of(&inner, Rule::name), relation, span: span(&inner) });
            }
        }
        Predicate::Event {
            none,
            event: self.name_of(pair, Rule::word),
            properties,
            count: child(pair, Rule::count).and_then(|count| self.count(&count)),
            period: child(pair, Rule::period).and_then(|period| self.period(&period)),
            span: span(pair),
        }
    }

    fn count(&mut self, pair: &Pair<'s>) -> Option<Count> {
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

    fn period(&mut self, pair: &Pair<'s>) -> Option<Period> {
        if has(pair, Rule::ever) {
            Some(Period::Ever)
        } else if has(pair, Rule::since_entry) {
            Some(Period::SinceEntry)
        } else if has(pair, Rule::from_now) {
            Some(Period::FromNow)
        } else {
            self.duration_of(pair).map(Period::In)
        }
    }

    fn comparison(&mut self, pair: &Pair<'s>) -> Predicate {
        let left = self.sum_of(pair);
        let relation = child(pair, Rule::relation).and_then(|relation| self.relation(&relation));
        Predicate::Compare { left, relation, span: span(pair) }
    }

    fn relation(&mut self, pair: &Pair<'s>) -> Option<Relation> {
        let inner = pair.clone().into_inner().find(|inner| inner.as_rule() != Rule::COMMENT)?;
        let literal = |reader: &mut Self| child(&inner, Rule::literal).map(|literal| reader.literal(&literal));
        let text = |reader: &mut Self| child(&inner, Rule::string).map(|text| reader.text_literal(&text));
        Some(match inner.as_rule() {
            Rule::is_known => Relation::IsKnown,
            Rule::is_unknown => Relation::IsUnknown,
            Rule::is_not => Relation::IsNot(literal(self)?),
            Rule::is => Relation::Is(literal(self)?),
            Rule::in_list => Relation::In(self.list(&inner)),
            Rule::not_in => Relation::NotIn(self.list(&inner)),
            Rule::contains => Relation::Contains(text(self)?),
            Rule::starts_with => Relation::StartsWith(text(self)?),
            Rule::order => Relation::Order(order(inner.as_str()), self.sum_of(pair)),
            _ => return None,
        })
    }

    fn list(&mut self, pair: &Pair<'s>) -> Vec<Literal> {
        let literals = child(pair, Rule::list).into_iter().flat_map(Pair::into_inner);
        literals.filter(|inner| inner.as_rule() == Rule::literal).map(|literal| self.literal(&literal)).collect()
    }
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
