//! `comes back when EVENT`: whoever a step has suppressed gets mail again at what they do. That is an entry as others are, into a workflow of one
//! step that nobody wrote; whom it lets in, the sender decides. What becomes true lets nobody back: a late event, a sync and time make things true of
//! which nobody can say that the person did them after the suppression (E7).

use super::Known;
use super::confirm::of_one_step;
use super::cx::Cx;
use super::enter::{Trigger, trigger};
use super::predicate::{Asked, check_predicate};
use crate::diagnostics::contract;
use crate::env::Env;
use crate::source::Span;
use crate::syntax::ast::Predicate;
use crate::typed::{Form, Part, TypedEntry, TypedStep, TypedWorkflow};
use flow_ir::effect::ComeBack;
use flow_ir::{COME_BACK, CivilSpan, Conditions};

/// What lets people come back; none where that is wrong, which is reported.
pub(super) fn check_comes_back(cx: &mut Cx<'_>, when: &Predicate, span: Span) -> Option<TypedEntry> {
    let cond = check_predicate(cx, when, Asked::Entry, &Known::new());
    let at = cx.at(span);
    let found = trigger(cx, &cond);
    let part = |cond| Part { cond, at: cx.at(when.span()) };
    match found {
        Trigger::Unknown => None,
        Trigger::Event => Some(TypedEntry::Event { when: part(cond), at }),
        Trigger::Unclear => {
            cx.report(contract::comes_back_unclear(cx.at(when.span())));
            None
        }
    }
}

/// That workflow, where the policy asks for it.
pub(super) fn come_back(env: &Env<'_>) -> Option<TypedWorkflow> {
    let entry = env.comes_back.clone()?;
    let at = entry.at();
    let when = entry.when().map(|when| env.text_at(when.at.file, when.at.span));
    let step = TypedStep {
        label: None,
        kind: "comes back",
        form: Form::effect(ComeBack {}),
        text: "comes back".to_owned(),
        at,
        left_before: None,
    };
    // Whoever is suppressed at one instant may come back at the next.
    let again = CivilSpan { months: 0, days: 0, ms: 1 };
    let workflow = of_one_step((COME_BACK, "Get mail again"), step, again);
    let conditions = Conditions { enter: when, ..Conditions::default() };
    Some(TypedWorkflow { entry, conditions, ..workflow })
}
