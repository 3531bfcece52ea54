//! Events: which ones, how many, since when.

use super::predicate::Asked;
use super::typed::{Cond, EventTest, Since};
use super::{Checker, schema};
use crate::diagnostics::{names, time, types};
use crate::source::Span;
use crate::syntax::ast::{self, CountKind, Kind, Order, Period, Relation};
use flow_ir::{FieldType, Pattern, PatternEvent, PropertyTest, Trait};

impl Checker<'_> {
    pub(super) fn inactive(&mut self, duration: &ast::Duration, span: Span) -> Cond {
        let Some(ms) = self.look_back_ms(duration) else { return Cond::Unknown };
        let pattern = Pattern { text: "any activity".to_owned(), event: PatternEvent::AnyActivity, tests: Vec::new() };
        let _ = span;
        Cond::Not(Box::new(Cond::Events(EventTest { pattern, at_least: 1, since: Since::Within(ms) })))
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of one construct, as the grammar gives them")]
    pub(super) fn event(
        &mut self,
        none: bool,
        name: &ast::Name,
        properties: &[ast::Property],
        count: Option<&ast::Count>,
        period: Option<&Period>,
        span: Span,
        asked: Asked<'_>,
    ) -> Cond {
        let Some(event) = self.schema.event(&name.text) else {
            let diagnostic =
                names::unknown_event(&name.text, &self.names(super::schema::Schema::event_names), self.at(name.span));
            self.report_unknown(&[Kind::Event], diagnostic);
            return Cond::Unknown;
        };
        let tests: Vec<_> = properties.iter().map(|property| self.property(event, &name.text, property)).collect();
        let since = self.since(name, count.is_some() || none, period, span, asked);
        let counts = self.counts(count);
        let (Some(tests), Some(since), Some(counts)) = (tests.into_iter().collect::<Option<Vec<_>>>(), since, counts)
        else {
            return Cond::Unknown;
        };
        let text = self.pattern_text(name, properties);
        let pattern =
            Pattern { text, event: PatternEvent::Declared(event), tests: tests.into_iter().flatten().collect() };
        let at_least = |times| Cond::Events(EventTest { pattern: pattern.clone(), at_least: times, since });
        let cond = match counts {
            (CountKind::AtLeast, times) => at_least(times),
            (CountKind::AtMost, times) => Cond::Not(Box::new(at_least(times + 1))),
            (CountKind::Exactly, times) => Cond::All(vec![at_least(times), Cond::Not(Box::new(at_least(times + 1)))]),
        };
        if none { Cond::Not(Box::new(cond)) } else { cond }
    }

    pub(super) fn pattern_text(&self, name: &ast::Name, properties: &[ast::Property]) -> String {
        let tests: Vec<String> = properties.iter().map(|property| self.text_at(property.span)).collect();
        if tests.is_empty() { name.text.clone() } else { format!("{}({})", name.text, tests.join(", ")) }
    }

    /// Since when the events count.
    pub(super) fn since(
        &mut self,
        name: &ast::Name,
        counted: bool,
        period: Option<&Period>,
        span: Span,
        asked: Asked<'_>,
    ) -> Option<Since> {
        let at = self.at(span);
        match (period, asked) {
            (Some(Period::In(duration)), _) => self.look_back_ms(duration).map(Since::Within),
            (Some(Period::Ever), _) => Some(Since::Ever),
            (Some(Period::SinceEntry), _) if asked.journey().is_some() => Some(Since::Entry),
            (Some(Period::FromNow), Asked::Waiting(_)) => Some(Since::Block),
            (Some(Period::SinceEntry), _) => {
                self.report(time::period_not_here("since entry", at, "nobody has entered a workflow here"));
                None
            }
            (Some(Period::FromNow), _) => {
                self.report(time::period_not_here("from now", at, "only a `wait until` looks ahead"));
                None
            }
            (None, Asked::InJourney(_)) => Some(Since::Entry),
            (None, Asked::Waiting(_)) => Some(Since::Block),
            (None, Asked::Entry) if !counted => Some(Since::Trigger),
            (None, Asked::Entry | Asked::Anywhere(_)) => {
                self.report(time::no_period(&name.text, at, asked.words()));
                None
            }
        }
    }

    pub(super) fn counts(&mut self, count: Option<&ast::Count>) -> Option<(CountKind, u32)> {
        let Some(count) = count else { return Some((CountKind::AtLeast, 1)) };
        let at = self.at(count.span);
        let text = self.text_at(count.times.span());
        let smallest = i64::from(count.kind == CountKind::AtLeast);
        let largest = i64::from(flow_ir::limits::MAX_FACT_DEPTH) - 1;
        match super::number::whole_of(&text) {
            Some(times) if (smallest..=largest).contains(&times) => {
                if times == 0 && count.kind == CountKind::Exactly {
                    self.report(time::bad_count(&text, "write `no …` for events that did not happen", at));
                    return None;
                }
                Some((count.kind, times as u32))
            }
            Some(times) if times > largest => {
                self.report(time::bad_count(&text, "up to 63 events are remembered for each pattern", at));
                None
            }
            _ => {
                self.report(time::bad_count(&text, "this needs a whole number of times", at));
                None
            }
        }
    }

    /// The tests of one property; two for a range.
    pub(super) fn property(
        &mut self,
        event: flow_ir::EventId,
        event_name: &str,
        property: &ast::Property,
    ) -> Option<Vec<PropertyTest>> {
        let declared = &self.schema.events[flow_ir::Id::index(event)].shape;
        let Some(at) = declared.properties.iter().position(|known| known.name == property.name.text) else {
            let known: Vec<&str> = declared.properties.iter().map(|known| known.name.as_str()).collect();
            let diagnostic =
                names::unknown_property(event_name, &property.name.text, &known, self.at(property.name.span));
            if !self.schema.events[flow_ir::Id::index(event)].broken {
                self.report(diagnostic);
            }
            return None;
        };
        let ty = declared.properties[at].ty.clone();
        let test = |test, negated| vec![PropertyTest { property: at as u32, test, negated }];
        Some(match &property.relation {
            Relation::IsKnown => test(Trait::Known, false),
            Relation::IsUnknown => test(Trait::Known, true),
            Relation::Is(literal) => test(self.traits(&property.name, &ty, std::slice::from_ref(literal))?, false),
            Relation::In(literals) => test(self.traits(&property.name, &ty, literals)?, false),
            Relation::IsNot(literal) => {
                let negated = self.traits(&property.name, &ty, std::slice::from_ref(literal))?;
                [test(Trait::Known, false), test(negated, true)].concat()
            }
            Relation::NotIn(literals) => {
                let negated = self.traits(&property.name, &ty, literals)?;
                [test(Trait::Known, false), test(negated, true)].concat()
            }
            Relation::Contains(literal) => {
                test(Trait::TextContains(self.text_needle(&property.name, &ty, literal)?), false)
            }
            Relation::StartsWith(literal) => {
                test(Trait::TextStartsWith(self.text_needle(&property.name, &ty, literal)?), false)
            }
            Relation::Order(order, sum) => {
                let value = self.property_number(&property.name, &ty, sum)?;
                let (low, high) = match order {
                    Order::AtLeast => (value, i64::MAX),
                    Order::Over => (value + 1, i64::MAX),
                    Order::AtMost => (i64::MIN, value),
                    Order::Under => (i64::MIN, value - 1),
                };
                test(Trait::NumberIn(low, high), false)
            }
        })
    }

    pub(super) fn property_number(&mut self, name: &ast::Name, ty: &FieldType, sum: &ast::Sum) -> Option<i64> {
        let [(false, literal)] = sum.terms.as_slice() else {
            let diagnostic =
                types::type_mismatch(&self.text_at(sum.span), "a sum", "a single value", self.at(sum.span), "");
            self.report(diagnostic);
            return None;
        };
        match ty {
            FieldType::Number | FieldType::Money => self.constant_number(literal),
            FieldType::Date => self.constant_date(literal),
            other => {
                let diagnostic = types::type_mismatch(
                    &name.text,
                    schema::words(other),
                    "a number or a date",
                    self.at(name.span),
                    "",
                );
                self.report(diagnostic);
                None
            }
        }
    }

    /// What `is` or `in` asks of a property.
    pub(super) fn traits(&mut self, name: &ast::Name, ty: &FieldType, literals: &[ast::Literal]) -> Option<Trait> {
        match ty {
            FieldType::Number | FieldType::Money | FieldType::Date | FieldType::YesNo => {
                let [literal] = literals else {
                    let diagnostic = types::type_mismatch(
                        &name.text,
                        schema::words(ty),
                        "one value after `is`",
                        self.at(name.span),
                        "",
                    );
                    self.report(diagnostic);
                    return None;
                };
                match (ty, literal) {
                    (FieldType::YesNo, ast::Literal::Truth(truth, _)) => Some(Trait::Truth(*truth)),
                    (FieldType::YesNo, other) => {
                        self.wrong_literal(&name.text, ty, other);
                        None
                    }
                    (FieldType::Date, _) => self.constant_date(literal).map(|value| Trait::NumberIn(value, value)),
                    _ => self.constant_number(literal).map(|value| Trait::NumberIn(value, value)),
                }
            }
            FieldType::OneOf(choices) => {
                let texts: Option<Vec<String>> =
                    literals.iter().map(|literal| self.choice(&name.text, choices, literal)).collect();
                Some(Trait::TextIn(texts?.into_iter().map(|text| text.to_lowercase()).collect()))
            }
            _ => {
                let texts: Option<Vec<String>> =
                    literals.iter().map(|literal| self.plain_text(&name.text, ty, literal)).collect();
                Some(Trait::TextIn(texts?.into_iter().map(|text| text.to_lowercase()).collect()))
            }
        }
    }
}
