//! `use`.

use super::{Pair, Reader, Rule};
use crate::syntax::ast::Use;

pub(super) fn parse(reader: &mut Reader<'_>, pair: &Pair<'_>) -> Use {
    reader.name_of(pair, Rule::module)
}
