//! `enter when P`, `enter by hand`.

use super::{Pair, Reader, Rule, child, has};
use crate::syntax::ast::{Enter, Existing};

pub(super) fn enter(reader: &mut Reader<'_>, pair: &Pair<'_>) -> Enter {
    let existing = child(pair, Rule::existing)
        .map(|existing| if has(&existing, Rule::including_existing) { Existing::Including } else { Existing::NewOnly });
    let when = (!has(pair, Rule::by_hand)).then(|| reader.predicate_of(pair));
    Enter { when, existing }
}
