//! Values, durations and texts.

use super::{Pair, Reader, Rule, child, has, name, slips, span};
use crate::diagnostics::syntax;
use crate::source::Span;
use crate::syntax::ast::{Duration, Literal, Sum, Text, TextPiece, Unit, Value, trigger_property};
use std::collections::BTreeSet;

impl Reader<'_> {
    pub(super) fn value_of(&mut self, pair: &Pair<'_>) -> Value {
        let value = child(pair, Rule::value);
        let pair = value.as_ref().unwrap_or(pair);
        let fallback = child(pair, Rule::fallback).and_then(|fallback| child(&fallback, Rule::literal));
        Value { sum: self.sum_of(pair), fallback: fallback.map(|literal| self.literal(&literal)), span: span(pair) }
    }

    pub(super) fn sum_of(&mut self, pair: &Pair<'_>) -> Sum {
        match child(pair, Rule::sum) {
            Some(sum) => self.sum(&sum),
            None => Sum { terms: Vec::new(), span: span(pair) },
        }
    }

    pub(super) fn sum(&mut self, sum: &Pair<'_>) -> Sum {
        let (mut terms, mut minus) = (Vec::new(), false);
        for inner in sum.clone().into_inner() {
            match inner.as_rule() {
                Rule::sign => minus = inner.as_str().trim() == "-",
                Rule::literal => terms.push((minus, self.literal(&inner))),
                Rule::with_fallback => {
                    let nested = Literal::Nested(Box::new(self.value_of(&inner)), span(&inner));
                    terms.push((minus, nested));
                }
                _ => {}
            }
        }
        Sum { terms, span: span(sum) }
    }

    pub(super) fn literal(&mut self, pair: &Pair<'_>) -> Literal {
        let at = span(pair);
        let text = pair.as_str().trim();
        match pair.clone().into_inner().find(|inner| inner.as_rule() != Rule::COMMENT) {
            Some(inner) => match inner.as_rule() {
                Rule::number => Literal::Number(text.to_owned(), at),
                Rule::date => Literal::Date(text.to_owned(), at),
                Rule::truth => Literal::Truth(text == "yes", at),
                Rule::string => Literal::Text(self.text(&inner)),
                _ => Literal::Word(name(&inner)),
            },
            None => Literal::Word(name(pair)),
        }
    }

    pub(super) fn text_literal(&mut self, pair: &Pair<'_>) -> Literal {
        Literal::Text(self.text(pair))
    }

    /// The text in a pair's string.
    pub(super) fn text_of(&mut self, pair: &Pair<'_>) -> Text {
        self.text_in(child(pair, Rule::string), pair)
    }

    /// The text in a string; empty where the grammar promised one and there is none.
    pub(super) fn text_in(&mut self, string: Option<Pair<'_>>, pair: &Pair<'_>) -> Text {
        string.map_or_else(|| Text { pieces: Vec::new(), span: span(pair) }, |string| self.text(&string))
    }

    pub(super) fn text(&mut self, pair: &Pair<'_>) -> Text {
        let mut pieces: Vec<TextPiece> = Vec::new();
        for inner in pair.clone().into_inner() {
            match inner.as_rule() {
                Rule::text => push_plain(&mut pieces, inner.as_str()),
                Rule::escape => push_plain(&mut pieces, escaped(&inner)),
                Rule::hole => {
                    self.settle_braces(&inner);
                    let fallback = child(&inner, Rule::plain_text).map(|fallback| plain_text(&fallback));
                    let rule = if has(&inner, Rule::trigger_value) { Rule::trigger_value } else { Rule::name };
                    pieces.push(TextPiece::Field { field: self.name_of(&inner, rule), fallback, span: span(&inner) });
                }
                Rule::bad_hole => {
                    let place = self.at(span(&inner));
                    self.diagnostics.push(syntax::unreadable_field(place, meant_field(inner.as_str())));
                    // A subject that is nothing else is not empty.
                    push_plain(&mut pieces, inner.as_str());
                }
                _ => {}
            }
        }
        Text { pieces, span: span(pair) }
    }

    /// `{{ first_name }}`, as in a template, is settled as `{first_name}`.
    fn settle_braces(&mut self, hole: &Pair<'_>) {
        let (at, inside) = (span(hole), hole.clone().into_inner().filter(|inner| inner.as_rule() != Rule::COMMENT));
        let inside: Vec<Span> = inside.map(|inner| span(&inner)).collect();
        if at.text(self.text).starts_with("{{")
            && let (Some(first), Some(last)) = (inside.first(), inside.last())
        {
            self.settle([(Span::new(at.start, first.start), "{"), (Span::new(last.end, at.end), "}")]);
        }
    }

    /// The duration in a pair.
    pub(super) fn duration_of(&mut self, pair: &Pair<'_>) -> Option<Duration> {
        self.duration(&child(pair, Rule::duration)?)
    }

    /// A duration.
    pub(super) fn duration(&mut self, duration: &Pair<'_>) -> Option<Duration> {
        self.amount(duration, span(duration))
    }

    /// The number and the unit in a pair, and their place.
    pub(super) fn amount(&mut self, pair: &Pair<'_>, at: Span) -> Option<Duration> {
        let amount = child(pair, Rule::number)?.as_str().trim().to_owned();
        let unit = Unit::of(child(pair, Rule::unit)?.as_str())?;
        Some(Duration { amount, unit, span: at })
    }
}

