//! Conditions that read well and mean nothing: `industry is "saas" or "fintech"`, `employees is empty`.
//!
//! They are well-formed, so the parser lets them through; what was meant is plain, so it is said instead of a type error.

use super::cx::Cx;
use crate::diagnostics::types;
use crate::literals;
use crate::source::Span;
use crate::syntax::ast::{self, Predicate, Relation, TextRelation};

/// `industry is "saas" or "fintech"`, `job_title contains "CTO" or "CMO"`: the second value stands alone. `parts` begin at the comparison.
pub(super) fn report_list_meant(cx: &mut Cx<'_>, before: &Before<'_>, parts: &[Predicate]) {
    let Before { field, relation, values } = before;
    let others: Vec<&ast::Literal> = parts.iter().skip(1).map_while(lone_value).collect();
    let (Some(second), Some(last)) = (others.first(), others.last()) else { return };
    let values = values.iter().chain(others.iter().copied()).map(|value| cx.text_at(value.span()));
    let values = values.collect::<Vec<_>>().join(", ");
    let list = match relation {
        Some(relation) => format!("{} {} {values}", field.text, relation.words()),
        None => format!("{} in ({values})", field.text),
    };
    let whole = Span::new(field.span.start, last.span().end);
    let (text, at) = (cx.text_at(second.span()), cx.at(second.span()));
    let diagnostic = types::not_a_condition(&text, literals::kind(second), at, "");
    cx.report(diagnostic.help("several values stand in a list:").edit(cx.at(whole), list));
}

/// `stage is not customer or opportunity`: whoever is at the second is not at the first, so it adds nobody, and neither of them was meant.
pub(super) fn report_neither_meant(cx: &mut Cx<'_>, parts: &[Predicate]) -> bool {
    let stage = |predicate: &Predicate| match predicate {
        Predicate::Compare { left, relation: None, .. } => match left.terms.as_slice() {
            [(false, ast::Literal::Word(name))] if cx.env.schema.stage(&name.text).is_some() => Some(name.clone()),
            _ => None,
        },
        _ => None,
    };
    let excluded = |predicate: &Predicate| {
        let Predicate::Compare { left, relation: Some(relation), .. } = predicate else { return None };
        let [(false, ast::Literal::Word(field))] = left.terms.as_slice() else { return None };
        let values = match relation {
            Relation::IsNot(value) => std::slice::from_ref(value),
            Relation::NotIn(values) => values.as_slice(),
            _ => return None,
        };
        (field.text == "stage").then(|| (field.span, values.to_vec()))
    };
    let found = parts.iter().enumerate().find_map(|(nth, part)| {
        let (field, values) = excluded(part)?;
        let others: Vec<ast::Name> = parts.iter().skip(nth + 1).map_while(stage).collect();
        Some((field, values, others)).filter(|(_, _, others)| !others.is_empty())
    });
    let Some((field, values, others)) = found else { return false };
    let (Some(second), Some(last)) = (others.first(), others.last()) else { return false };
    let names = values.iter().map(|value| cx.text_at(value.span())).chain(others.iter().map(|name| name.text.clone()));
    let list = format!("stage not in ({})", names.collect::<Vec<_>>().join(", "));
    let (at, whole) = (cx.at(second.span), cx.at(Span::new(field.start, last.span.end)));
    let first = values.first().map(|value| cx.text_at(value.span())).unwrap_or_default();
    cx.report(types::adds_nobody(&second.text, &first, at).edit(whole, list));
    true
}

/// A text, number or date where a condition should be.
pub(super) fn lone_value(predicate: &Predicate) -> Option<&ast::Literal> {
    match predicate {
        Predicate::Compare { left, relation: None, .. } => match left.terms.as_slice() {
            [(false, literal @ (ast::Literal::Text(_) | ast::Literal::Number(..) | ast::Literal::Date(..)))] => {
                Some(literal)
            }
            _ => None,
        },
        _ => None,
    }
}

/// A comparison that could take more values than it has.
pub(super) struct Before<'p> {
    field: &'p ast::Name,
    /// How it would look for several texts in one; none where it asks what the field is.
    relation: Option<TextRelation>,
    values: &'p [ast::Literal],
}

/// The field and the values of `industry is "saas"`, or of `job_title contains "CTO"`.
pub(super) fn field_and_values(predicate: &Predicate) -> Option<Before<'_>> {
    let Predicate::Compare { left, relation: Some(relation), .. } = predicate else { return None };
    let [(false, ast::Literal::Word(field))] = left.terms.as_slice() else { return None };
    let (relation, values) = match relation {
        Relation::Is(value) => (None, std::slice::from_ref(value)),
        Relation::In(values) => (None, values.as_slice()),
        Relation::Text(relation, values) => (Some(relation.of_several()?), values.as_slice()),
        _ => return None,
    };
    Some(Before { field, relation, values })
}

/// What Flow calls a value that is there, or is not.
pub(super) fn asks_for_presence(word: &str) -> Option<&'static str> {
    match word {
        "unknown" | "empty" | "missing" | "null" | "none" | "blank" | "nothing" | "undefined" => Some("unknown"),
        "known" | "set" | "present" | "there" | "filled" | "available" => Some("known"),
        _ => None,
    }
}
