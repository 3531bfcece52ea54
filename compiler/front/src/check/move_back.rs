//! `move stage back to S because "…"`: the only way down, so it says why.

use super::cx::Cx;
use super::flow::Journey;
use super::named;
use super::suppress::because;
use crate::diagnostics::names;
use crate::syntax::ast::MoveBackStep;
use crate::typed::{Form, Number};

/// The lower of the two, so that it never moves on. Of whom it really moved is told.
pub(super) fn check(cx: &mut Cx<'_>, moved: &MoveBackStep, _: &mut Journey) -> Form {
    let said = because(cx, &moved.because, "move stage back to lead because \"lost the budget\"");
    let at = cx.at(moved.stage.span);
    let stage = named::stage(cx, &moved.stage.text, at);
    let (Some(stage), Some(field), Some(_)) = (stage, cx.env.schema.field("stage"), said) else { return Form::Unknown };
    if usize::try_from(stage).is_ok_and(|stage| stage + 1 == cx.env.schema.stages.len()) {
        cx.report(names::nobody_beyond(&moved.stage.text, at));
        return Form::Unknown;
    }
    let (now, target) = (Box::new(Number::Field(field)), Box::new(Number::Const(stage)));
    Form::Change { field, value: Number::Min(now, target), told: true }
}
