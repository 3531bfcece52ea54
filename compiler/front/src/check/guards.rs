//! `exit when P` and `skip when P`: who leaves, and who never comes in.

use super::Known;
use super::cx::Cx;
use super::header::Around;
use super::predicate::{Asked, check_predicate};
use crate::syntax::ast::{ExitWhen, SkipWhen};
use crate::typed::{Part, TypedWorkflow};

pub(super) fn exit_when(cx: &mut Cx<'_>, when: &ExitWhen, around: &Around<'_>, typed: &mut TypedWorkflow) {
    let text = cx.text_at(when.span());
    let cond = check_predicate(cx, when, Asked::InJourney(around.anywhere), &Known::new());
    typed.exits.push((Part { cond, at: cx.at(when.span()) }, text, cx.at(around.span)));
}

pub(super) fn skip_when(cx: &mut Cx<'_>, when: &SkipWhen, _: &Around<'_>, typed: &mut TypedWorkflow) {
    let cond = check_predicate(cx, when, Asked::Anywhere("a `skip when`"), &Known::new());
    typed.conditions.skip = Some(cx.text_at(when.span()));
    typed.skip = Some(Part { cond, at: cx.at(when.span()) });
}
