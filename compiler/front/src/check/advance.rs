//! `advance stage to S`.

use super::cx::Cx;
use super::flow::Journey;
use super::named;
use crate::syntax::ast::AdvanceStep;
use crate::typed::{Form, Number};

/// The higher of the two, so that it never moves back.
pub(super) fn check(cx: &mut Cx<'_>, advance: &AdvanceStep, _: &mut Journey) -> Form {
    let at = cx.at(advance.stage.span);
    match (named::stage(cx, &advance.stage.text, at), cx.env.schema.field("stage")) {
        (Some(stage), Some(field)) => {
            let (now, target) = (Box::new(Number::Field(field)), Box::new(Number::Const(stage)));
            Form::Change { field, value: Number::Max(now, target), told: false }
        }
        _ => Form::Unknown,
    }
}
