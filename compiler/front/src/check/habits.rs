//! Conditions that read well and mean nothing: `industry is "saas" or "fintech"`, `employees is empty`.
//!
//! They are well-formed, so the parser lets them through; what was meant is plain, so it is said instead of a type error.

use super::cx::Cx;
use super::number::literal_words;
use crate::diagnostics::types;
use crate::source::Span;
use crate::syntax::ast::{self, Predicate, Relation};

/// `industry is "saas" or "fintech"`: the second value stands alone. `parts` begin at the comparison.
pub(super) fn report_list_meant(cx: &mut Cx<'_>, field: &ast::Name, first: &ast::Literal, parts: &[Predicate]) {
    let others: Vec<&ast::Literal> = parts.iter().skip(1).map_while(lone_value).collect();
    let (Some(second), Some(last)) = (others.first(), others.last()) else { return };
    let values = std::iter::once(&first).chain(&others).map(|value| cx.text_at(value.span()));
    let list = format!("{} in ({})", field.text, values.collect::<Vec<_>>().join(", "));
    let whole = Span::new(field.span.start, last.span().end);
    let (text, at) = (cx.text_at(second.span()), cx.at(second.span()));
    let diagnostic = types::not_a_condition(&text, literal_words(second), at, "");
    cx.report(diagnostic.help("several values stand in a list:").edit(cx.at(whole), list));
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

/// The field and the value of `industry is "saas"`.
pub(super) fn field_and_value(predicate: &Predicate) -> Option<(&ast::Name, &ast::Literal)> {
    match predicate {
        Predicate::Compare { left, relation: Some(Relation::Is(value)), .. } => match left.terms.as_slice() {
            [(false, ast::Literal::Word(field))] => Some((field, value)),
            _ => None,
        },
        _ => None,
    }
}

/// What Flow calls a value that is there, or is not.
pub(super) fn asks_for_presence(word: &str) -> Option<&'static str> {
    match word {
        "empty" | "missing" | "null" | "none" | "blank" | "nothing" | "undefined" => Some("unknown"),
        "set" | "present" | "there" | "filled" | "available" => Some("known"),
        _ => None,
    }
}
