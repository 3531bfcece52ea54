//! `choose by FIELD { VALUE { … } otherwise { … } }`.

use super::context::Context;
use super::predicate::way_relation;
use super::{Pair, Reader, Rule, child, has, span, step};
use crate::source::Span;
use crate::syntax::Settled;
use crate::syntax::ast::{Choose, Sum, Way};

pub(super) fn parse(reader: &mut Reader<'_>, pair: &Pair<'_>) -> Choose {
    let end = span(pair).end;
    let mut choose = Choose { by: chosen(reader, pair), ways: Vec::new(), close: Span::new(end, end), broken: false };
    let Some(block) = child(pair, Rule::ways) else { return choose };
    if !has(&block, Rule::missing_close) {
        let brace = span(&block).end.saturating_sub(1);
        choose.close = Span::new(brace, brace);
    }
    for inner in block.into_inner() {
        match inner.as_rule() {
            Rule::way => choose.ways.push(way(reader, &inner)),
            Rule::last_way => choose.ways.push(last_way(reader, &inner)),
            Rule::bad_step => {
                choose.broken = true;
                drop(step::unreadable(reader, &inner, Context::Ways));
            }
            _ => {}
        }
    }
    choose
}

fn chosen(reader: &mut Reader<'_>, pair: &Pair<'_>) -> Sum {
    let Some(chosen) = child(pair, Rule::chosen) else { return reader.sum_of(pair) };
    let by = reader.sum_of(&chosen);
    if let (false, Some(word)) = (has(&chosen, Rule::kw_by), child(pair, Rule::kw_choose)) {
        let behind = span(&word).end;
        reader.settled.push(Settled { span: Span::new(behind, behind), instead: " by" });
    }
    by
}

fn way(reader: &mut Reader<'_>, pair: &Pair<'_>) -> Way {
    let whole = span(pair);
    let value = child(pair, Rule::way_value);
    let at = value.as_ref().map_or(whole, span);
    if at.start > whole.start {
        // Flow says the value alone.
        reader.settled.push(Settled { span: Span::new(whole.start, at.start), instead: "" });
    }
    let relation = value.and_then(|value| way_relation(reader, &value));
    Way {
        when: relation.map(|relation| (relation, at)),
        steps: step::block_of(reader, pair),
        span: Span::new(at.start, whole.end),
    }
}

fn last_way(reader: &mut Reader<'_>, pair: &Pair<'_>) -> Way {
    if let Some(word) = child(pair, Rule::kw_else) {
        reader.settled.push(Settled { span: span(&word), instead: "otherwise" });
    }
    Way { when: None, steps: step::block_of(reader, pair), span: span(pair) }
}
