//! `confirmed news`: that somebody has confirmed that they want mail about a topic. Without a topic it is the event that a policy with `confirm by`
//! brings, `confirmed`, and checked as any other; which topics one is about the sender knows, also where it is about all of them.

use super::super::cx::Cx;
use super::super::event::{check_count, check_since, counted, is_one_of, nothing_of};
use super::super::named;
use super::super::relation::Values;
use super::Asked;
use crate::diagnostics::names;
use crate::source::Span;
use crate::syntax::ast::Confirmed;
use crate::typed::Cond;
use flow_ir::{FieldType, Pattern, PatternEvent};

pub(super) fn check(cx: &mut Cx<'_>, confirmed: &Confirmed, span: Span, asked: Asked<'_>) -> Cond {
    let Some(event) = cx.env.schema.confirmed else {
        if cx.env.nobody_confirms() {
            let diagnostic = names::nobody_confirms(cx.at(span));
            cx.report(diagnostic);
        }
        return Cond::Unknown;
    };
    // What there is not counts since no time.
    if named::topic(cx, &confirmed.topic).is_none() {
        return Cond::Unknown;
    }
    let text = format!("confirmed {}", confirmed.topic.text);
    let counts_itself = confirmed.none || confirmed.count.is_some();
    let since = check_since(cx, &text, counts_itself, confirmed.period.as_ref(), span, asked);
    let counts = check_count(cx, confirmed.count.as_ref(), span);
    let (Some(since), Some(counts)) = (since, counts) else { return Cond::Unknown };
    let tests = is_one_of(0, &FieldType::Text, Values::Texts(vec![confirmed.topic.text.to_lowercase()]));
    let cond = counted(cx, Pattern { text, event: PatternEvent::Declared(event), tests }, counts, since, span);
    if confirmed.none { nothing_of(cond, since, cx.at(span)) } else { cond }
}
