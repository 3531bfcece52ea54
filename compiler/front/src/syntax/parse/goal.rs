//! `goal "…" when P within D`.

use super::{Pair, Reader, Rule, has};
use crate::syntax::ast::Goal;

pub(super) fn goal(reader: &mut Reader<'_>, pair: &Pair<'_>) -> Goal {
    Goal {
        text: reader.text_of(pair),
        when: reader.predicate_of(pair),
        within: reader.duration_of(pair),
        continues: has(pair, Rule::and_continue),
    }
}
