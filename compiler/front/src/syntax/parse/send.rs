//! `send EMAIL`.

use super::{Pair, Reader, Rule};
use crate::syntax::ast::SendStep;

pub(super) fn parse(reader: &mut Reader<'_>, pair: &Pair<'_>) -> SendStep {
    SendStep { email: reader.name_of(pair, Rule::name) }
}
