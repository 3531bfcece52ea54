//! `enter when P`, `enter by hand`: who comes in, and when.
//!
//! An event triggers, or something becomes true. Which of the two a condition means is read from its parts: where only one side of an
//! `or` waits for an event, nobody could say at which moment people enter.

use super::Known;
use super::cx::Cx;
use super::header::Around;
use super::predicate::{Asked, check_predicate};
use crate::diagnostics::{contract, syntax};
use crate::domain::event_can_be;
use crate::env::Env;
use crate::source::Span;
use crate::syntax::ast;
use crate::typed::{Cond, Part, Since, TypedEntry, TypedWorkflow};
use flow_ir::limits::MAX_TRIGGERS;
use flow_ir::{Pattern, PatternEvent};

pub(super) fn enter(cx: &mut Cx<'_>, enter: &ast::Enter, around: &Around<'_>, typed: &mut TypedWorkflow) {
    typed.entry = check_entry(cx, enter, around.span);
}

fn check_entry(cx: &mut Cx<'_>, enter: &ast::Enter, span: Span) -> TypedEntry {
    let at = cx.at(span);
    let Some(predicate) = &enter.when else { return TypedEntry::ByHand { at } };
    let cond = check_predicate(cx, predicate, Asked::Entry, &Known::new());
    if has_unknown(cx.env, &cond) {
        return TypedEntry::ByHand { at };
    }
    if triggering(&cond).len() > MAX_TRIGGERS as usize {
        let what = format!("entry waits for more than {MAX_TRIGGERS} kinds of events");
        let help =
            "part it into two workflows, or ask for one event with several values: `visited(page in (\"/a\", \"/b\"))`";
        cx.report(syntax::too_large(&what, cx.at(predicate.span()), "too many to tell which of them it was", help));
        return TypedEntry::ByHand { at };
    }
    if let Some((first, second)) = joined(&cond) {
        let [one, other] = [first, second].map(|part| cx.text_at(part.at.span));
        cx.report(contract::two_triggers(&one, &other, second.at));
        return TypedEntry::ByHand { at };
    }
    let (triggers, inactivity) = (triggers(&cond), is_inactivity(&cond));
    let when = Part { cond, at: cx.at(predicate.span()) };
    match (triggers, enter.existing) {
        (Triggers::Always, None) => TypedEntry::Event { when, at },
        (Triggers::Always, Some(_)) => {
            cx.report(contract::existing_not_here(at));
            TypedEntry::Event { when, at }
        }
        (Triggers::Never, existing) => {
            if existing.is_none() && !inactivity {
                cx.report(contract::new_or_existing(at));
            }
            TypedEntry::Becomes { when, existing: existing == Some(ast::Existing::Including), at }
        }
        (Triggers::Negated, _) => {
            cx.report(contract::trigger_negated(cx.at(predicate.span())));
            TypedEntry::ByHand { at }
        }
        (Triggers::Sometimes, _) => {
            let event = first_event(predicate).unwrap_or(predicate.span());
            cx.report(contract::entry_unclear(cx.at(predicate.span()), cx.at(event)));
            TypedEntry::ByHand { at }
        }
    }
}

/// `inactive for 30 days`, in parentheses or not: silence begins when Flow first knows a person, so nobody is in it already.
fn is_inactivity(cond: &Cond) -> bool {
    let Cond::Not(inner) = cond else { return false };
    matches!(&**inner, Cond::Events(test) if test.pattern.event == PatternEvent::AnyActivity)
}

/// The patterns of the events that trigger an entry, each once.
fn triggering(when: &Cond) -> Vec<&Pattern> {
    let mut patterns: Vec<&Pattern> = Vec::new();
    when.each(&mut |cond| match cond {
        Cond::Events(test) if test.since == Since::Trigger && !patterns.contains(&&test.pattern) => {
            patterns.push(&test.pattern);
        }
        _ => {}
    });
    patterns
}

/// Whether an entry holds only at an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Triggers {
    Always,
    Never,
    /// On one side of an `or` only.
    Sometimes,
    /// Under a `not`.
    Negated,
}

fn triggers(cond: &Cond) -> Triggers {
    match cond {
        Cond::Events(test) if test.since == Since::Trigger => Triggers::Always,
        Cond::All(parts) => {
            let found: Vec<Triggers> = parts.iter().map(|part| triggers(&part.cond)).collect();
            [Triggers::Negated, Triggers::Always, Triggers::Sometimes]
                .into_iter()
                .find(|kind| found.contains(kind))
                .unwrap_or(Triggers::Never)
        }
        Cond::Any(parts) => {
            let found: Vec<Triggers> = parts.iter().map(|part| triggers(&part.cond)).collect();
            if found.contains(&Triggers::Negated) {
                Triggers::Negated
            } else if found.iter().all(|kind| *kind == Triggers::Always) {
                Triggers::Always
            } else if found.iter().all(|kind| *kind == Triggers::Never) {
                Triggers::Never
            } else {
                Triggers::Sometimes
            }
        }
        Cond::Not(inner) if triggers(inner) != Triggers::Never => Triggers::Negated,
        _ => Triggers::Never,
    }
}

/// Two parts that no event meets both: `downloaded and requested_demo`, `downloaded and (visited or requested_demo)`,
/// `visited(page is "/a") and visited(page is "/b")`.
fn joined(cond: &Cond) -> Option<(&Part, &Part)> {
    if let Cond::All(parts) = cond {
        let mut waiting = parts.iter().filter(|part| triggers(&part.cond) == Triggers::Always);
        let first = waiting.next();
        let patterns = first.map(|part| triggering(&part.cond)).unwrap_or_default();
        let can_be_both = |part: &Part| {
            triggering(&part.cond).iter().any(|other| patterns.iter().any(|pattern| is_one_event(pattern, other)))
        };
        if let (Some(first), Some(other)) = (first, waiting.find(|part| !can_be_both(part))) {
            return Some((first, other));
        }
    }
    cond.children().find_map(joined)
}

/// Whether one event may be both: not a visit of one page and one of another.
fn is_one_event(one: &Pattern, other: &Pattern) -> bool {
    one.event == other.event && event_can_be(one.tests.iter().chain(&other.tests), None)
}

fn has_unknown(env: &Env<'_>, cond: &Cond) -> bool {
    match cond {
        Cond::Unknown => true,
        Cond::Segment(id) => env.segment(*id).is_none_or(|said| has_unknown(env, said)),
        other => other.children().any(|part| has_unknown(env, part)),
    }
}

/// The first event of a predicate that has no period.
fn first_event(predicate: &ast::Predicate) -> Option<Span> {
    match predicate {
        ast::Predicate::Event { period: None, span, .. } => Some(*span),
        ast::Predicate::Crossed(ast::Crossed { period: None, .. }, span) => Some(*span),
        other => other.children().iter().find_map(first_event),
    }
}
