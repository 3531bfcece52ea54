//! `reenter never`, `reenter after D`.

use super::{Pair, Reader};
use crate::syntax::ast::Reenter;

pub(super) fn reenter(reader: &mut Reader<'_>, pair: &Pair<'_>) -> Reenter {
    reader.duration_of(pair).map_or(Reenter::Never, Reenter::After)
}
