//! Numbers, dates and sums, as values of a program.

use super::Known;
use super::cx::Cx;
use super::named;
use crate::diagnostics::{missing, types};
use crate::env::schema;
use crate::meaning::{Meaning, ValueKind};
use crate::source::Span;
use crate::syntax::ast::{self, Order};
use crate::typed::Number;
use crate::values::{day_after, days_of, number_of, point_or_thousands};
use flow_ir::limits::MAX_TERMS;
use flow_ir::{FieldId, FieldType};

/// What a term is.
pub(super) enum Term {
    Number(Number),
    /// A lone field of any type, for the comparison to look at.
    Field(FieldId),
    /// A word that names no field.
    Word(ast::Name),
    /// Wrong and reported.
    Wrong,
}

/// A sum of numbers; `None` where it is wrong and reported.
pub(super) fn check_number(cx: &mut Cx<'_>, sum: &ast::Sum, known: &Known) -> Option<Number> {
    if sum.terms.len() > MAX_TERMS {
        let at = cx.at(sum.span);
        cx.report(types::bad_number(&format!("a sum of {} terms", sum.terms.len()), "more than 16 terms", at));
        return None;
    }
    let alone = sum.terms.len() == 1;
    let mut total: Option<Number> = None;
    let mut wrong = false;
    for (minus, literal) in &sum.terms {
        let Some(term) = check_term(cx, literal, known, alone) else {
            wrong = true;
            continue;
        };
        total = Some(match total {
            None if *minus => Number::Sub(Box::new(Number::Const(0)), Box::new(term)),
            None => term,
            Some(before) if *minus => Number::Sub(Box::new(before), Box::new(term)),
            Some(before) => Number::Add(Box::new(before), Box::new(term)),
        });
    }
    cx.means(sum.span, Meaning::Value(ValueKind::Number));
    if wrong { None } else { total }
}

/// A value: a sum, or a field with a fallback.
pub(super) fn check_value(cx: &mut Cx<'_>, value: &ast::Value, known: &Known) -> Option<Number> {
    let Some(fallback) = &value.fallback else { return check_number(cx, &value.sum, known) };
    let default = constant_number(cx, fallback)?;
    match value.sum.terms.as_slice() {
        [(false, ast::Literal::Word(name))] => {
            let field = number_field(cx, name)?;
            Some(if cx.env.schema.shape(field).optional { Number::Or(field, default) } else { Number::Field(field) })
        }
        _ => {
            let at = cx.at(value.span);
            let text = cx.text_at(value.sum.span);
            cx.report(types::type_mismatch(&text, "a sum", "a single field before `or`", at, "(employees or 0) + 1"));
            None
        }
    }
}

pub(super) fn check_term(cx: &mut Cx<'_>, literal: &ast::Literal, known: &Known, alone: bool) -> Option<Number> {
    match literal {
        ast::Literal::Nested(value, _) => check_value(cx, value, known),
        ast::Literal::Word(name) => {
            let field = number_field(cx, name)?;
            if cx.env.schema.shape(field).optional && !known.contains(&field) && !alone {
                let diagnostic =
                    missing::possibly_missing_in_sum(&name.text, cx.at(name.span), cx.env.schema.declared(field));
                cx.report(diagnostic);
                return None;
            }
            Some(Number::Field(field))
        }
        other => constant_number(cx, other).map(Number::Const),
    }
}

pub(super) fn number_field(cx: &mut Cx<'_>, name: &ast::Name) -> Option<FieldId> {
    let field = named::field(cx, name)?;
    let ty = &cx.env.schema.shape(field).ty;
    if matches!(ty, FieldType::Number | FieldType::Money) {
        return Some(field);
    }
    let diagnostic = types::type_mismatch(&name.text, schema::words(ty), "a number", cx.at(name.span), "");
    cx.report(diagnostic);
    None
}

/// A literal number.
pub(super) fn constant_number(cx: &mut Cx<'_>, literal: &ast::Literal) -> Option<i64> {
    let at = cx.at(literal.span());
    match literal {
        ast::Literal::Number(text, _) => match number_of(text) {
            Ok(_) if let Some(readings) = point_or_thousands(text) => {
                cx.report(types::point_or_thousands(text, at, readings));
                None
            }
            Ok(value) => {
                cx.means(at.span, Meaning::Value(ValueKind::Number));
                Some(value)
            }
            Err(why) => {
                cx.report(types::bad_number(text, why, at));
                None
            }
        },
        other => {
            let text = cx.text_at(other.span());
            cx.report(types::type_mismatch(&text, literal_words(other), "a number", at, "10"));
            None
        }
    }
}

/// A literal date.
pub(super) fn constant_date(cx: &mut Cx<'_>, literal: &ast::Literal) -> Option<i64> {
    let at = cx.at(literal.span());
    match literal {
        ast::Literal::Date(text, _) => {
            let days = days_of(text);
            cx.means(at.span, Meaning::Value(ValueKind::Date));
            if days.is_none() {
                cx.report(types::bad_date(text, at));
            }
            days
        }
        other => {
            let text = cx.text_at(other.span());
            cx.report(types::type_mismatch(&text, literal_words(other), "a date", at, "2026-10-01"));
            None
        }
    }
}

/// A day as its moments in the project's zone: the first, and the first of the day after it.
pub(super) fn constant_day(cx: &mut Cx<'_>, literal: &ast::Literal) -> Option<(i64, i64)> {
    let day = constant_date(cx, literal)?;
    let begins = |day| (cx.env.project.midnight.0)(&cx.env.project.timezone, day);
    let moments = begins(day).zip(begins(day + 1));
    if moments.is_none() {
        let text = cx.text_at(literal.span());
        cx.report(types::too_far(&text, cx.at(literal.span())));
    }
    moments
}

/// The moment that a comparison with a day is about. `tested` stands before the sign, `whole` is the comparison.
pub(super) fn day_bound(
    cx: &mut Cx<'_>,
    tested: &str,
    order: Order,
    literal: &ast::Literal,
    whole: Span,
) -> Option<i64> {
    let (from, _) = constant_day(cx, literal)?;
    let text = cx.text_at(literal.span());
    // Before a day and from a day on are clear. Else the day itself may be meant or not.
    let (with, without) = match order {
        Order::AtLeast | Order::Under => return Some(from),
        Order::Over => (format!("{tested} >= {text}"), format!("{tested} >= {}", day_after(&text)?)),
        Order::AtMost => (format!("{tested} < {}", day_after(&text)?), format!("{tested} < {text}")),
    };
    let (test, at) = (cx.text_at(whole), cx.at(literal.span()));
    cx.report(types::unclear_day(&test, at, cx.at(whole), [with, without]));
    None
}

/// The left side of a comparison.
pub(super) fn check_left_side(cx: &mut Cx<'_>, sum: &ast::Sum, known: &Known) -> Term {
    if let [(false, ast::Literal::Word(name))] = sum.terms.as_slice() {
        return match named::known_field(cx, name) {
            Some(field) => Term::Field(field),
            None => Term::Word(name.clone()),
        };
    }
    check_number(cx, sum, known).map_or(Term::Wrong, Term::Number)
}

/// A literal's kind in words.
pub(super) fn literal_words(literal: &ast::Literal) -> &'static str {
    match literal {
        ast::Literal::Number(..) => "a number",
        ast::Literal::Text(_) => "a text",
        ast::Literal::Truth(..) => "a yes or no",
        ast::Literal::Date(..) => "a date",
        ast::Literal::Word(_) => "a name",
        ast::Literal::Nested(..) => "a value",
    }
}
