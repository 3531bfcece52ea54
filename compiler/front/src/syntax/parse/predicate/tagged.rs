//! `tagged vip`

use super::super::{Pair, Reader, Rule};
use crate::syntax::ast::Tagged;

pub(super) fn parse(reader: &mut Reader<'_>, pair: &Pair<'_>) -> Option<Tagged> {
    Some(Tagged { tag: reader.name_of(pair, Rule::word) })
}
