//! `suppress because "…"`

use super::{Pair, Reader};
use crate::syntax::ast::SuppressStep;

pub(super) fn parse(reader: &mut Reader<'_>, pair: &Pair<'_>) -> SuppressStep {
    SuppressStep { because: reader.text_of(pair) }
}
