//! `advance stage to S`.

use super::{Pair, Reader, Rule};
use crate::syntax::ast::AdvanceStep;

impl<'s> Reader<'s> {
    pub(super) fn advance(&mut self, pair: &Pair<'s>) -> AdvanceStep {
        AdvanceStep { stage: self.name_of(pair, Rule::name) }
    }
}
