//! `clicked guide_delivery link "case-study"`

use super::super::{Pair, Reader, Rule, child, has, name};
use crate::syntax::ast::{Engaged, EngagementVerb};

pub(super) fn parse(reader: &mut Reader<'_>, pair: &Pair<'_>) -> Option<Engaged> {
    let verb = if has(pair, Rule::kw_clicked) {
        EngagementVerb::Clicked
    } else if has(pair, Rule::kw_opened) {
        EngagementVerb::Opened
    } else if has(pair, Rule::kw_replied) {
        EngagementVerb::Replied
    } else {
        EngagementVerb::Bounced
    };
    let email = child(pair, Rule::word).map(|word| name(&word));
    let link = child(pair, Rule::string).map(|link| reader.text_literal(&link));
    Some(Engaged { verb, email, link })
}
