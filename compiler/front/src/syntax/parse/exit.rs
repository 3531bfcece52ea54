//! `exit`, `exit as converted`.

use super::{Pair, Reader, Rule, has};
use crate::syntax::ast::ExitStep;

impl<'s> Reader<'s> {
    pub(super) fn exit(&mut self, pair: &Pair<'s>) -> ExitStep {
        ExitStep { converted: has(pair, Rule::as_converted) }
    }
}
