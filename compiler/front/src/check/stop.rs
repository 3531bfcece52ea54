//! `stop WORKFLOW or GROUP`: of others than the one that says so.

use super::cx::Cx;
use super::flow::Journey;
use super::named;
use crate::diagnostics::reach;
use crate::source::Location;
use crate::syntax::ast::{Name, StopStep};
use crate::typed::Form;
use flow_ir::{Stop, Stopped};

pub(super) fn check(cx: &mut Cx<'_>, stop: &StopStep, journey: &mut Journey) -> Form {
    match check_others(cx, &stop.what, journey.here, journey, false) {
        Some(what) => Form::effect(Stop { what }),
        None => Form::Unknown,
    }
}

/// What is to be stopped, in a line at a place; none where it is wrong and reported. `in_handoff`: it is a line of one.
pub(super) fn check_others(
    cx: &mut Cx<'_>,
    name: &Name,
    at: Location,
    journey: &Journey,
    in_handoff: bool,
) -> Option<Stopped> {
    let (what, workflows) = named::workflow_or_group(cx, name)?;
    if workflows.iter().all(|workflow| Some(*workflow) == journey.workflow) {
        cx.report(reach::stops_itself(&name.text, at, in_handoff));
        return None;
    }
    Some(what)
}
