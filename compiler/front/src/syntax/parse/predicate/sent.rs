//! `sent guide_delivery`

use super::super::{Pair, Reader, Rule};
use crate::syntax::ast::Sent;

pub(super) fn parse(reader: &mut Reader<'_>, pair: &Pair<'_>) -> Option<Sent> {
    Some(Sent { email: reader.name_of(pair, Rule::word) })
}
