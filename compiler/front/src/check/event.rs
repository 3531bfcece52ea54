//! Events: which ones, how many, since when.

use super::cx::Cx;
use super::duration::look_back_ms;
use super::field::{check_choice, report_reversed, text_needle, text_test_kind, text_value, wrong_literal};
use super::named;
use super::number::{constant_date, constant_day, constant_number, day_bound};
use super::predicate::{Asked, engaged_email};
use crate::diagnostics::{names, reach, time, types};
use crate::domain::event_can_be;
use crate::env::schema;
use crate::meaning::Meaning;
use crate::source::Span;
use crate::syntax::ast::{self, CountKind, Order, Period, Relation};
use crate::typed::{Cond, EventTest, Part, Since};
use crate::values::whole_of;
use flow_ir::{CountedSince, FieldType, Pattern, PatternEvent, PropertyTest, Trait};

#[expect(clippy::too_many_arguments, reason = "the parts of one construct, as the grammar gives them")]
pub(super) fn check_event(
    cx: &mut Cx<'_>,
    none: bool,
    name: &ast::Name,
    properties: &[ast::Property],
    count: Option<&ast::Count>,
    period: Option<&Period>,
    span: Span,
    asked: Asked<'_>,
) -> Cond {
    let Some(event) = named::event(cx, name) else { return Cond::Unknown };
    let tests: Vec<_> = properties.iter().map(|property| check_property(cx, event, &name.text, property)).collect();
    let since = check_since(cx, &name.text, count.is_some() || none, period, span, asked);
    let counts = check_count(cx, count);
    let (Some(tests), Some(since), Some(counts)) = (tests.into_iter().collect::<Option<Vec<_>>>(), since, counts)
    else {
        return Cond::Unknown;
    };
    if report_no_such_event(cx, name, properties, &tests) {
        return Cond::Unknown;
    }
    let text = pattern_text(cx, name, properties);
    let pattern = Pattern { text, event: PatternEvent::Declared(event), tests: tests.into_iter().flatten().collect() };
    let cond = counted(cx, pattern, counts, since, span);
    if none { Cond::Not(Box::new(cond)) } else { cond }
}

/// Reports the first two properties that no event has both; `tests` are what each asks.
fn report_no_such_event(
    cx: &mut Cx<'_>,
    name: &ast::Name,
    properties: &[ast::Property],
    tests: &[Vec<PropertyTest>],
) -> bool {
    if event_can_be(tests.iter().flatten(), None) {
        return false;
    }
    let can_be = |tests: &[&Vec<PropertyTest>]| event_can_be(tests.iter().copied().flatten(), None);
    let mut pairs = properties
        .iter()
        .zip(tests)
        .enumerate()
        .flat_map(|(at, second)| properties.iter().zip(tests).take(at).map(move |first| (first, second)));
    let Some(((first, _), (second, _))) = pairs.find(|((_, one), (_, other))| !can_be(&[one, other])) else {
        return false;
    };
    let (test, at, first) = (cx.text_at(second.span), cx.at(second.span), cx.at(first.span));
    cx.report(reach::no_such_event(&test, &name.text, at, first));
    true
}

/// That it happened so many times.
pub(super) fn counted(cx: &Cx<'_>, pattern: Pattern, counts: (CountKind, u32), since: Since, span: Span) -> Cond {
    let at_least = |times| Cond::Events(EventTest { pattern: pattern.clone(), at_least: times, since });
    match counts {
        (CountKind::AtLeast, times) => at_least(times),
        (CountKind::AtMost, times) => Cond::Not(Box::new(at_least(times + 1))),
        (CountKind::Exactly, times) => {
            let parts = [at_least(times), Cond::Not(Box::new(at_least(times + 1)))];
            Cond::All(parts.map(|cond| Part { cond, at: cx.at(span) }).into())
        }
    }
}

pub(super) fn pattern_text(cx: &Cx<'_>, name: &ast::Name, properties: &[ast::Property]) -> String {
    let tests: Vec<String> = properties.iter().map(|property| cx.text_at(property.span)).collect();
    if tests.is_empty() { name.text.clone() } else { format!("{}({})", name.text, tests.join(", ")) }
}

