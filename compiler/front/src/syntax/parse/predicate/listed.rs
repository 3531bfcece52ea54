//! `in list partners`

use super::super::{Pair, Reader, Rule};
use crate::syntax::ast::Listed;

pub(super) fn parse(reader: &mut Reader<'_>, pair: &Pair<'_>) -> Option<Listed> {
    Some(Listed { list: reader.name_of(pair, Rule::word) })
}
