//! `in list partners`: of a list that the project declares.

use super::super::cx::Cx;
use super::super::named;
use super::Asked;
use crate::source::Span;
use crate::syntax::ast::Listed;
use crate::typed::Cond;

pub(super) fn check(cx: &mut Cx<'_>, listed: &Listed, _: Span, _: Asked<'_>) -> Cond {
    named::list(cx, &listed.list, None).map_or(Cond::Unknown, Cond::Truth)
}
