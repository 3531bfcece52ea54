//! `handoff to TEAM { note, task, reassign, stop GROUP, keep in workflow }`.

use super::cx::Cx;
use super::duration::check_duration;
use super::flow::Journey;
use super::text::{limited_text, report_repeated};
use super::{named, stop};
use crate::syntax::ast::{self, HandoffStep};
use crate::typed::Form;
use flow_ir::limits::MAX_TEXT_BYTES;
use flow_ir::{CivilSpan, Ending, Handoff, Task};

/// When a task is due that does not say.
const DEFAULT_TASK_DUE: CivilSpan = CivilSpan { months: 0, days: 1, ms: 0 };

pub(super) fn check(cx: &mut Cx<'_>, handoff: &HandoffStep, journey: &mut Journey) -> Form {
    let team = named::team(cx, &handoff.team);
    let what = format!("handoff to `{}`", handoff.team.text);
    for repeated in ast::repeated(&handoff.clauses) {
        report_repeated(cx, &what, repeated.word, repeated.again.span, Some(repeated.first.span));
    }
    let note = handoff.note().map(|note| limited_text(cx, note, &journey.known, "this note", MAX_TEXT_BYTES));
    let task = handoff.task().map(|task| {
        let due = task.due_in.as_ref().map_or(Some(DEFAULT_TASK_DUE), |due| check_duration(cx, due));
        Task {
            title: limited_text(cx, &task.title, &journey.known, "this task", MAX_TEXT_BYTES),
            due_in: due.unwrap_or(DEFAULT_TASK_DUE),
        }
    });
    let stops = handoff.stops().filter_map(|(what, at)| stop::check_others(cx, what, cx.at(at), journey)).collect();
    let reassign = handoff.reassigns();
    // A handoff takes the contact out of the workflow, unless it says `keep in workflow`.
    let then = (!handoff.keeps()).then_some(Ending::HandedOff);
    Form::Effect { effect: team.map(|team| Handoff { team, note, task, reassign, stops }.into()), then }
}
