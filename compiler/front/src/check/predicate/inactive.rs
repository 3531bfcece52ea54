//! `inactive for 30 days`: nothing of any kind in that time.

use super::super::cx::Cx;
use super::super::duration::look_back_ms;
use super::super::event::nothing_of;
use super::Asked;
use crate::source::Span;
use crate::syntax::ast::Inactive;
use crate::typed::{Cond, EventTest, Since};
use flow_ir::{Pattern, PatternEvent};

pub(super) fn check(cx: &mut Cx<'_>, inactive: &Inactive, span: Span, _: Asked<'_>) -> Cond {
    let Some(ms) = look_back_ms(cx, &inactive.time) else { return Cond::Unknown };
    let pattern = Pattern { text: "any activity".to_owned(), event: PatternEvent::AnyActivity, tests: Vec::new() };
    let since = Since::Within(ms);
    nothing_of(Cond::Events(EventTest { pattern, at_least: 1, since }), since, cx.at(span))
}
