//! `advance stage to S`.

use super::Checker;
use super::typed::TypedStepKind;
use crate::diagnostics::names;
use crate::syntax::ast::{AdvanceStep, Kind};

impl Checker<'_> {
    pub(super) fn advance_step(&mut self, advance: &AdvanceStep) -> TypedStepKind {
        match self.schema.stage(&advance.stage.text) {
            Some(stage) => TypedStepKind::Advance(stage),
            None => {
                let diagnostic = names::unknown_stage(
                    &advance.stage.text,
                    &self.names(super::schema::Schema::stage_names),
                    self.at(advance.stage.span),
                );
                self.report_unknown(&[Kind::Stages], diagnostic);
                TypedStepKind::Unknown
            }
        }
    }
}
