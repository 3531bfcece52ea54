//! `holdout 10%`: for how many people a workflow, or all of them, does nothing, so that what it brings about can be told.

use super::cx::Cx;
use super::header::Around;
use crate::diagnostics::time;
use crate::syntax::ast;
use crate::typed::TypedWorkflow;
use crate::values::whole_of;
use flow_ir::Split;

pub(super) fn holdout(cx: &mut Cx<'_>, holdout: &ast::Holdout, _: &Around<'_>, typed: &mut TypedWorkflow) {
    typed.holdout = percent_of(cx, holdout);
}

/// How many of a hundred; none where that is wrong, and reported.
pub(super) fn percent_of(cx: &mut Cx<'_>, holdout: &ast::Holdout) -> Option<u8> {
    let ast::Holdout(written) = holdout;
    let whole = whole_of(&written.text);
    let (why, instead) = match whole {
        Some(percent) if (1..Split::WHOLE).contains(&percent) => return u8::try_from(percent).ok(),
        None => ("per cents are whole here", 10),
        Some(percent) if percent < 1 => ("nobody would be held out", 10),
        Some(_) => ("nobody would be left for whom anything is done", 10),
    };
    let text = cx.text_at(written.span);
    let diagnostic = time::bad_holdout(&text, why, cx.at(written.span), instead);
    cx.report(diagnostic);
    None
}
