//! `start WORKFLOW with PROPERTY = VALUE`

use super::{Pair, Reader, Rule, child, name, span};
use crate::syntax::ast::{Given, Literal, StartStep};

pub(super) fn parse(reader: &mut Reader<'_>, pair: &Pair<'_>) -> StartStep {
    let workflow = reader.name_of(pair, Rule::name);
    let values: Vec<Pair<'_>> = child(pair, Rule::given).into_iter().flat_map(Pair::into_inner).collect();
    let values = values.iter().filter(|inner| inner.as_rule() == Rule::given_value);
    StartStep { workflow, given: values.map(|value| given(reader, value)).collect() }
}

fn given(reader: &mut Reader<'_>, pair: &Pair<'_>) -> Given {
    let property = reader.name_of(pair, Rule::name);
    let value = child(pair, Rule::literal).map_or_else(|| Literal::Word(name(pair)), |value| reader.literal(&value));
    let fallback = child(pair, Rule::fallback).and_then(|or| child(&or, Rule::literal));
    Given { property, value, fallback: fallback.map(|value| reader.literal(&value)), span: span(pair) }
}
