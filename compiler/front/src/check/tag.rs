//! `tag vip`, `untag vip`: of a tag that the project declares.

use super::cx::Cx;
use super::flow::Journey;
use super::named;
use super::typed::{Form, Number};
use crate::syntax::ast::TagStep;

pub(super) fn check(cx: &mut Cx<'_>, step: &TagStep, _: &mut Journey) -> Form {
    match named::tag(cx, &step.tag) {
        Some(field) => Form::Change { field, value: Number::Const(i64::from(step.given)) },
        None => Form::Unknown,
    }
}
