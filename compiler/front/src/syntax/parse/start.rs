//! `start WORKFLOW`

use super::{Pair, Reader, Rule};
use crate::syntax::ast::StartStep;

pub(super) fn parse(reader: &mut Reader<'_>, pair: &Pair<'_>) -> StartStep {
    StartStep { workflow: reader.name_of(pair, Rule::name) }
}
