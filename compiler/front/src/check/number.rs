//! Numbers, dates and sums, as values of a program.

use super::Known;
use super::cx::Cx;
use super::named;
use super::trigger::unkept;
use crate::diagnostics::{missing, types};
use crate::env::schema;
use crate::literals;
use crate::meaning::{Meaning, ValueKind};
use crate::source::Span;
use crate::syntax::ast::{self, Order};
use crate::typed::Number;
use crate::values::day_after;
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

/// What becomes of a lone field that somebody lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Missing {
    /// The side of a comparison, which is false then.
    IsFalse,
    /// A value that something is made of: it needs a fallback.
    NeedsFallback,
}

/// A sum of numbers; `None` where it is wrong and reported.
pub(super) fn check_number(cx: &mut Cx<'_>, sum: &ast::Sum, known: &Known, missing: Missing) -> Option<Number> {
    if sum.terms.len() > MAX_TERMS {
        let at = cx.at(sum.span);
        cx.report(types::bad_number(
            &format!("a sum of {} terms", sum.terms.len()),
            &format!("more than {MAX_TERMS} terms"),
            at,
        ));
        return None;
    }
    let alone = sum.terms.len() == 1;
    let may_miss = alone && missing == Missing::IsFalse;
    let mut total: Option<Number> = None;
    let mut wrong = false;
    for (minus, literal) in &sum.terms {
        let Some(term) = check_term(cx, literal, known, may_miss) else {
            wrong = true;
            continue;
        };
        total = Some(match total {
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
    let Some(fallback) = &value.fallback else { return check_number(cx, &value.sum, known, Missing::NeedsFallback) };
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

fn check_term(cx: &mut Cx<'_>, literal: &ast::Literal, known: &Known, may_miss: bool) -> Option<Number> {
    match literal {
        ast::Literal::Nested(value, span) => match lone_field(value) {
            // Parentheses alone give nobody a value; the mended line stands in place of them.
            Some(name) => lone_number(cx, name, *span, known, false),
            None => check_value(cx, value, known),
        },
        ast::Literal::Word(name) => lone_number(cx, name, name.span, known, may_miss),
        other => constant_number(cx, other).map(Number::Const),
    }
}

/// The field in `(employees)`.
fn lone_field(value: &ast::Value) -> Option<&ast::Name> {
    match (value.sum.terms.as_slice(), &value.fallback) {
        ([(false, ast::Literal::Word(name))], None) => Some(name),
        _ => None,
    }
}

/// A field as a number. A fallback would stand in place of `span`.
fn lone_number(cx: &mut Cx<'_>, name: &ast::Name, span: Span, known: &Known, may_miss: bool) -> Option<Number> {
    if let Some(said) = unkept(cx, name)
        && said.lacking.is_some()
        && !may_miss
    {
        cx.report(missing::possibly_missing_number(&name.text, cx.at(span), said.lacking));
        return None;
    }
    let field = number_field(cx, name)?;
    if cx.env.schema.shape(field).optional && !known.contains(&field) && !may_miss {
        cx.report(missing::possibly_missing_number(&name.text, cx.at(span), cx.env.schema.declared(field)));
        return None;
    }
    Some(Number::Field(field))
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
    let (at, text) = (cx.at(literal.span()), cx.text_at(literal.span()));
    let value = cx.read(literals::number(literal, &text, at))?;
    cx.means(at.span, Meaning::Value(ValueKind::Number));
    Some(value)
}

/// A literal date.
pub(super) fn constant_date(cx: &mut Cx<'_>, literal: &ast::Literal) -> Option<i64> {
    let (at, text) = (cx.at(literal.span()), cx.text_at(literal.span()));
    if matches!(literal, ast::Literal::Date(..)) {
        cx.means(at.span, Meaning::Value(ValueKind::Date));
    }
    cx.read(literals::date(literal, &text, at))
}

/// A day as its moments in the project's zone: the first, and the first of the day after it.
pub(super) fn constant_day(cx: &mut Cx<'_>, literal: &ast::Literal) -> Option<(i64, i64)> {
    let day = constant_date(cx, literal)?;
    let begins = |day| (cx.env.project.zones.midnight)(&cx.env.project.timezone, day);
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
        if ast::trigger_property(&name.text).is_some() {
            return named::field(cx, name).map_or(Term::Wrong, Term::Field);
        }
        return match named::known_field(cx, name) {
            Some(field) => Term::Field(field),
            None => Term::Word(name.clone()),
        };
    }
    check_number(cx, sum, known, Missing::IsFalse).map_or(Term::Wrong, Term::Number)
}