/// The properties of the event that let people in which a declaration reads, in its conditions, values and texts.
pub(super) fn triggers(declaration: &Pair<'_>) -> BTreeSet<String> {
    let all = declaration.clone().into_inner().flatten();
    let read = all.filter(|inner| inner.as_rule() == Rule::trigger_value);
    read.filter_map(|inner| Some(trigger_property(inner.as_str().trim())?.to_owned())).collect()
}

/// What a field that cannot be read was meant to be, where that is clear: a fallback without quotes, two braces, a blank in the name.
fn meant_field(hole: &str) -> Option<String> {
    let inner = hole.trim_matches(|c: char| matches!(c, '{' | '}') || c.is_whitespace());
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let is_name = |name: &str| name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.chars().all(is_word);
    let is_ours = |name: &str| is_name(trigger_property(name).unwrap_or(name));
    let named = |name: &str| slips::trigger_meant(name).or_else(|| is_ours(name).then(|| name.to_owned()));
    let is_text = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || " _-.,!'".contains(c));
    match inner.split_once(" or ") {
        Some((name, text)) if is_text(text.trim().trim_matches('"')) => {
            let name = named(name.trim())?;
            Some(format!("{{{name} or \"{}\"}}", text.trim().trim_matches(['\'', '"'])))
        }
        None if named(inner).is_some() => named(inner).map(|name| format!("{{{name}}}")),
        None => Some(inner.split_whitespace().collect::<Vec<_>>().join("_"))
            .filter(|name| is_name(name))
            .map(|name| format!("{{{name}}}")),
        Some(_) => None,
    }
}

fn push_plain(pieces: &mut Vec<TextPiece>, text: &str) {
    match pieces.last_mut() {
        Some(TextPiece::Plain(before)) => before.push_str(text),
        _ => pieces.push(TextPiece::Plain(text.to_owned())),
    }
}

/// The sign behind a backslash.
fn escaped<'s>(pair: &Pair<'s>) -> &'s str {
    pair.as_str().strip_prefix('\\').unwrap_or_default()
}

fn plain_text(pair: &Pair<'_>) -> String {
    let pieces = pair.clone().into_inner().map(|inner| match inner.as_rule() {
        Rule::escape => escaped(&inner).to_owned(),
        _ => inner.as_str().to_owned(),
    });
    pieces.collect()
}
