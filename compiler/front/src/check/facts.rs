//! `owner`, `reviewed` and `group`: what is said about a workflow.

use super::cx::Cx;
use super::header::Around;
use super::text::check_address;
use crate::diagnostics::types;
use crate::syntax::ast::{Group, Owner, Reviewed};
use crate::typed::TypedWorkflow;
use crate::values::days_of;

pub(super) fn owner(cx: &mut Cx<'_>, owner: &Owner, _: &Around<'_>, typed: &mut TypedWorkflow) {
    typed.owner = check_address(cx, owner, false);
}

pub(super) fn reviewed(cx: &mut Cx<'_>, date: &Reviewed, _: &Around<'_>, _: &mut TypedWorkflow) {
    if days_of(&date.text).is_none() {
        let diagnostic = types::bad_date(&date.text, cx.at(date.span));
        cx.report(diagnostic);
    }
}

pub(super) fn group(_: &mut Cx<'_>, group: &Group, _: &Around<'_>, typed: &mut TypedWorkflow) {
    typed.group = Some(group.text.clone());
}
