//! `segment`.

use super::{Pair, Reader, Rule, span};
use crate::syntax::ast::Segment;

pub(super) fn parse(reader: &mut Reader<'_>, pair: &Pair<'_>) -> Segment {
    Segment { name: reader.name_of(pair, Rule::name), predicate: reader.predicate_of(pair), span: span(pair) }
}
