//! `workflow`: the lines that hold for all of it, and the list of steps.

use super::context::Context;
use super::value::triggers;
use super::{Pair, Reader, Rule, child, head, span, step};
use crate::syntax::ast::{Clause, Header, Item, Workflow};
use crate::syntax::constructs;

pub(super) fn parse(reader: &mut Reader<'_>, pair: &Pair<'_>) -> Workflow {
    let mut workflow = Workflow {
        name: reader.name_of(pair, Rule::name),
        title: child(pair, Rule::title).map(|title| reader.text_of(&title)),
        items: Vec::new(),
        triggers: triggers(pair),
        span: span(pair),
        head: head(pair),
        broken: reader.unclosed,
        blind: reader.unclosed,
    };
    reader.unreadable = false;
    for inner in pair.clone().into_inner() {
        if let Some(kind) = header(reader, &inner) {
            workflow.items.push(Item::Header(Clause { kind, span: span(&inner) }));
        } else if inner.as_rule() == Rule::bad_step {
            workflow.broken = true;
            workflow.items.push(Item::Step(step::unreadable(reader, &inner, Context::Workflow)));
        } else {
            workflow.items.extend(step::parse(reader, &inner).map(Item::Step));
        }
    }
    workflow.blind |= reader.unreadable;
    workflow
}

/// Of each kind a function that is named after its rule.
fn header(reader: &mut Reader<'_>, pair: &Pair<'_>) -> Option<Header> {
    macro_rules! dispatch {
        ({$($module:ident: $variant:ident $node:tt [$rule:ident $words:literal] $about:tt;)*} $later:tt) => {
            match pair.as_rule() {
                $(Rule::$rule => Some(Header::$variant(super::$module::$rule(reader, pair))),)*
                _ => None,
            }
        };
    }
    constructs::headers!(dispatch)
}
