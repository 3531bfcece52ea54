//! `tag vip`, `untag vip`: of a tag that the project declares.

use super::cx::Cx;
use super::flow::Journey;
use super::named;
use crate::syntax::ast::TagStep;
use crate::typed::{Form, Number};

pub(super) fn check(cx: &mut Cx<'_>, step: &TagStep, _: &mut Journey) -> Form {
    match named::tag(cx, &step.tag) {
        Some(field) => Form::Change { field, value: Number::Const(i64::from(step.given)), told: false },
        None => Form::Unknown,
    }
}
