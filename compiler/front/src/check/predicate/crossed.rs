//! `entered hot_leads`, `left hot_leads`: what happens to a person, so counted and dated as an event is.

use super::super::cx::Cx;
use super::super::event::{check_count, check_since, counted, nothing_of};
use super::super::named;
use super::Asked;
use crate::source::Span;
use crate::syntax::ast::Crossed;
use crate::typed::Cond;
use flow_ir::{Pattern, PatternEvent};

pub(super) fn check(cx: &mut Cx<'_>, crossed: &Crossed, span: Span, asked: Asked<'_>) -> Cond {
    let Some(segment) = named::segment(cx, &crossed.segment) else { return Cond::Unknown };
    let (word, event) = match crossed.left {
        true => ("left", PatternEvent::Left(segment)),
        false => ("entered", PatternEvent::Entered(segment)),
    };
    let text = format!("{word} {}", crossed.segment.text);
    let since = check_since(cx, &text, crossed.none || crossed.count.is_some(), crossed.period.as_ref(), span, asked);
    let counts = check_count(cx, crossed.count.as_ref(), span);
    let (Some(since), Some(counts)) = (since, counts) else { return Cond::Unknown };
    let cond = counted(cx, Pattern { text, event, tests: Vec::new() }, counts, since, span);
    if crossed.none { nothing_of(cond, since, cx.at(span)) } else { cond }
}
