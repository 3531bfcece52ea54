//! The fields of contacts and the properties of events.

use super::context::Context;
use super::{Pair, Reader, Rule, child, has, span};
use crate::syntax::ast::{Field, FieldType};

/// The fields of a block, and whether there is one that cannot be read.
pub(super) fn block(reader: &mut Reader<'_>, pair: &Pair<'_>) -> (Vec<Field>, bool) {
    let (mut fields, mut broken) = (Vec::new(), reader.unclosed);
    for inner in child(pair, Rule::fields).into_iter().flat_map(Pair::into_inner) {
        match inner.as_rule() {
            Rule::field => fields.push(field(reader, &inner)),
            Rule::bad_line => {
                broken = true;
                reader.bad_clause(&inner, Context::Fields);
            }
            _ => {}
        }
    }
    (fields, broken)
}

fn field(reader: &mut Reader<'_>, pair: &Pair<'_>) -> Field {
    let ty = child(pair, Rule::field_type).map(|ty| field_type(reader, &ty));
    let default = child(pair, Rule::default_value).and_then(|value| child(&value, Rule::literal));
    Field {
        name: reader.name_of(pair, Rule::name),
        ty: ty.unwrap_or_else(|| FieldType::Named(reader.name_of(pair, Rule::type_name))),
        optional: has(pair, Rule::optional),
        default: default.map(|literal| reader.literal(&literal)),
        span: span(pair),
    }
}

fn field_type(reader: &mut Reader<'_>, pair: &Pair<'_>) -> FieldType {
    match child(pair, Rule::one_of) {
        Some(one_of) => FieldType::OneOf(reader.texts_of(&one_of), span(&one_of)),
        None => FieldType::Named(reader.name_of(pair, Rule::type_name)),
    }
}
