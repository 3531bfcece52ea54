//! `tagged vip`: of a tag that the project declares.

use super::super::cx::Cx;
use super::super::named;
use super::Asked;
use crate::source::Span;
use crate::syntax::ast::Tagged;
use crate::typed::Cond;

pub(super) fn check(cx: &mut Cx<'_>, tagged: &Tagged, _: Span, _: Asked<'_>) -> Cond {
    named::tag(cx, &tagged.tag).map_or(Cond::Unknown, Cond::Truth)
}
