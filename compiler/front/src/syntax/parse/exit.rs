//! `exit`, `exit as converted`.

use super::{Pair, Reader, Rule, has};
use crate::syntax::ast::ExitStep;

pub(super) fn parse(_: &mut Reader<'_>, pair: &Pair<'_>) -> ExitStep {
    ExitStep { converted: has(pair, Rule::as_converted) }
}
