//! `handoff to TEAM { note, task, reassign, stop GROUP, backup, if not taken within D, keep in workflow }`.

use super::cx::Cx;
use super::duration::check_duration;
use super::flow::Journey;
use super::text::{check_address, limited_text, report_repeated};
use super::{appointment, named, stop};
use crate::diagnostics::team as wrong;
use crate::source::Span;
use crate::syntax::ast::{self, HandoffStep, Patience as Written};
use crate::typed::Form;
use flow_ir::limits::MAX_TEXT_BYTES;
use flow_ir::{Appointment, CivilSpan, Ending, Handoff, Patience, Task};

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
    let stops = handoff.stops();
    let stops = stops.filter_map(|(what, at)| stop::check_others(cx, what, cx.at(at), journey, true)).collect();
    let reassign = handoff.reassigns();
    let backup = handoff.backup().and_then(|backup| check_address(cx, backup, false));
    let patience = handoff.patience().and_then(|(patience, at)| {
        report_nobody_waits(cx, handoff, at);
        report_same_again(cx, handoff, at);
        check_patience(cx, patience)
    });
    // A handoff takes the contact out of the workflow, unless it says `keep in workflow`.
    let then = (!handoff.keeps()).then_some(Ending::HandedOff);
    Form::Effect {
        effect: team.map(|team| Handoff { team, note, task, reassign, stops, backup, patience }.into()),
        then,
    }
}

/// How long nobody may have answered.
fn check_patience(cx: &mut Cx<'_>, patience: &Written) -> Option<Patience> {
    if !patience.is_business {
        return check_duration(cx, &patience.within).map(Patience::For);
    }
    match appointment::business_time(cx, &patience.within)? {
        Appointment::BusinessDays(days) => Some(Patience::BusinessDays(days)),
        Appointment::BusinessHours(hours) => Some(Patience::BusinessHours(hours)),
        _ => None,
    }
}

/// Warns of a backup who is one of those who may not have answered.
fn report_same_again(cx: &mut Cx<'_>, handoff: &HandoffStep, at: Span) {
    let declared = cx.env.scope.teams.iter().find(|team| team.node.name.text == handoff.team.text);
    let Some(team) = declared else { return };
    let backup = handoff.backup().or_else(|| team.node.backup()).and_then(ast::Text::plain);
    let Some(backup) = backup else { return };
    let is_backup = |address: &ast::Text| address.plain().is_some_and(|address| address.eq_ignore_ascii_case(&backup));
    if team.node.members().any(|member| is_backup(&member.address)) {
        cx.report(wrong::backup_is_member(&backup, &handoff.team.text, cx.at(at)));
    }
}

/// Reports a handoff that is to go on to somebody, where nobody is named who that is, or nobody can say that it was taken.
fn report_nobody_waits(cx: &mut Cx<'_>, handoff: &HandoffStep, at: Span) {
    let at = cx.at(at);
    if !cx.env.schema.events.values().any(|event| event.shape.answer.is_some()) {
        cx.report(wrong::nobody_takes(at));
    }
    let declared = cx.env.scope.teams.iter().find(|team| team.node.name.text == handoff.team.text);
    if handoff.backup().is_none()
        && let Some(team) = declared.filter(|team| team.node.backup().is_none() && !team.node.broken)
    {
        cx.report(wrong::nobody_behind(&handoff.team.text, at, team.at(team.node.name.span)));
    }
}
