//! Who is meant where something may be missing: asked at every comparison that a missing value would decide by surprise (F0402).
//!
//! A comparison with a missing value is false. At `industry is "saas"` that is what everyone expects; at `is not`, `not`, `<` and the
//! like, half of the readers expect the other half. So the comparison is looked at as it was typed, whatever stands on its two sides.

use super::Known;
use super::cx::Cx;
use super::predicate::assume;
use crate::diagnostics::{Diagnostic, missing};
use crate::source::{Location, Span};
use crate::syntax::ast::{self, DatedAsks, Literal, Order, Relation};
use crate::typed::{Cond, Number};
use flow_ir::{Comparison, EventId, FieldId};

/// Whether readers disagree about those whose value is missing.
fn surprises(relation: &Relation) -> bool {
    match relation {
        Relation::IsNot(_) | Relation::NotIn(_) => true,
        // A missing answer is no `no`.
        Relation::Is(literal) => matches!(literal, Literal::Truth(false, _)),
        Relation::In(literals) => literals.iter().any(|literal| matches!(literal, Literal::Truth(false, _))),
        Relation::Order(order, _) => matches!(order, Order::Under | Order::AtMost),
        Relation::Any | Relation::IsKnown | Relation::IsUnknown | Relation::Text(..) | Relation::Between(..) => false,
    }
}

/// A comparison of fields or sums, or the question who is meant.
pub(super) fn ask_at_comparison(
    cx: &mut Cx<'_>,
    cond: Cond,
    relation: Option<&Relation>,
    span: Span,
    known: &Known,
) -> Cond {
    // A number before a field is read from the field's side: `50 > employees` is `employees < 50`.
    let asks = match &cond {
        Cond::Compare(Number::Const(_), comparison, _) => {
            matches!(comparison, Comparison::Greater | Comparison::GreaterOrEqual)
        }
        _ => relation.is_some_and(surprises),
    };
    if !asks {
        return cond;
    }
    let missing = missing_in(cx, &cond, known);
    ask(cx, cond, &missing, span, missing::missing_surprises)
}

/// A day or an instant beside the one at hand, or the question who is meant: as of numbers, at what is smaller and at what is not.
pub(super) fn ask_at_dated(cx: &mut Cx<'_>, cond: Cond, asks: &DatedAsks, span: Span, known: &Known) -> Cond {
    let less = |cond: &Cond| {
        let less = |comparison: &Comparison| matches!(comparison, Comparison::Less | Comparison::LessOrEqual);
        matches!(cond, Cond::Today { comparison, .. } | Cond::Now { comparison, .. } if less(comparison))
    };
    let asked = match asks {
        DatedAsks::Order(..) => less(&cond),
        DatedAsks::IsNot(_) => true,
        DatedAsks::Is(_) | DatedAsks::Between(..) | DatedAsks::MoreThanAgo(_) | DatedAsks::LessThanAgo(_) => false,
    };
    if !asked {
        return cond;
    }
    let missing = missing_in(cx, &cond, known);
    ask(cx, cond, &missing, span, missing::missing_surprises)
}

/// What holds where a condition does not, or the question who is meant.
pub(super) fn ask_under_not(cx: &mut Cx<'_>, inner: Cond, span: Span, known: &Known) -> Cond {
    let missing = missing_in(cx, &inner, known);
    ask(cx, Cond::Not(Box::new(inner)), &missing, span, missing::missing_under_not)
}

type Question = fn(&[(&str, Option<Location>)], &str, Location) -> Diagnostic;

fn ask(cx: &mut Cx<'_>, cond: Cond, missing: &[FieldId], span: Span, question: Question) -> Cond {
    if missing.is_empty() {
        return cond;
    }
    let schema = &cx.env.schema;
    let fields: Vec<_> =
        missing.iter().map(|field| (schema.shape(*field).name.as_str(), schema.declared(*field))).collect();
    let diagnostic = question(&fields, &cx.text_at(span), cx.at(span));
    cx.report(diagnostic);
    Cond::Unknown
}

