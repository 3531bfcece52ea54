//! `allows email`

use super::super::{Pair, Reader};
use crate::syntax::ast::Allows;

pub(super) fn parse(_: &mut Reader<'_>, _: &Pair<'_>) -> Option<Allows> {
    Some(Allows)
}
