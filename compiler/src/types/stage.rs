//! `advance stage to S`.

use super::Checker;
use super::typed::TypedStepKind;
use crate::diagnostics::names;
use crate::syntax::ast::AdvanceStep;

impl Checker<'_> {
    pub(super) fn advance_step(&mut self, advance: &AdvanceStep) -> TypedStepKind {
        match self.schema.stage(&advance.stage.text) {
            Some(stage) => TypedStepKind::Advance(stage),
            None => {
                let diagnostic =
                    names::unknown_stage(&advance.stage.text, &self.schema.stage_names(), self.at(advance.stage.span));
                self.report(diagnostic);
                TypedStepKind::Unknown
            }
        }
    }
}
