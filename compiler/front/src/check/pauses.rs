//! `pause while P`, `pauses GROUP` and `stops GROUP`: when a journey stands still, and whom it keeps from their steps while somebody is in it.

use super::Known;
use super::cx::Cx;
use super::header::Around;
use super::named;
use super::predicate::{Asked, check_predicate};
use crate::diagnostics::contract;
use crate::syntax::ast::{Name, PauseWhile, Pauses, Stops};
use crate::typed::{KeepsBack, Part, TypedWorkflow};

pub(super) fn pause_while(cx: &mut Cx<'_>, when: &PauseWhile, around: &Around<'_>, typed: &mut TypedWorkflow) {
    let cond = check_predicate(cx, when, Asked::InJourney(around.anywhere), &Known::new());
    typed.conditions.pause = Some(cx.text_at(when.span()));
    typed.pause = Some(Part { cond, at: cx.at(when.span()) });
}

pub(super) fn pauses_group(cx: &mut Cx<'_>, group: &Pauses, around: &Around<'_>, typed: &mut TypedWorkflow) {
    let kept = keeps_back(cx, group, around, typed, "pauses");
    typed.pauses.extend(kept);
}

pub(super) fn stops_group(cx: &mut Cx<'_>, group: &Stops, around: &Around<'_>, typed: &mut TypedWorkflow) {
    let kept = keeps_back(cx, group, around, typed, "stops");
    typed.stops.extend(kept);
}

/// A group in which there is somebody else; reported where there is nobody.
fn keeps_back(
    cx: &mut Cx<'_>,
    group: &Name,
    around: &Around<'_>,
    typed: &TypedWorkflow,
    word: &str,
) -> Option<KeepsBack> {
    if !named::group(cx, group) {
        return None;
    }
    let own = cx.env.workflows.get(typed.name.as_str());
    let others = cx.env.groups.get(group.text.as_str()).into_iter().flatten().filter(|workflow| Some(*workflow) != own);
    if others.count() == 0 {
        let diagnostic = contract::keeps_nobody_back(word, &group.text, cx.at(group.span));
        cx.report(diagnostic);
        return None;
    }
    Some(KeepsBack { group: group.text.clone(), at: cx.at(around.span) })
}
