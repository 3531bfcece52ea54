//! Values, as written but for the space in them.

use super::printer::Printer;
use crate::syntax::ast::{Duration, Literal, Sum, Text, Value};
use std::borrow::Cow;

pub(super) fn text<'s>(printer: &Printer<'s>, text: &Text) -> Cow<'s, str> {
    printer.quoted(text.span)
}

pub(super) fn duration(printer: &Printer<'_>, duration: &Duration) -> String {
    printer.words(duration.span)
}

pub(super) fn literal(printer: &Printer<'_>, literal: &Literal) -> String {
    match literal {
        Literal::Nested(value, _) => format!("({})", self::value(printer, value)),
        Literal::Text(text) => self::text(printer, text).into_owned(),
        as_written => printer.cut(as_written.span()).to_owned(),
    }
}

pub(super) fn literals(printer: &Printer<'_>, literals: &[Literal]) -> String {
    let literals: Vec<String> = literals.iter().map(|literal| self::literal(printer, literal)).collect();
    literals.join(", ")
}

pub(super) fn sum(printer: &Printer<'_>, sum: &Sum) -> String {
    let mut out = String::new();
    for (minus, term) in &sum.terms {
        if !out.is_empty() {
            out.push_str(if *minus { " - " } else { " + " });
        }
        out.push_str(&literal(printer, term));
    }
    out
}

pub(super) fn value(printer: &Printer<'_>, value: &Value) -> String {
    let sum = sum(printer, &value.sum);
    match &value.fallback {
        Some(fallback) => format!("{sum} or {}", literal(printer, fallback)),
        None => sum,
    }
}
