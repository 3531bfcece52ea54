//! `stop WORKFLOW or GROUP`

use super::{Pair, Reader, Rule};
use crate::syntax::ast::StopStep;

pub(super) fn parse(reader: &mut Reader<'_>, pair: &Pair<'_>) -> StopStep {
    StopStep { what: reader.name_of(pair, Rule::name) }
}
