//! `event`.

use super::{Pair, Reader, Rule, field, head, span};
use crate::syntax::ast::Event;

pub(super) fn parse(reader: &mut Reader<'_>, pair: &Pair<'_>) -> Event {
    let (properties, broken) = field::block(reader, pair);
    Event { name: reader.name_of(pair, Rule::name), properties, head: head(pair), span: span(pair), broken }
}
