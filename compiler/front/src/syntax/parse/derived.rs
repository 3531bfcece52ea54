//! `derived`.

use super::{Pair, Reader, Rule, child, span};
use crate::syntax::ast::{Derived, DerivedArm, Otherwise};

pub(super) fn parse(reader: &mut Reader<'_>, pair: &Pair<'_>) -> Derived {
    let whens = pair.clone().into_inner().filter(|inner| inner.as_rule() == Rule::derived_when);
    let arms: Vec<DerivedArm> =
        whens.map(|when| DerivedArm { when: reader.predicate_of(&when), text: reader.text_of(&when) }).collect();
    let otherwise = child(pair, Rule::derived_otherwise).map(|otherwise| match child(&otherwise, Rule::kw_unknown) {
        Some(unknown) => Otherwise::Unknown(span(&unknown)),
        None => Otherwise::Text(reader.text_of(&otherwise)),
    });
    Derived { name: reader.name_of(pair, Rule::name), arms, otherwise, span: span(pair) }
}
