//! `wait D`, `wait until P up to D`, and what comes when that time has passed. Waits by the calendar are in a file of their own.

use super::appointment;
use super::awaited;
use super::cx::Cx;
use super::duration::check_duration;
use super::flow::Journey;
use super::predicate::Asked;
use super::predicate::check_predicate;
use super::step::check_steps;
use crate::diagnostics::time;
use crate::source::Span;
use crate::syntax::ast::{Duration, Predicate, Step, Wait};
use crate::typed::{Form, TypedArm, TypedStep, TypedWait};

pub(super) fn check(cx: &mut Cx<'_>, wait: &Wait, journey: &mut Journey) -> Form {
    match wait {
        Wait::For(duration) => {
            journey.waited_until = false;
            check_duration(cx, duration).map_or(Form::Unknown, |span| Form::Wait(TypedWait::For(span)))
        }
        Wait::Until { until, up_to, otherwise } => {
            check_wait_until(cx, until, up_to.as_ref(), otherwise.as_ref(), journey)
        }
        Wait::Business(duration) => {
            journey.waited_until = false;
            appointment::business(cx, duration)
        }
        Wait::When { long, when, otherwise } => check_wait_when(cx, long, when, otherwise, journey),
        Wait::On { until, clock, past } => match appointment::condition(cx, until, clock.is_some() || past.is_some()) {
            Some(condition) => check_wait_until(cx, &condition, None, None, journey),
            None => appointment::check(cx, until, clock.as_ref(), past.as_ref(), journey),
        },
    }
}

/// As long as a condition says: each length is a wait of its own.
fn check_wait_when(
    cx: &mut Cx<'_>,
    long: &Duration,
    when: &Predicate,
    otherwise: &Duration,
    journey: &mut Journey,
) -> Form {
    let known = journey.known.clone();
    let cond = check_predicate(cx, when, Asked::InJourney(journey), &known);
    journey.waited_until = false;
    let steps = vec![wait_for(cx, long)];
    let (test, at) = (cx.text_at(when.span()), cx.at(when.span()));
    let rest = (vec![wait_for(cx, otherwise)], cx.at(otherwise.span));
    let arm = TypedArm { when: cond, steps, text: format!("when {test}"), test, at };
    Form::Branch { arms: vec![arm], otherwise: Some(rest), rest: "otherwise".to_owned(), split: None, leaves_out: None }
}

/// One of several lengths, as the step that it is.
fn wait_for(cx: &mut Cx<'_>, duration: &Duration) -> TypedStep {
    let form = check_duration(cx, duration).map_or(Form::Unknown, |span| Form::Wait(TypedWait::For(span)));
    let (text, at) = (format!("wait {}", cx.text_at(duration.span)), cx.at(duration.span));
    TypedStep { label: None, kind: "wait", form, text, at, left_before: None }
}

fn check_wait_until(
    cx: &mut Cx<'_>,
    until: &Predicate,
    up_to: Option<&Duration>,
    otherwise: Option<&(Vec<Step>, Span)>,
    journey: &mut Journey,
) -> Form {
    let known = journey.known.clone();
    let endless = if up_to.is_none() { awaited::no_end(cx, until) } else { None };
    let when = match endless {
        // What it asks is no condition of a wait, and says nothing more.
        Some(diagnostic) => {
            cx.report(diagnostic);
            None
        }
        None => Some(check_predicate(cx, until, Asked::Waiting(journey), &known)),
    };
    journey.waited_until = true;
    let otherwise = otherwise.map(|(steps, at)| {
        // Those for whom it came in time go on as they are.
        let mut late = journey.clone();
        let steps = check_steps(cx, steps, &mut late);
        *journey = Journey::join(journey, vec![journey.clone(), late]);
        (steps, cx.at(*at))
    });
    let Some(when) = when else { return Form::Unknown };
    if up_to.is_none() && until.has_bare_in() {
        // `in 5 days` was meant for the end of the wait, or what was reported is to be mended first.
        return Form::Unknown;
    }
    let Some(up_to) = up_to else {
        let diagnostic = time::wait_without_deadline(cx.at(until.span()));
        cx.report(diagnostic);
        return Form::Unknown;
    };
    match check_duration(cx, up_to) {
        Some(up_to) => Form::Wait(TypedWait::Until { when, at: cx.at(until.span()), up_to, otherwise }),
        None => Form::Unknown,
    }
}
