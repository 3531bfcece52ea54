//! `inactive for 30 days`

use super::super::{Pair, Reader};
use crate::syntax::ast::Inactive;

pub(super) fn parse(reader: &mut Reader<'_>, pair: &Pair<'_>) -> Option<Inactive> {
    reader.duration_of(pair).map(|time| Inactive { time })
}
