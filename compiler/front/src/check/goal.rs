//! `goal "Book a demo" when P within D`.

use super::Known;
use super::cx::Cx;
use super::duration::check_duration;
use super::header::Around;
use super::predicate::{Asked, check_predicate};
use super::text::name_text;
use crate::syntax::ast::Goal;
use crate::typed::{Part, TypedGoal, TypedWorkflow};

pub(super) fn goal(cx: &mut Cx<'_>, goal: &Goal, around: &Around<'_>, typed: &mut TypedWorkflow) {
    typed.conditions.goal = Some(cx.text_at(goal.when.span()));
    typed.goal = Some(TypedGoal {
        text: name_text(cx, &goal.text, "goal", "goal \"Book a demo\" when requested_demo").unwrap_or_default(),
        when: Part {
            cond: check_predicate(cx, &goal.when, Asked::Goal(around.anywhere), &Known::new()),
            at: cx.at(goal.when.span()),
        },
        within: goal.within.as_ref().and_then(|within| check_duration(cx, within)),
        continues: goal.continues,
        at: cx.at(around.span),
    });
}
