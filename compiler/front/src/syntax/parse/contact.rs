//! `contact`, `event`, `stages`, `segment`.

use super::{Pair, Reader, Rule, child, context, has, head, name, span};
use crate::syntax::ast::{Contact, Event, Field, FieldType, Segment, Stages};

impl<'s> Reader<'s> {
    pub(super) fn contact(&mut self, pair: &Pair<'s>) -> Contact {
        let (fields, broken) = self.fields(pair);
        Contact { fields, head: head(pair), span: span(pair), broken }
    }

    pub(super) fn event(&mut self, pair: &Pair<'s>) -> Event {
        let (properties, broken) = self.fields(pair);
        Event { name: self.name_of(pair, Rule::name), properties, head: head(pair), span: span(pair), broken }
    }

    /// The fields of a block, and whether there is one that cannot be read.
    fn fields(&mut self, pair: &Pair<'s>) -> (Vec<Field>, bool) {
        let (mut fields, mut broken) = (Vec::new(), self.unclosed);
        let Some(block) = child(pair, Rule::fields) else { return (fields, broken) };
        for inner in block.into_inner() {
            match inner.as_rule() {
                Rule::field => fields.push(self.field(&inner)),
                Rule::bad_line => {
                    broken = true;
                    self.bad_clause(&inner, context::FIELDS);
                }
                _ => {}
            }
        }
        (fields, broken)
    }

    fn field(&mut self, pair: &Pair<'s>) -> Field {
        let ty = child(pair, Rule::field_type).map(|ty| self.field_type(&ty));
        let default = child(pair, Rule::default_value).and_then(|value| child(&value, Rule::literal));
        Field {
            name: self.name_of(pair, Rule::name),
            ty: ty.unwrap_or_else(|| FieldType::Named(self.name_of(pair, Rule::type_name))),
            optional: has(pair, Rule::optional),
            default: default.map(|literal| self.literal(&literal)),
            span: span(pair),
        }
    }

    fn field_type(&mut self, pair: &Pair<'s>) -> FieldType {
        match child(pair, Rule::one_of) {
            Some(one_of) => {
                let choices = one_of.clone().into_inner().filter(|inner| inner.as_rule() == Rule::string);
                FieldType::OneOf(choices.map(|choice| self.text_literal(&choice)).collect(), span(&one_of))
            }
            None => FieldType::Named(self.name_of(pair, Rule::type_name)),
        }
    }

    pub(super) fn stages(&mut self, pair: &Pair<'s>) -> Stages {
        let names = pair.clone().into_inner().filter(|inner| inner.as_rule() == Rule::name);
        Stages { names: names.map(|inner| name(&inner)).collect(), span: span(pair) }
    }

    pub(super) fn segment(&mut self, pair: &Pair<'s>) -> Segment {
        Segment { name: self.name_of(pair, Rule::name), predicate: self.predicate_of(pair), span: span(pair) }
    }
}
