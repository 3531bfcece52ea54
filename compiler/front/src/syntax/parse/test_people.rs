//! `test people P`.

use super::{Pair, Reader, span};
use crate::source::Span;
use crate::syntax::ast::TestPeople;

pub(super) fn parse(reader: &mut Reader<'_>, pair: &Pair<'_>) -> TestPeople {
    let (predicate, span) = (reader.predicate_of(pair), span(pair));
    let head = pair.as_str().find("people").map_or(0, |at| at + "people".len());
    TestPeople { head: Span::new(span.start, span.start + head as u32), predicate, span }
}
