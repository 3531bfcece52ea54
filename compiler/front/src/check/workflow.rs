//! `workflow`: its head, then its steps in order.

use super::closing::report_unused;
use super::cx::Cx;
use super::flow::Journey;
use super::header::check_headers;
use super::late::check_window;
use super::step::{check_steps, count_steps, report_same_labels};
use super::text::name_text;
use super::trigger::TriggerOf;
use crate::diagnostics::syntax;
use crate::source::Location;
use crate::syntax::ast::{self, Step};
use crate::typed::{TypedEntry, TypedWorkflow};
use flow_ir::limits::MAX_STEPS;
use flow_ir::{Conditions, EmailId, Reenter};

pub(super) fn check_workflow(cx: &mut Cx<'_>, node: &ast::Workflow) -> TypedWorkflow {
    let mut sends = Vec::new();
    sends_of(cx, node.steps(), &mut sends);
    let anywhere = Journey::any_step(sends.clone(), node.blind);
    let title = node.title.as_ref();
    let example = format!("workflow {} \"Spring campaign\"", node.name.text);
    let title = title.and_then(|title| name_text(cx, title, "title", &example));
    let mut typed = TypedWorkflow {
        name: node.name.text.clone(),
        title: title.unwrap_or_else(|| node.name.text.clone()),
        group: None,
        owner: None,
        goal: None,
        entry: TypedEntry::ByHand { at: cx.at(node.head) },
        reenter: Reenter::Never,
        several: None,
        exits: Vec::new(),
        skip: None,
        conditions: Conditions::default(),
        window: None,
        not_on_holidays: 0,
        spacing_ms: None,
        rate: None,
        holdout: None,
        pause: None,
        pauses: Vec::new(),
        stops: Vec::new(),
        late: None,
        steps: Vec::new(),
        on_goal: None,
        on_exit: None,
        at: cx.at(node.head),
    };
    cx.trigger_of = TriggerOf::Around(node.name.text.clone());
    check_headers(cx, node, &anywhere, &mut typed);
    check_window(cx, node);
    cx.trigger_of = TriggerOf::Steps(node.name.text.clone());
    if count_steps(node.all_steps()) > MAX_STEPS {
        let what = format!("workflow has more than {MAX_STEPS} steps");
        let help = "part it into two workflows, and let the first `start` the second";
        cx.report(syntax::too_large(&what, cx.at(node.name.span), "those of its branches count too", help));
        return typed;
    }
    let mut journey = Journey::start(sends);
    journey.workflow = cx.env.workflows.get(node.name.text.as_str()).copied();
    // Where a brace is lost, steps stand where nobody meant them to.
    journey.blind = node.broken && node.blind;
    typed.steps = check_steps(cx, node.steps(), &mut journey);
    report_same_labels(cx, node.all_steps());
    report_unused(cx, node, &typed);
    typed
}

/// Every email the steps send, with where.
fn sends_of<'t>(cx: &Cx<'_>, steps: impl IntoIterator<Item = &'t Step>, sends: &mut Vec<(EmailId, Location)>) {
    for step in steps {
        if let Some(message) = step.message() {
            let email = cx.env.emails.get(message.text.as_str());
            sends.extend(email.map(|email| (*email, cx.at(step.head))));
        }
        step.children().into_iter().for_each(|block| sends_of(cx, block, sends));
    }
}