/// Since when the events count; `what` they are called.
pub(super) fn check_since(
    cx: &mut Cx<'_>,
    what: &str,
    counted: bool,
    period: Option<&Period>,
    span: Span,
    asked: Asked<'_>,
) -> Option<Since> {
    let at = cx.at(span);
    match (period, asked) {
        (Some(Period::InTheLast(duration)), _) => look_back_ms(cx, duration).map(Since::Within),
        (Some(Period::In(duration)), _) => {
            let before = cx.text_before(duration.span.start);
            let from = before.trim_end().len().saturating_sub("in".len()) as u32;
            cx.report(time::bare_in(&cx.text_at(duration.span), from, cx.at(duration.span), asked.ahead()));
            None
        }
        (Some(Period::Ever), _) => Some(Since::Ever),
        (Some(Period::SinceEntry), _) if asked.journey().is_some() => Some(Since::Journey(CountedSince::Entry)),
        (Some(Period::FromNow), Asked::Waiting(_)) => Some(Since::Journey(CountedSince::Wait)),
        (Some(Period::SinceSent(email)), _) => match asked.journey() {
            Some(journey) => {
                let email = engaged_email(cx, "since", email, journey)?;
                Some(Since::Journey(CountedSince::Sent(email)))
            }
            None => {
                let period = format!("since {}", email.text);
                cx.report(time::period_not_here(&period, at, "nobody was sent it in a workflow here"));
                None
            }
        },
        (Some(Period::SinceEntry), _) => {
            cx.report(time::period_not_here("since entry", at, "nobody has entered a workflow here"));
            None
        }
        (Some(Period::FromNow), _) => {
            cx.report(time::period_not_here("from now", at, "only a `wait until` looks ahead"));
            None
        }
        (None, Asked::InJourney(_) | Asked::Goal(_) | Asked::Waiting(_)) => Some(Since::Journey(CountedSince::Entry)),
        (None, Asked::Entry) if !counted => Some(Since::Trigger),
        (None, Asked::Entry | Asked::Anywhere(_)) => {
            cx.report(time::no_period(what, at, asked.words()));
            None
        }
    }
}

pub(super) fn check_count(cx: &mut Cx<'_>, count: Option<&ast::Count>) -> Option<(CountKind, u32)> {
    let Some(count) = count else { return Some((CountKind::AtLeast, 1)) };
    let at = cx.at(count.span);
    let text = cx.text_at(count.times.span());
    let smallest = i64::from(count.kind == CountKind::AtLeast);
    let largest = i64::from(flow_ir::limits::MAX_FACT_DEPTH) - 1;
    match whole_of(&text) {
        Some(times) if (smallest..=largest).contains(&times) => {
            if times == 0 && count.kind == CountKind::Exactly {
                cx.report(time::bad_count(&text, "write `no …` for events that did not happen", at));
                return None;
            }
            Some((count.kind, times as u32))
        }
        Some(times) if times > largest => {
            cx.report(time::bad_count(&text, "up to 63 events are remembered for each pattern", at));
            None
        }
        _ => {
            cx.report(time::bad_count(&text, "this needs a whole number of times", at));
            None
        }
    }
}

