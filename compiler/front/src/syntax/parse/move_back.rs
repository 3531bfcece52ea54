//! `move stage back to S because "…"`.

use super::{Pair, Reader, Rule};
use crate::syntax::ast::MoveBackStep;

pub(super) fn parse(reader: &mut Reader<'_>, pair: &Pair<'_>) -> MoveBackStep {
    MoveBackStep { stage: reader.name_of(pair, Rule::name), because: reader.text_of(pair) }
}
