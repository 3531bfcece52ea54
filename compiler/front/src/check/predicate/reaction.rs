//! `opened any email in the last 90 days`: of the mails of all workflows.

use super::super::cx::Cx;
use super::super::event::{check_count, check_since, counted, nothing_of};
use super::Asked;
use crate::diagnostics::time;
use crate::source::Span;
use crate::syntax::ast::{Period, Reaction};
use crate::typed::{Cond, EventTest, Part, Since};
use flow_ir::{EngagementKind, Pattern, PatternEvent};

pub(super) fn check(cx: &mut Cx<'_>, reaction: &Reaction, span: Span, asked: Asked<'_>) -> Cond {
    let event = PatternEvent::Engaged(reaction.verb.kind());
    let pattern = of_mails(event);
    let counts = check_count(cx, reaction.count.as_ref(), span);
    let (Some(since), Some(counts)) = (since(cx, reaction, &pattern.text, span, asked), counts) else {
        return Cond::Unknown;
    };
    let at = cx.at(span);
    let cond = counted(cx, pattern, counts, since, span);
    if !reaction.none {
        return cond;
    }
    let none = nothing_of(cond, since, at);
    match (since, reaction.verb.kind()) {
        // Whoever got none had none to open (LANGUAGE.md 6).
        (
            Since::Within(_) | Since::This(_),
            EngagementKind::Opened | EngagementKind::Clicked | EngagementKind::Replied,
        ) => {
            let mailed = Cond::Events(EventTest { pattern: of_mails(PatternEvent::Mailed), at_least: 1, since });
            Cond::All([none, mailed].map(|cond| Part { cond, at }).into())
        }
        _ => none,
    }
}

fn of_mails(event: PatternEvent) -> Pattern {
    Pattern { text: event.words().unwrap_or_default().to_owned(), event, tests: Vec::new() }
}

/// Since when they count: a time that looks back, also where a journey would have a beginning. What they did with its own mails is asked of those.
fn since(cx: &mut Cx<'_>, reaction: &Reaction, what: &str, span: Span, asked: Asked<'_>) -> Option<Since> {
    let at = cx.at(span);
    let period = match &reaction.period {
        None => {
            cx.report(time::no_period(what, at, "what is asked of the mails of all workflows"));
            return None;
        }
        Some(Period::SinceEntry) => "since entry".to_owned(),
        Some(Period::FromNow) => "from now".to_owned(),
        Some(Period::SinceSent(email)) => format!("since {}", email.text),
        Some(looks_back) => return check_since(cx, what, true, Some(looks_back), span, asked),
    };
    let why = "of the mails of one journey ask `any email of this journey`, without a period";
    cx.report(time::period_not_here(&period, at, why));
    None
}
