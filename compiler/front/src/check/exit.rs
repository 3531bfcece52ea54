//! `exit`, `exit as converted`.

use super::Checker;
use super::flow::Journey;
use super::typed::TypedStepKind;
use crate::source::Location;
use crate::syntax::ast::ExitStep;

impl Checker<'_> {
    pub(super) fn exit_step(&mut self, exit: &ExitStep, at: Location, journey: &mut Journey) -> TypedStepKind {
        journey.left = Some(at);
        TypedStepKind::Exit { converted: exit.converted }
    }
}
