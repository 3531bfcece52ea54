//! `pause while P`, `pauses GROUP` and `stops GROUP`.

use super::{Pair, Reader, Rule};
use crate::syntax::ast::{PauseWhile, Pauses, Stops};

pub(super) fn pause_while(reader: &mut Reader<'_>, pair: &Pair<'_>) -> PauseWhile {
    reader.predicate_of(pair)
}

pub(super) fn pauses_group(reader: &mut Reader<'_>, pair: &Pair<'_>) -> Pauses {
    reader.name_of(pair, Rule::name)
}

pub(super) fn stops_group(reader: &mut Reader<'_>, pair: &Pair<'_>) -> Stops {
    reader.name_of(pair, Rule::name)
}
