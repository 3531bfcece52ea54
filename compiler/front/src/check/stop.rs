//! `stop WORKFLOW or GROUP`: of others than the one that says so.

use super::cx::Cx;
use super::flow::Journey;
use super::named;
use crate::diagnostics::reach;
use crate::syntax::ast::StopStep;
use crate::typed::Form;
use flow_ir::Stop;

pub(super) fn check(cx: &mut Cx<'_>, stop: &StopStep, journey: &mut Journey) -> Form {
    let Some((what, workflows)) = named::workflow_or_group(cx, &stop.what) else { return Form::Unknown };
    if workflows.iter().all(|workflow| Some(*workflow) == journey.workflow) {
        cx.report(reach::stops_itself(&stop.what.text, journey.here));
        return Form::Unknown;
    }
    Form::effect(Stop { what })
}
