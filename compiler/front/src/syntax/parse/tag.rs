//! `tag vip`, `untag vip`

use super::{Pair, Reader, Rule};
use crate::syntax::ast::TagStep;

pub(super) fn parse(reader: &mut Reader<'_>, pair: &Pair<'_>) -> TagStep {
    TagStep { given: pair.as_rule() == Rule::tag, tag: reader.name_of(pair, Rule::name) }
}
