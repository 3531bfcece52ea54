//! What may be written in two ways and means one thing: `in "a", "b"` for `in ("a", "b")`.
//!
//! The parser notes each place that is not written in the settled way. The layout writes the settled way, and so do the names of steps and
//! conditions: else `flow fmt` would rename a step, and people on their way would stand at steps that are gone.

use crate::source::Span;
use std::borrow::Cow;

/// A place, and what stands there in the settled way. A place without a length is where something is put in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Settled {
    /// What was written.
    pub span: Span,
    /// What is written instead.
    pub instead: &'static str,
}

/// The text at a place in the settled way. `settled` are those of the whole text, in its order.
pub(crate) fn settled<'s>(text: &'s str, at: Span, settled: &[Settled]) -> Cow<'s, str> {
    let first = settled.partition_point(|settled| settled.span.start < at.start);
    let rest = settled.get(first..).unwrap_or_default();
    let inside = rest.get(..rest.partition_point(|settled| settled.span.end <= at.end)).unwrap_or_default();
    if inside.is_empty() {
        return Cow::Borrowed(at.text(text));
    }
    let mut out = String::new();
    let mut reached = at.start;
    // A list that only begins or ends here, at its first or last value, is none of this place's.
    let begins = |nth: usize| inside.get(nth + 1).is_some_and(|next| next.instead == ")");
    let ends = |nth: usize| nth.checked_sub(1).and_then(|nth| inside.get(nth)).is_some_and(|last| last.instead == "(");
    let whole = |nth: usize, instead: &str| match instead {
        "(" => begins(nth),
        ")" => ends(nth),
        _ => true,
    };
    for (_, Settled { span, instead }) in inside.iter().enumerate().filter(|(nth, way)| whole(*nth, way.instead)) {
        out.push_str(Span::new(reached, span.start).text(text));
        out.push_str(instead);
        reached = span.end;
    }
    out.push_str(Span::new(reached, at.end).text(text));
    Cow::Owned(out)
}
