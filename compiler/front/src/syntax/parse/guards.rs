//! `exit when P` and `skip when P`.

use super::{Pair, Reader};
use crate::syntax::ast::{ExitWhen, SkipWhen};

pub(super) fn exit_when(reader: &mut Reader<'_>, pair: &Pair<'_>) -> ExitWhen {
    reader.predicate_of(pair)
}

pub(super) fn skip_when(reader: &mut Reader<'_>, pair: &Pair<'_>) -> SkipWhen {
    reader.predicate_of(pair)
}
