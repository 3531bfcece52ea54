//! `on goal { … }` and `on exit { … }`: steps that are done at once, for whoever leaves so from any step.

use super::cx::Cx;
use super::flow::Journey;
use super::header::Around;
use super::step::check_steps;
use super::trigger::TriggerOf;
use crate::diagnostics::closing as wrong;
use crate::source::Span;
use crate::syntax::ast::{self, Closing, Header, Step, StepKind};
use crate::typed::{Form, TypedStep, TypedWorkflow, each_step};
use flow_ir::Ending;

pub(super) fn on_goal(cx: &mut Cx<'_>, closing: &Closing, around: &Around<'_>, typed: &mut TypedWorkflow) {
    typed.on_goal = Some(check_closing(cx, "on goal", closing, around, typed));
}

pub(super) fn on_exit(cx: &mut Cx<'_>, closing: &Closing, around: &Around<'_>, typed: &mut TypedWorkflow) {
    typed.on_exit = Some(check_closing(cx, "on exit", closing, around, typed));
}

fn check_closing(
    cx: &mut Cx<'_>,
    word: &'static str,
    closing: &Closing,
    around: &Around<'_>,
    typed: &TypedWorkflow,
) -> Vec<TypedStep> {
    if closing.steps.is_empty() {
        cx.report(wrong::nothing_to_do(word, cx.at(closing.head)));
    }
    let workflow = cx.env.workflows.get(typed.name.as_str()).copied();
    let mut journey = around.anywhere.clone();
    (journey.workflow, journey.closing) = (workflow, Some(word));
    // Unlike the other lines of the head, it is of people who are in the workflow.
    let outside = std::mem::replace(&mut cx.trigger_of, TriggerOf::Steps(typed.name.clone()));
    let steps = check_steps(cx, &closing.steps, &mut journey);
    cx.trigger_of = outside;
    steps
}

/// Reports a step that takes time, or lets something out, where the journey has ended. True where it is one.
pub(super) fn refuses(cx: &mut Cx<'_>, step: &Step, journey: &Journey) -> bool {
    let Some(word) = journey.closing else { return false };
    let at = cx.at(step.head);
    cx.report(match &step.kind {
        StepKind::Send(_) | StepKind::Wait(_) | StepKind::Repeat(_) | StepKind::Handoff(_) | StepKind::Notify(_) => {
            wrong::takes_time(word, &cx.text_at(step.head), at)
        }
        StepKind::Exit(_) => wrong::has_ended(word, at),
        _ => return false,
    });
    true
}

/// Reports what nobody comes to, since nobody leaves so.
pub(super) fn report_unused(cx: &mut Cx<'_>, node: &ast::Workflow, typed: &TypedWorkflow) {
    if node.broken || node.blind {
        return;
    }
    let ends_by_step = |ending: Ending| {
        let mut ends = false;
        each_step(&typed.steps, &mut |step| ends |= matches!(step.form, Form::Finish(by) if by == ending));
        ends
    };
    for header in node.headers() {
        match &header.kind {
            Header::OnExit(closing) if typed.exits.is_empty() && !ends_by_step(Ending::Exited) => {
                let before = Span::new(header.span.start, header.span.start);
                cx.report(wrong::nobody_exits(cx.at(closing.head), cx.at(before)));
            }
            Header::OnGoal(closing) if !ends_by_step(Ending::Converted) => match &typed.goal {
                None => cx.report(wrong::no_goal(cx.at(closing.head))),
                Some(goal) if goal.continues => {
                    let line = cx.text_at(goal.at.span);
                    let ending = line.strip_suffix("and continue").unwrap_or(&line).trim_end();
                    cx.report(wrong::goal_continues(cx.at(closing.head), goal.at, ending));
                }
                Some(_) => {}
            },
            _ => {}
        }
    }
}
