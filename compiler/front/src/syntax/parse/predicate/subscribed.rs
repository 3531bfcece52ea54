//! `subscribed to news`

use super::super::{Pair, Reader, Rule};
use crate::syntax::ast::Subscribed;

pub(super) fn parse(reader: &mut Reader<'_>, pair: &Pair<'_>) -> Option<Subscribed> {
    Some(Subscribed { topic: reader.name_of(pair, Rule::word) })
}
