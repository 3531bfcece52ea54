//! `advance stage to S`.

use super::{Pair, Reader, Rule};
use crate::syntax::ast::AdvanceStep;

pub(super) fn parse(reader: &mut Reader<'_>, pair: &Pair<'_>) -> AdvanceStep {
    AdvanceStep { stage: reader.name_of(pair, Rule::name) }
}
