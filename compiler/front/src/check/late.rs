//! `late skip`: what becomes of a mail that comes long after it was due.

use super::cx::Cx;
use super::header::Around;
use super::window::closes;
use crate::diagnostics::time;
use crate::source::Span;
use crate::syntax::ast::{self, Header};
use crate::typed::TypedWorkflow;
use flow_ir::Late;

pub(super) fn late(_: &mut Cx<'_>, late: &ast::Late, _: &Around<'_>, typed: &mut TypedWorkflow) {
    let ast::Late(how) = *late;
    typed.late = Some(how);
}

/// A workflow whose late mails wait for the next window has one, or the policy has hours in which nothing leaves.
pub(super) fn check_window(cx: &mut Cx<'_>, node: &ast::Workflow) {
    let asks = |header: &&ast::Clause<Header>| header.kind.late() == Some(&ast::Late(Late::NextWindow));
    let of_headers = node.headers().filter_map(|header| match &header.kind {
        Header::Window(window) => Some((window, header.span)),
        _ => None,
    });
    let window = of_headers.last();
    let has_hours = window.is_some_and(|(window, _)| closes(window)) || has_hours(cx);
    let Some(clause) = node.headers().find(asks).filter(|_| !has_hours && !node.broken) else { return };
    let (at, mended) = match window {
        // It opens each day, and never closes.
        Some((_, at)) => (at, "send on every day from 09:00 to 17:00 in contact timezone".to_owned()),
        None => (clause.span, "send on weekdays from 09:00 to 17:00 in contact timezone; late next window".to_owned()),
    };
    let diagnostic = time::no_next_window(cx.at(clause.span), (cx.at(at), mended));
    cx.report(diagnostic);
}

/// The same of a policy, which speaks of every workflow.
pub(super) fn check_windows(cx: &mut Cx<'_>, late: ast::Late, at: Span) {
    let of_workflows = cx.env.scope.workflows.iter();
    let mut of_workflows = of_workflows.flat_map(|workflow| workflow.node.headers().map(|header| &header.kind));
    let is_open = !of_workflows.any(|header| matches!(header, Header::Window(window) if closes(window)));
    if late == ast::Late(Late::NextWindow) && is_open && !has_hours(cx) {
        let mended = "quiet from 20:00 to 08:00 in contact timezone; late next window".to_owned();
        let diagnostic = time::no_next_window(cx.at(at), (cx.at(at), mended));
        cx.report(diagnostic);
    }
}

/// Whether a policy is quiet at some hours, also one that cannot be read.
fn has_hours(cx: &Cx<'_>) -> bool {
    let policies = cx.env.scope.policy.iter().map(|policy| &policy.node);
    policies.into_iter().any(|policy| policy.broken || policy.quiet_hours().is_some())
}
