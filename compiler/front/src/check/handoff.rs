//! `handoff to TEAM { note, task, keep in workflow }`.

use super::cx::Cx;
use super::duration::check_duration;
use super::flow::Journey;
use super::named;
use super::text::{report_repeated, template_text};
use super::typed::TypedStepKind;
use crate::syntax::ast::{self, HandoffStep};
use flow_ir::CivilSpan;

/// When a task is due that does not say.
const DEFAULT_TASK_DUE: CivilSpan = CivilSpan { months: 0, days: 1, ms: 0 };

pub(super) fn check(cx: &mut Cx<'_>, handoff: &HandoffStep, journey: &mut Journey) -> TypedStepKind {
    let team = named::team(cx, &handoff.team);
    let what = format!("handoff to `{}`", handoff.team.text);
    for repeated in ast::repeated(&handoff.clauses) {
        report_repeated(cx, &what, repeated.word, repeated.again.span, Some(repeated.first.span));
    }
    let note = handoff.note().map(|note| template_text(cx, note, &journey.known));
    let task = handoff.task().map(|task| {
        let due = task.due_in.as_ref().map_or(Some(DEFAULT_TASK_DUE), |due| check_duration(cx, due));
        (template_text(cx, &task.title, &journey.known), due.unwrap_or(DEFAULT_TASK_DUE))
    });
    if !handoff.keeps() {
        journey.left = true;
    }
    match team {
        Some(team) => TypedStepKind::Handoff { team, note, task, keep: handoff.keeps() },
        None => TypedStepKind::Unknown,
    }
}