/// The fields of comparisons that may be missing where nothing says that they are known, each once, in the order of the text.
fn missing_in(cx: &Cx<'_>, cond: &Cond, known: &Known) -> Vec<FieldId> {
    let mut found = Vec::new();
    gather(cx, cond, known, &mut found);
    found
}

fn gather(cx: &Cx<'_>, cond: &Cond, known: &Known, found: &mut Vec<FieldId>) {
    match cond {
        Cond::All(parts) | Cond::Any(parts) => {
            let holds = matches!(cond, Cond::All(_));
            let mut known = known.clone();
            for part in parts {
                gather(cx, &part.cond, &known, found);
                known.extend(assume(cx.env, &part.cond, holds));
            }
        }
        Cond::Not(inner) => gather(cx, inner, known, found),
        Cond::Segment(id) => {
            if let Some(cond) = cx.env.segment(*id) {
                gather(cx, cond, known, found);
            }
        }
        Cond::Truth(field) | Cond::CodeIn(field, _) | Cond::TextIn(field, _) | Cond::TextTest(field, ..) => {
            add(cx, *field, known, found);
        }
        Cond::Compare(left, _, right) => {
            left.fields().into_iter().chain(right.fields()).for_each(|field| add(cx, field, known, found));
        }
        _ => cond.dated().into_iter().for_each(|field| add(cx, field, known, found)),
    }
}

fn add(cx: &Cx<'_>, field: FieldId, known: &Known, found: &mut Vec<FieldId>) {
    if cx.env.schema.shape(field).optional && !known.contains(&field) && !found.contains(&field) {
        found.push(field);
    }
}

/// What is asked of an event: `no ordered(amount < 10) in the last 7 days`.
pub(super) struct Happened<'t> {
    pub(super) event: EventId,
    pub(super) none: bool,
    pub(super) name: &'t ast::Name,
    pub(super) properties: &'t [ast::Property],
    pub(super) counted: bool,
    pub(super) span: Span,
}

/// Asks whether events count that lack a property of a comparison which a missing value decides by surprise. Whether it did.
pub(super) fn ask_at_properties(cx: &mut Cx<'_>, asked: &Happened<'_>) -> bool {
    let shape = cx.env.schema.events.at(asked.event);
    let may_miss =
        |name: &str| shape.shape.properties.iter().any(|property| property.name == name && property.optional);
    // What is asked beside it says it too: `amount >= 5, amount < 10`.
    let is_settled = |name: &str| {
        asked.properties.iter().any(|property| property.name.text == name && !surprises(&property.relation))
    };
    let mut missing: Vec<&str> = Vec::new();
    for property in asked.properties.iter().filter(|property| surprises(&property.relation)) {
        let name = property.name.text.as_str();
        if may_miss(name) && !is_settled(name) && !missing.contains(&name) {
            missing.push(name);
        }
    }
    let Some(last) = asked.properties.last().filter(|_| !missing.is_empty()) else { return false };
    let texts: Vec<String> = asked.properties.iter().map(|property| cx.text_at(property.span)).collect();
    let behind = cx.text_at(Span::new(last.span.end, asked.span.end));
    let period = behind.split_once(')').map_or("", |(_, period)| period);
    let no = if asked.none { "no " } else { "" };
    let of = |tests: Vec<String>| format!("{no}{}({}){period}", asked.name.text, tests.join(", "));
    let known = missing.iter().map(|name| format!("{name} is known"));
    let without = of(known.chain(texts.iter().cloned()).collect());
    let with = (!asked.counted).then(|| {
        let others = asked.properties.iter().zip(&texts);
        let others = others.filter(|(property, _)| !missing.contains(&property.name.text.as_str()));
        let others: Vec<String> = others.map(|(_, text)| text.clone()).collect();
        let lacking = missing.iter().map(|name| of([others.clone(), vec![format!("{name} is unknown")]].concat()));
        let all: Vec<String> = lacking.chain([without.clone()]).collect();
        format!("({})", all.join(if asked.none { " and " } else { " or " }))
    });
    let fields: Vec<_> = missing.iter().map(|name| (*name, shape.declared.get(*name).copied())).collect();
    let diagnostic = missing::missing_in_event(&asked.name.text, &fields, cx.at(asked.span), without, with);
    cx.report(diagnostic);
    true
}
