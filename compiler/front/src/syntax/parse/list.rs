//! `list partners`

use super::{Pair, Reader, Rule};
use crate::syntax::ast::List;

pub(super) fn parse(reader: &mut Reader<'_>, pair: &Pair<'_>) -> List {
    List { name: reader.name_of(pair, Rule::name) }
}
