//! `add to list partners`, `remove from list partners`

use super::{Pair, Reader, Rule};
use crate::syntax::ast::EnlistStep;

pub(super) fn parse(reader: &mut Reader<'_>, pair: &Pair<'_>) -> EnlistStep {
    EnlistStep { added: pair.as_rule() == Rule::enlist, list: reader.name_of(pair, Rule::name) }
}
