//! What a relation asks of a value, read in one way for a field of the contact, a property of an event and a sum.
//!
//! They ask the same and keep it differently: `field.rs` makes conditions of what is read here, `event.rs` tests of a pattern.

use super::cx::Cx;
use super::field::{check_choice, stage_literal, text_value, wrong_literal};
use super::habits::asks_for_presence;
use super::number::{constant_date, constant_day, constant_number};
use crate::diagnostics::types;
use crate::env::schema;
use crate::source::{Location, Span};
use crate::syntax::ast::{self, Relation};
use flow_ir::FieldType;

/// What `is` and `in` name, all of it as values of one type.
pub(super) enum Values {
    /// Stages from 0, choices from 1.
    Codes(Vec<i64>),
    /// In lower case; countries by their codes.
    Texts(Vec<String>),
    /// Numbers, days or instants, from the first to the last of what each value names.
    Ranges(Vec<(i64, i64)>),
    Truths(Vec<bool>),
}

/// The values that `is` and `in` name; `None` where one is wrong and reported.
pub(super) fn values(cx: &mut Cx<'_>, name: &str, ty: &FieldType, literals: &[ast::Literal]) -> Option<Values> {
    if literals.len() > 1 && without_quotes(cx, name, ty, literals) {
        return None;
    }
    match ty {
        FieldType::Stage => each(literals, |literal| stage_literal(cx, literal)).map(Values::Codes),
        FieldType::OneOf(choices) => {
            let code = |literal: &_| check_choice(cx, name, ty, choices, literal).map(|at| at as i64 + 1);
            each(literals, code).map(Values::Codes)
        }
        FieldType::Text | FieldType::Email | FieldType::Url | FieldType::Timezone | FieldType::Country => {
            each(literals, |literal| text_value(cx, name, ty, literal)).map(Values::Texts)
        }
        FieldType::Number | FieldType::Money => {
            each(literals, |literal| constant_number(cx, literal).map(|value| (value, value))).map(Values::Ranges)
        }
        FieldType::Date => {
            each(literals, |literal| constant_date(cx, literal).map(|day| (day, day))).map(Values::Ranges)
        }
        FieldType::Moment => {
            let day = |literal: &_| constant_day(cx, literal).map(|(from, until)| (from, until - 1));
            each(literals, day).map(Values::Ranges)
        }
        FieldType::YesNo => {
            let truth = |literal: &_| match literal {
                ast::Literal::Truth(truth, _) => Some(*truth),
                other => {
                    wrong_literal(cx, name, ty, other);
                    None
                }
            };
            each(literals, truth).map(Values::Truths)
        }
    }
}

/// What all of them come to. Each is looked at, so that each says what is wrong with it.
fn each<T>(literals: &[ast::Literal], read: impl FnMut(&ast::Literal) -> Option<T>) -> Option<Vec<T>> {
    let read: Vec<Option<T>> = literals.iter().map(read).collect();
    read.into_iter().collect()
}

/// `country in (DE, AT, CH)`: reports all of a list's texts that have no quotes as the one mistake they are. Whether there are any.
fn without_quotes(cx: &mut Cx<'_>, field: &str, ty: &FieldType, literals: &[ast::Literal]) -> bool {
    if !(ty.is_text() || matches!(ty, FieldType::OneOf(_))) {
        return false;
    }
    let words: Vec<&ast::Literal> =
        literals.iter().filter(|literal| matches!(literal, ast::Literal::Word(_))).collect();
    let Some(first) = words.first() else { return false };
    let text = cx.text_at(first.span());
    let wanted = format!("{} like `{field}`", schema::words(ty));
    let mut diagnostic = types::type_mismatch(&text, "a name", &wanted, cx.at(first.span()), "");
    for word in &words {
        diagnostic = diagnostic.edit(cx.at(word.span()), format!("\"{}\"", cx.text_at(word.span())));
    }
    cx.report(diagnostic.help("texts stand in quotes:"));
    true
}

/// From the `not` before a value to its end.
pub(super) fn with_its_not(cx: &Cx<'_>, value: Span) -> Location {
    let before = cx.text_before(value.start).trim_end();
    cx.at(Span::new(before.len().saturating_sub("not".len()) as u32, value.end))
}

/// `is empty`, `is not set`: reports it as the question whether there is a value. Whether it is that.
pub(super) fn asks_in_other_words(cx: &mut Cx<'_>, ty: &FieldType, relation: &Relation) -> bool {
    let (Relation::Is(ast::Literal::Word(word)) | Relation::IsNot(ast::Literal::Word(word))) = relation else {
        return false;
    };
    // A stage may be called so.
    let Some(ours) = asks_for_presence(&word.text).filter(|_| *ty != FieldType::Stage) else { return false };
    let (meant, whole) = match relation {
        // `is not empty` is `is known`.
        Relation::IsNot(_) => (if ours == "known" { "unknown" } else { "known" }, with_its_not(cx, word.span)),
        _ => (ours, cx.at(word.span)),
    };
    let diagnostic = types::type_mismatch(&word.text, "a name", "a value", cx.at(word.span), "");
    cx.report(diagnostic.help(format!("Flow says `{meant}`:")).edit(whole, meant));
    true
}

/// The one value that a date, a moment or a stage is compared with, and a property of any kind; a sum is reported.
pub(super) fn single<'s>(cx: &mut Cx<'_>, name: &str, ty: &FieldType, sum: &'s ast::Sum) -> Option<&'s ast::Literal> {
    if let [(false, literal)] = sum.terms.as_slice() {
        return Some(literal);
    }
    let example = match ty {
        FieldType::Date | FieldType::Moment => format!("{name} >= 2026-10-01"),
        FieldType::Stage => {
            let stages: Vec<String> = sum.terms.iter().map(|(_, term)| cx.text_at(term.span())).collect();
            let stage = stages.into_iter().find(|term| cx.env.schema.stage(term).is_some());
            let stage = stage.or_else(|| cx.env.schema.stages.last().cloned()).unwrap_or_default();
            format!("{name} >= {stage}")
        }
        _ => format!("{name} >= 10"),
    };
    let wanted = match ty {
        FieldType::Number | FieldType::Money => "one number",
        FieldType::Date | FieldType::Moment => "one date",
        FieldType::Stage => "one stage",
        _ => "one value",
    };
    cx.report(types::type_mismatch(&cx.text_at(sum.span), "a sum", wanted, cx.at(sum.span), &example));
    None
}

/// Reports a comparison of what has no order.
pub(super) fn report_no_order(cx: &mut Cx<'_>, name: &str, ty: &FieldType, at: Span) {
    let wanted = "something that has an order, such as a number, a date, a moment or a stage";
    cx.report(types::type_mismatch(name, schema::words(ty), wanted, cx.at(at), ""));
}
