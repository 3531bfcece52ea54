//! `timed out`

use super::super::{Pair, Reader};
use crate::syntax::ast::TimedOut;

pub(super) fn parse(_: &mut Reader<'_>, _: &Pair<'_>) -> Option<TimedOut> {
    Some(TimedOut)
}
