//! `send EMAIL`.

use super::{Pair, Reader, Rule};
use crate::syntax::ast::SendStep;

impl<'s> Reader<'s> {
    pub(super) fn send(&mut self, pair: &Pair<'s>) -> SendStep {
        SendStep { email: self.name_of(pair, Rule::name) }
    }
}
