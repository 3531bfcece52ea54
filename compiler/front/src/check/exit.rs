//! `exit`, `exit as converted`.

use super::cx::Cx;
use super::flow::Journey;
use super::typed::TypedStepKind;
use crate::syntax::ast::ExitStep;

pub(super) fn check(_: &mut Cx<'_>, exit: &ExitStep, journey: &mut Journey) -> TypedStepKind {
    journey.left = true;
    TypedStepKind::Exit { converted: exit.converted }
}
