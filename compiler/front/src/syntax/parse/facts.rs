//! `owner`, `reviewed` and `group`.

use super::{Pair, Reader, Rule};
use crate::syntax::ast::{Group, Owner, Reviewed};

pub(super) fn owner(reader: &mut Reader<'_>, pair: &Pair<'_>) -> Owner {
    reader.text_of(pair)
}

pub(super) fn reviewed(reader: &mut Reader<'_>, pair: &Pair<'_>) -> Reviewed {
    reader.name_of(pair, Rule::date)
}

pub(super) fn group(reader: &mut Reader<'_>, pair: &Pair<'_>) -> Group {
    reader.name_of(pair, Rule::name)
}
