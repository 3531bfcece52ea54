//! `reenter never`, `reenter after D`, `reenter always`.

use super::{Pair, Reader, Rule, has};
use crate::syntax::ast::Reenter;

pub(super) fn reenter(reader: &mut Reader<'_>, pair: &Pair<'_>) -> Reenter {
    match has(pair, Rule::always) {
        true => Reenter::Always,
        false => reader.duration_of(pair).map_or(Reenter::Never, Reenter::After),
    }
}
