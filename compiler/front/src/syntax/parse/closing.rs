//! `on goal { … }` and `on exit { … }`.

use super::{Pair, Reader, step};
use crate::syntax::ast::Closing;

pub(super) fn on_goal(reader: &mut Reader<'_>, pair: &Pair<'_>) -> Closing {
    Closing { steps: step::block_of(reader, pair), head: step::before_block(pair) }
}

pub(super) fn on_exit(reader: &mut Reader<'_>, pair: &Pair<'_>) -> Closing {
    on_goal(reader, pair)
}
