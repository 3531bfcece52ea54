//! `suppress because "…"`: the reason is the same for everyone, short, and there.

use super::cx::Cx;
use super::flow::Journey;
use super::text::name_text;
use crate::diagnostics::names;
use crate::syntax::ast::{SuppressStep, Text};
use crate::typed::Form;
use flow_ir::Suppress;
use flow_ir::limits::MAX_BECAUSE_BYTES;

pub(super) fn check(cx: &mut Cx<'_>, suppress: &SuppressStep, _: &mut Journey) -> Form {
    match because(cx, &suppress.because, "suppress because \"asked sales for quiet\"") {
        Some(because) => Form::effect(Suppress { because }),
        None => Form::Unknown,
    }
}

/// A reason that stands beside everybody of whom a step does something: the same for everyone, short, and there.
pub(super) fn because(cx: &mut Cx<'_>, text: &Text, example: &str) -> Option<String> {
    let because = name_text(cx, text, "reason", example)?;
    if because.len() > MAX_BECAUSE_BYTES {
        cx.report(names::long_because(because.len(), cx.at(text.span)));
        return None;
    }
    Some(because)
}
