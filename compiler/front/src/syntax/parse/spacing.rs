//! `at least 2 days between emails`.

use super::{Pair, Reader, span};
use crate::syntax::ast::{Duration, Spacing, Unit};

pub(super) fn spacing(reader: &mut Reader<'_>, pair: &Pair<'_>) -> Spacing {
    let nothing = || Duration { amount: String::new(), unit: Unit::Days, span: span(pair) };
    Spacing(reader.duration_of(pair).unwrap_or_else(nothing))
}
