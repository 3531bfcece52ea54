//! Steps and blocks of them.

use super::context::Context;
use super::{Pair, Reader, Rule, child, span};
use crate::source::Span;
use crate::syntax::ast::{Step, StepKind};
use crate::syntax::constructs;

/// The steps of a pair's block.
pub(super) fn block_of(reader: &mut Reader<'_>, pair: &Pair<'_>) -> Vec<Step> {
    child(pair, Rule::block).map_or_else(Vec::new, |inner| block(reader, &inner))
}

fn block(reader: &mut Reader<'_>, block: &Pair<'_>) -> Vec<Step> {
    block.clone().into_inner().filter_map(|inner| parse(reader, &inner)).collect()
}

pub(super) fn parse(reader: &mut Reader<'_>, pair: &Pair<'_>) -> Option<Step> {
    match pair.as_rule() {
        Rule::labelled => {
            let label = reader.text_of(pair);
            let step = pair.clone().into_inner().find_map(|inner| parse(reader, &inner))?;
            Some(Step { label: Some(label), span: span(pair), ..step })
        }
        Rule::later_step | Rule::later_header => {
            reader.later(pair);
            Some(nothing(reader, pair))
        }
        Rule::bad_step => Some(unreadable(reader, pair, Context::Steps)),
        _ => Some(Step { label: None, kind: kind(reader, pair)?, head: before_block(pair), span: span(pair) }),
    }
}

fn kind(reader: &mut Reader<'_>, pair: &Pair<'_>) -> Option<StepKind> {
    macro_rules! dispatch {
        ({$($module:ident: $variant:ident $node:tt [$($rule:ident $words:literal),*] $about:tt;)*} $later:tt) => {
            match pair.as_rule() {
                $($(Rule::$rule)|* => Some(StepKind::$variant(super::$module::parse(reader, pair))),)*
                _ => None,
            }
        };
    }
    constructs::steps!(dispatch)
}

/// A line that cannot be read, with whatever can be read of the blocks behind it.
pub(super) fn unreadable(reader: &mut Reader<'_>, pair: &Pair<'_>, context: Context) -> Step {
    reader.bad(pair, context);
    for inner in pair.clone().into_inner() {
        match inner.as_rule() {
            Rule::block => {
                reader.in_unread += 1;
                drop(block(reader, &inner));
                reader.in_unread -= 1;
            }
            Rule::bad_else => {
                reader.bad_else(&inner);
                block_of(reader, &inner);
            }
            _ => {}
        }
    }
    nothing(reader, pair)
}

fn nothing(reader: &mut Reader<'_>, pair: &Pair<'_>) -> Step {
    reader.unreadable = true;
    Step { label: None, kind: StepKind::Unreadable, head: span(pair), span: span(pair) }
}

/// A step for labels: of one with a block, what stands before the block, on however many lines.
pub(super) fn before_block(pair: &Pair<'_>) -> Span {
    fn block<'i>(pair: &Pair<'i>) -> Option<Pair<'i>> {
        pair.clone().into_inner().find_map(|inner| match inner.as_rule() {
            Rule::block | Rule::handoff_block | Rule::ways | Rule::shares | Rule::timeout | Rule::if_past => {
                Some(inner)
            }
            Rule::arm => block(&inner),
            _ => None,
        })
    }
    let whole = span(pair);
    let Some(block) = block(pair) else { return whole };
    let before = block.as_span().start() - pair.as_span().start();
    let text = pair.as_str().get(..before).unwrap_or_default();
    Span::new(whole.start, whole.start + text.trim_end().len() as u32)
}
