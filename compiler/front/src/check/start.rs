//! `start WORKFLOW`: of one that the project has. Whether the workflows start each other for ever is shown of the whole program.

use super::cx::Cx;
use super::flow::Journey;
use super::named;
use crate::diagnostics::several;
use crate::syntax::ast::StartStep;
use crate::typed::Form;
use flow_ir::Start;

pub(super) fn check(cx: &mut Cx<'_>, start: &StartStep, _: &mut Journey) -> Form {
    let workflow = named::workflow(cx, &start.workflow);
    if let Some(property) = cx.env.triggers.several(&start.workflow.text).map(str::to_owned) {
        cx.report(several::started(&start.workflow.text, &property, cx.at(start.workflow.span)));
        return Form::Effect { effect: None, then: None };
    }
    Form::Effect { effect: workflow.map(|workflow| Start { workflow }.into()), then: None }
}