/// The tests of one property; two for a range.
pub(super) fn check_property(
    cx: &mut Cx<'_>,
    event: flow_ir::EventId,
    event_name: &str,
    property: &ast::Property,
) -> Option<Vec<PropertyTest>> {
    let declared = &cx.env.schema.events.at(event).shape;
    let mut properties = declared.properties.iter().enumerate();
    let Some((at, found)) = properties.find(|(_, known)| known.name == property.name.text) else {
        let known: Vec<&str> = declared.properties.iter().map(|known| known.name.as_str()).collect();
        let diagnostic = names::unknown_property(event_name, &property.name.text, &known, cx.at(property.name.span));
        if !cx.env.schema.events.at(event).broken {
            cx.report(diagnostic);
        }
        return None;
    };
    let ty = found.ty.clone();
    cx.means(property.name.span, Meaning::Property(event, at as u32));
    let test = |test, negated| vec![PropertyTest { property: at as u32, test, negated }];
    Some(match &property.relation {
        Relation::IsKnown => test(Trait::Known, false),
        Relation::IsUnknown => test(Trait::Known, true),
        Relation::Is(literal) => test(check_traits(cx, &property.name, &ty, std::slice::from_ref(literal))?, false),
        Relation::In(literals) => test(check_traits(cx, &property.name, &ty, literals)?, false),
        Relation::IsNot(literal) => {
            let negated = check_traits(cx, &property.name, &ty, std::slice::from_ref(literal))?;
            [test(Trait::Known, false), test(negated, true)].concat()
        }
        Relation::NotIn(literals) => {
            let negated = check_traits(cx, &property.name, &ty, literals)?;
            [test(Trait::Known, false), test(negated, true)].concat()
        }
        Relation::Text(relation, literals) => {
            let needles: Vec<_> =
                literals.iter().map(|literal| text_needle(cx, &property.name, &ty, *relation, literal)).collect();
            test(Trait::TextHolds(text_test_kind(*relation), needles.into_iter().collect::<Option<_>>()?), false)
        }
        Relation::Between(low, high) => {
            let ends = [low, high].map(|end| property_range(cx, &property.name, &ty, end));
            let [Some((from, _)), Some((_, to))] = ends else { return None };
            if from > to {
                report_reversed(cx, low, high);
                return None;
            }
            test(Trait::NumberIn(from, to), false)
        }
        Relation::Order(order, sum) if ty == FieldType::Moment => {
            let [(false, literal)] = sum.terms.as_slice() else {
                report_sum(cx, sum);
                return None;
            };
            let bound = day_bound(cx, &property.name.text, *order, literal, property.span)?;
            test(
                if *order == Order::Under {
                    Trait::NumberIn(i64::MIN, bound - 1)
                } else {
                    Trait::NumberIn(bound, i64::MAX)
                },
                false,
            )
        }
        Relation::Order(order, sum) => {
            let value = property_number(cx, &property.name, &ty, sum)?;
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

pub(super) fn property_number(cx: &mut Cx<'_>, name: &ast::Name, ty: &FieldType, sum: &ast::Sum) -> Option<i64> {
    let [(false, literal)] = sum.terms.as_slice() else {
        report_sum(cx, sum);
        return None;
    };
    match ty {
        FieldType::Number | FieldType::Money => constant_number(cx, literal),
        FieldType::Date => constant_date(cx, literal),
        other => {
            let diagnostic =
                types::type_mismatch(&name.text, schema::words(other), "a number or a date", cx.at(name.span), "");
            cx.report(diagnostic);
            None
        }
    }
}

/// What is at one end of a range: the first and the last that belong to it, which of a day among moments are many.
fn property_range(cx: &mut Cx<'_>, name: &ast::Name, ty: &FieldType, sum: &ast::Sum) -> Option<(i64, i64)> {
    match (ty, sum.terms.as_slice()) {
        (FieldType::Moment, [(false, literal)]) => constant_day(cx, literal).map(|(from, until)| (from, until - 1)),
        (FieldType::Moment, _) => {
            report_sum(cx, sum);
            None
        }
        _ => property_number(cx, name, ty, sum).map(|value| (value, value)),
    }
}

fn report_sum(cx: &mut Cx<'_>, sum: &ast::Sum) {
    let diagnostic = types::type_mismatch(&cx.text_at(sum.span), "a sum", "a single value", cx.at(sum.span), "");
    cx.report(diagnostic);
}

/// What `is` or `in` asks of a property.
pub(super) fn check_traits(
    cx: &mut Cx<'_>,
    name: &ast::Name,
    ty: &FieldType,
    literals: &[ast::Literal],
) -> Option<Trait> {
    match ty {
        FieldType::Number | FieldType::Money | FieldType::Date | FieldType::Moment | FieldType::YesNo => {
            let [literal] = literals else {
                let diagnostic =
                    types::type_mismatch(&name.text, schema::words(ty), "one value after `is`", cx.at(name.span), "");
                cx.report(diagnostic);
                return None;
            };
            match (ty, literal) {
                (FieldType::YesNo, ast::Literal::Truth(truth, _)) => Some(Trait::Truth(*truth)),
                (FieldType::YesNo, other) => {
                    wrong_literal(cx, &name.text, ty, other);
                    None
                }
                (FieldType::Moment, _) => {
                    constant_day(cx, literal).map(|(from, until)| Trait::NumberIn(from, until - 1))
                }
                (FieldType::Date, _) => constant_date(cx, literal).map(|value| Trait::NumberIn(value, value)),
                _ => constant_number(cx, literal).map(|value| Trait::NumberIn(value, value)),
            }
        }
        FieldType::OneOf(choices) => {
            let texts: Option<Vec<String>> =
                literals.iter().map(|literal| check_choice(cx, &name.text, choices, literal)).collect();
            Some(Trait::TextIn(texts?.into_iter().map(|text| text.to_lowercase()).collect()))
        }
        _ => {
            let texts: Vec<_> = literals.iter().map(|literal| text_value(cx, &name.text, ty, literal)).collect();
            Some(Trait::TextIn(texts.into_iter().collect::<Option<_>>()?))
        }
    }
}
