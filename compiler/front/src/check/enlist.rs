//! `add to list partners`, `remove from list partners`: of a list that the project declares.

use super::cx::Cx;
use super::flow::Journey;
use super::named;
use crate::syntax::ast::EnlistStep;
use crate::typed::{Form, Number};

pub(super) fn check(cx: &mut Cx<'_>, step: &EnlistStep, _: &mut Journey) -> Form {
    match named::list(cx, &step.list, Some(step.added)) {
        Some(field) => Form::Change { field, value: Number::Const(i64::from(step.added)), told: false },
        None => Form::Unknown,
    }
}
