//! `exit`, `exit as converted`.

use super::cx::Cx;
use super::flow::Journey;
use super::typed::TypedStepKind;
use crate::source::Location;
use crate::syntax::ast::ExitStep;

pub(super) fn check_exit(_cx: &mut Cx<'_>, exit: &ExitStep, at: Location, journey: &mut Journey) -> TypedStepKind {
    journey.left = Some(at);
    TypedStepKind::Exit { converted: exit.converted }
}
