//! `repeat up to N times every D until P { … }`: the only steps that come again.

use super::cx::Cx;
use super::duration::check_duration;
use super::flow::Journey;
use super::predicate::{Asked, check_predicate};
use super::step::check_steps;
use crate::diagnostics::repeat as wrong;
use crate::syntax::ast::{Repeat, Step};
use crate::typed::{Form, Part, TypedRepeat};
use flow_ir::EmailId;
use flow_ir::limits::MAX_ROUNDS;

pub(super) fn check(cx: &mut Cx<'_>, repeat: &Repeat, journey: &mut Journey) -> Form {
    let here = journey.here;
    let times = times(cx, repeat);
    let every = check_duration(cx, &repeat.every);
    let is_inside = journey.repeats;
    if let Some(around) = is_inside {
        cx.report(wrong::inside_another(here, around));
    }
    if repeat.steps.is_empty() {
        cx.report(wrong::nothing_to_repeat(here));
    }
    let mut round = journey.clone();
    round.repeats = Some(here);
    // What stands before a step in the text, and what stands behind it in an earlier round.
    for email in emails_of(cx, &repeat.steps) {
        round.may_send(email, here);
    }
    // Since entry: who has done it needs no first round either.
    let until = repeat.until.as_ref().map(|until| {
        let known = journey.known.clone();
        let cond = check_predicate(cx, until, Asked::InJourney(&round.outside(is_inside)), &known);
        Part { cond, at: cx.at(until.span()) }
    });
    round.waited_until = false;
    let steps = check_steps(cx, &repeat.steps, &mut round);
    round.repeats = is_inside;
    *journey = match until {
        // Of some of them it holds before the first round.
        Some(_) => Journey::join(journey, vec![journey.clone(), round]),
        None => Journey::join(journey, vec![round]),
    };
    journey.waited_until = false;
    match (times, every) {
        (Some(times), Some(every)) if is_inside.is_none() && !repeat.steps.is_empty() => {
            Form::Repeat(TypedRepeat { times, every, until, steps })
        }
        _ => Form::Unknown,
    }
}

fn times(cx: &mut Cx<'_>, repeat: &Repeat) -> Option<u32> {
    let (text, at) = (cx.text_at(repeat.times.span()), cx.at(repeat.times.span()));
    let times = text.parse::<u32>().ok().filter(|times| (2..=MAX_ROUNDS).contains(times));
    if times.is_none() {
        cx.report(wrong::bad_times(&text, at));
    }
    times
}

/// The emails that a round sends.
fn emails_of(cx: &Cx<'_>, steps: &[Step]) -> Vec<EmailId> {
    let mut found = Vec::new();
    for step in steps {
        found.extend(step.message().and_then(|message| cx.env.emails.get(message.text.as_str()).copied()));
        step.children().into_iter().for_each(|block| found.extend(emails_of(cx, block)));
    }
    found
}
