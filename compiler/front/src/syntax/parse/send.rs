//! `send EMAIL` and `send EMAIL again`.

use super::{Pair, Reader, Rule, child, span};
use crate::syntax::ast::SendStep;

pub(super) fn parse(reader: &mut Reader<'_>, pair: &Pair<'_>) -> SendStep {
    let again = child(pair, Rule::again).map(|again| span(&again));
    SendStep { email: reader.name_of(pair, Rule::name), again }
}
