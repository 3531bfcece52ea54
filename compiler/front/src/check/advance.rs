//! `advance stage to S`.

use super::cx::Cx;
use super::flow::Journey;
use super::named;
use super::typed::TypedStepKind;
use crate::syntax::ast::AdvanceStep;

pub(super) fn check(cx: &mut Cx<'_>, advance: &AdvanceStep, _: &mut Journey) -> TypedStepKind {
    let at = cx.at(advance.stage.span);
    named::stage(cx, &advance.stage.text, at).map_or(TypedStepKind::Unknown, TypedStepKind::Advance)
}
