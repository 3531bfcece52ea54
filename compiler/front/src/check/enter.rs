//! `enter when P`, `enter 30 days before renewal_date`, `enter by hand`: who comes in, and when.
//!
//! An event triggers, or something becomes true. Which of the two a condition means is read from its parts: where only one side of an
//! `or` waits for an event, nobody could say at which moment people enter.

use super::Known;
use super::cx::Cx;
use super::dates::check_dates;
use super::header::Around;
use super::predicate::{Asked, check_predicate};
use crate::diagnostics::{Edit, Mend, contract, syntax};
use crate::domain::event_can_be;
use crate::env::Env;
use crate::source::Span;
use crate::syntax::ast;
use crate::typed::{Cond, Part, Since, TypedEntry, TypedWorkflow};
use flow_ir::limits::MAX_TRIGGERS;
use flow_ir::{Pattern, PatternEvent};

pub(super) fn enter(cx: &mut Cx<'_>, enter: &ast::Enter, around: &Around<'_>, typed: &mut TypedWorkflow) {
    let asked = enter.when.as_ref().map(|when| cx.text_at(when.span()));
    if let Some(dates) = &enter.dates {
        let dated = cx.text_at(dates.span).trim_end().to_owned();
        typed.conditions.enter = Some(asked.map_or(dated.clone(), |asked| format!("{dated} and {asked}")));
        typed.entry = check_dates(cx, dates, enter.when.as_ref(), around.span);
        return;
    }
    typed.conditions.enter = asked;
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
            let mut events = Vec::new();
            triggering_at(&when.cond, &mut events);
            let event = events.first().copied().unwrap_or(predicate.span());
            let mut found = contract::entry_unclear(cx.at(predicate.span()), cx.at(event));
            found.readings = either_or_both(cx, predicate, &when.cond, &events, enter.existing.is_none());
            // Each is a whole line, and says more.
            found.help = found.help.filter(|_| found.readings.is_empty());
            cx.report(found);
            TypedEntry::ByHand { at }
        }
    }
}

/// `ordered or tagged vip`: whatever comes first, or the event where the rest holds. `is_open`: it does not say yet who else is meant.
fn either_or_both(cx: &Cx<'_>, predicate: &ast::Predicate, cond: &Cond, events: &[Span], is_open: bool) -> Vec<Mend> {
    let Cond::Any(parts) = cond else { return Vec::new() };
    let insert = |at: u32, text: &str| Edit { at: cx.at(Span::new(at, at)), text: text.to_owned() };
    let end = predicate.span().end;
    let (ends, new) = (events.iter().any(|event| event.end == end), if is_open { " new only" } else { "" });
    let mut first: Vec<Edit> =
        events.iter().filter(|event| event.end != end).map(|event| insert(event.end, " ever")).collect();
    first.push(insert(end, &format!("{}{new}", if ends { " ever" } else { "" })));
    first.retain(|edit| !edit.text.is_empty());
    let help = "whichever is so first, once:".to_owned();
    let mut found = vec![Mend { help, edits: first }];
    if let ([one, other], true) = (parts.as_slice(), is_open) {
        let between = cx.at(Span::new(one.at.span.end, other.at.span.start));
        let edits = vec![Edit { at: between, text: " and ".to_owned() }];
        found.push(Mend { help: "at the event, where the rest is so then:".to_owned(), edits });
    }
    found
}

/// Where the events stand that trigger.
fn triggering_at(cond: &Cond, found: &mut Vec<Span>) {
    let (Cond::All(parts) | Cond::Any(parts)) = cond else { return };
    for part in parts {
        match &part.cond {
            Cond::Events(test) if test.since == Since::Trigger => found.push(part.at.span),
            other => triggering_at(other, found),
        }
    }
}

/// `inactive for 30 days`, in parentheses or not: who is in it from the start is so by history, and stays out (LANGUAGE.md 5).
fn is_inactivity(cond: &Cond) -> bool {
    let Cond::All(parts) = cond else { return false };
    let [Part { cond: Cond::Not(inner), .. }, Part { cond: Cond::Watched(_), .. }] = parts.as_slice() else {
        return false;
    };
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

/// What lets people in by a condition that says nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trigger {
    Event,
    /// It is no event, nobody could say at which moment, or there are more kinds of events than are told apart.
    Unclear,
    /// A part of it is wrong, which was reported.
    Unknown,
}

pub(super) fn trigger(cx: &Cx<'_>, cond: &Cond) -> Trigger {
    let is_clear = joined(cond).is_none() && triggering(cond).len() <= MAX_TRIGGERS as usize;
    match triggers(cond) {
        _ if has_unknown(cx.env, cond) => Trigger::Unknown,
        Triggers::Always if is_clear => Trigger::Event,
        Triggers::Always | Triggers::Never | Triggers::Sometimes | Triggers::Negated => Trigger::Unclear,
    }
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

pub(super) fn has_unknown(env: &Env<'_>, cond: &Cond) -> bool {
    match cond {
        Cond::Unknown => true,
        Cond::Segment(id) => env.segment(*id).is_none_or(|said| has_unknown(env, said)),
        other => other.children().any(|part| has_unknown(env, part)),
    }
}
