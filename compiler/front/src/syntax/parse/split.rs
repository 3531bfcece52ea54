//! `split NAME { 50% a { … } 50% b { … } }`.

use super::context::Context;
use super::{Pair, Reader, Rule, child, name, span, step};
use crate::syntax::ast::{Name, Share, Split};

pub(super) fn parse(reader: &mut Reader<'_>, pair: &Pair<'_>) -> Split {
    let mut split = Split { name: split_name(reader, pair), shares: Vec::new(), broken: false };
    for inner in child(pair, Rule::shares).into_iter().flat_map(Pair::into_inner) {
        match inner.as_rule() {
            Rule::share => split.shares.push(share(reader, &inner)),
            Rule::later_share => {
                split.broken = true;
                reader.later(&inner);
            }
            Rule::bad_step => {
                split.broken = true;
                drop(step::unreadable(reader, &inner, Context::Shares));
            }
            _ => {}
        }
    }
    split
}

fn split_name(reader: &mut Reader<'_>, pair: &Pair<'_>) -> Name {
    let Some(called) = child(pair, Rule::split_name) else { return reader.name_of(pair, Rule::name) };
    match child(&called, Rule::string) {
        Some(text) => {
            let literal = reader.text_literal(&text);
            Name { text: literal.plain().unwrap_or_default(), span: span(&text) }
        }
        None => reader.name_of(&called, Rule::name),
    }
}

fn share(reader: &mut Reader<'_>, pair: &Pair<'_>) -> Share {
    Share {
        weight: reader.name_of(pair, Rule::number),
        name: child(pair, Rule::name).map(|inner| name(&inner)),
        steps: step::block_of(reader, pair),
        span: span(pair),
    }
}
