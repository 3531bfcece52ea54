//! `advance stage to S`.

use super::cx::Cx;
use super::named;
use super::typed::TypedStepKind;
use crate::syntax::ast::AdvanceStep;

pub(super) fn check_advance(cx: &mut Cx<'_>, advance: &AdvanceStep) -> TypedStepKind {
    let at = cx.at(advance.stage.span);
    named::stage(cx, &advance.stage.text, at).map_or(TypedStepKind::Unknown, TypedStepKind::Advance)
}
