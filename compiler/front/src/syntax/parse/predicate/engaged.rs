//! `clicked guide_delivery link "case-study"`

use super::super::{Pair, Reader, Rule, child, has, name, span};
use crate::source::Span;
use crate::syntax::Settled;
use crate::syntax::ast::{Engaged, EngagementVerb, With};

pub(super) fn parse(reader: &mut Reader<'_>, pair: &Pair<'_>) -> Option<Engaged> {
    let verb = verb(pair)?;
    let link = child(pair, Rule::string).map(|link| reader.text_literal(&link));
    let with = if let Some(any) = child(pair, Rule::any_email) {
        if !has(&any, Rule::of_this) {
            let end = span(&any).end;
            reader.settled.push(Settled { span: Span::new(end, end), instead: " of this journey" });
        }
        With::Any
    } else if let Some(any) = child(pair, Rule::any_of) {
        reader.settle_bare(&any, child(&any, Rule::kw_of).map_or(0, |of| span(&of).end));
        With::AnyOf(any.into_inner().filter(|inner| inner.as_rule() == Rule::word).map(|word| name(&word)).collect())
    } else {
        child(pair, Rule::word).map_or(With::Last, |word| With::One(name(&word)))
    };
    Some(Engaged { verb, with, link })
}

/// What is said to have become of a mail.
pub(super) fn verb(pair: &Pair<'_>) -> Option<EngagementVerb> {
    let verbs = [
        (Rule::kw_clicked, EngagementVerb::Clicked),
        (Rule::kw_opened, EngagementVerb::Opened),
        (Rule::kw_replied, EngagementVerb::Replied),
        (Rule::kw_bounced, EngagementVerb::Bounced),
    ];
    verbs.into_iter().find(|(rule, _)| has(pair, *rule)).map(|(_, verb)| verb)
}
