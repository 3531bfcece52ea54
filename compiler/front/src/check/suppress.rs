//! `suppress because "…"`: the reason is the same for everyone, short, and there.

use super::cx::Cx;
use super::flow::Journey;
use super::text::name_text;
use crate::diagnostics::names;
use crate::syntax::ast::SuppressStep;
use crate::typed::Form;
use flow_ir::Suppress;
use flow_ir::limits::MAX_BECAUSE_BYTES;

pub(super) fn check(cx: &mut Cx<'_>, suppress: &SuppressStep, _: &mut Journey) -> Form {
    let text = &suppress.because;
    let example = "suppress because \"asked sales for quiet\"";
    let Some(because) = name_text(cx, text, "reason", example) else { return Form::Unknown };
    if because.len() > MAX_BECAUSE_BYTES {
        cx.report(names::long_because(because.len(), cx.at(text.span)));
        return Form::Unknown;
    }
    Form::effect(Suppress { because })
}
