//! `if / else if / else`.

use super::cx::Cx;
use super::flow::Journey;
use super::predicate::check_predicate;
use super::predicate::{Asked, assume};
use super::step::check_steps;
use crate::syntax::ast::Branch;
use crate::typed::{Cond, Form, TypedArm};
use flow_ir::EmailId;

pub(super) fn check(cx: &mut Cx<'_>, branch: &Branch, journey: &mut Journey) -> Form {
    let mut arms = Vec::new();
    let mut ways = Vec::new();
    // Each `else if` is asked only where the conditions before it did not hold.
    let mut here = journey.clone();
    for (index, arm) in branch.arms.iter().enumerate() {
        let known = here.known.clone();
        let when = check_predicate(cx, &arm.when, Asked::InJourney(&here), &known);
        let mut way = here.clone();
        way.known.extend(assume(cx.env, &when, true));
        here.known.extend(assume(cx.env, &when, false));
        way.without(&not_sent(&when, true));
        here.without(&not_sent(&when, false));
        let steps = check_steps(cx, &arm.steps, &mut way);
        ways.push(way);
        let condition = cx.text_at(arm.when.span());
        let text = if index == 0 { format!("if {condition}") } else { format!("else if {condition}") };
        arms.push(TypedArm { when, steps, test: condition, text, at: cx.at(arm.when.span()) });
    }
    let mut otherwise = None;
    match &branch.otherwise {
        Some((steps, span)) => {
            let steps = check_steps(cx, steps, &mut here);
            otherwise = Some((steps, cx.at(*span)));
            ways.push(here);
        }
        None => ways.push(here),
    }
    *journey = Journey::join(journey, ways);
    Form::Branch { arms, otherwise, rest: "else".to_owned(), split: None, leaves_out: None }
}

/// The emails that nobody has got of whom the condition holds, or of whom it does not.
fn not_sent(cond: &Cond, holds: bool) -> Vec<EmailId> {
    match (cond, holds) {
        (Cond::Sent(email), false) => vec![*email],
        (Cond::Not(inner), _) => not_sent(inner, !holds),
        (Cond::All(parts), true) | (Cond::Any(parts), false) => {
            parts.iter().flat_map(|part| not_sent(&part.cond, holds)).collect()
        }
        _ => Vec::new(),
    }
}
