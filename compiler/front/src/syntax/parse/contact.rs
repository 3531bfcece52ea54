//! `contact`.

use super::{Pair, Reader, field, head, span};
use crate::syntax::ast::Contact;

pub(super) fn parse(reader: &mut Reader<'_>, pair: &Pair<'_>) -> Contact {
    let (fields, broken) = field::block(reader, pair);
    Contact { fields, head: head(pair), span: span(pair), broken }
}
